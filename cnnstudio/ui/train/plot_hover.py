"""What stands under the pointer in a plot: a hairline and the values of all curves there."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from cnnstudio.ui.theme import theme, tokens

_GAP = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """A name, a value as text and the colour of its curve; an empty colour for what has none."""

    name: str
    value: str
    colour: str = ""


class PlotHover(QObject):
    """Two small widgets over the plot, so that it need not be drawn again when the pointer moves."""

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)  # so that no theme is heard of after the plot has gone
        self._plot = plot
        self._line = QFrame(plot)
        self._box = QLabel(plot)
        self._box.setObjectName("plotReadout")
        self._box.setTextFormat(Qt.TextFormat.RichText)
        for widget in (self._line, self._box):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            widget.hide()
        theme().changed.connect(self._paint)
        self._paint()

    def show(self, x: int, top: int, bottom: int, readings: Sequence[Reading]) -> None:
        """The values at a place (in pixels of the plot); nothing where there are none."""
        if not readings:
            self.hide()
            return
        self._line.setGeometry(x, top, 1, bottom - top)
        self._box.setText(_table(readings))
        self._box.adjustSize()
        left = x + _GAP
        if left + self._box.width() > self._plot.width() - 2:
            left = x - _GAP - self._box.width()
        self._box.move(QPoint(max(2, left), top + 4))
        for widget in (self._line, self._box):
            widget.show()
            widget.raise_()

    def hide(self) -> None:
        """The pointer has left."""
        self._line.hide()
        self._box.hide()

    def _paint(self) -> None:
        t = tokens()
        self._line.setStyleSheet(f"background: {t.border_strong};")
        self._box.setStyleSheet(
            f"background: {t.surface}; color: {t.text}; border: 1px solid {t.border_strong};"
            " border-radius: 5px; padding: 4px 7px; font-size: 12px;"
        )


def _table(readings: Sequence[Reading]) -> str:
    rows = []
    for reading in readings:
        dot = f'<span style="color:{reading.colour}">●</span> ' if reading.colour else ""
        rows.append(
            f"<tr><td>{dot}{escape(reading.name)}</td>"
            f'<td align="right" style="padding-left:8px"><b>{escape(reading.value)}</b></td></tr>'
        )
    return f'<table cellspacing="0" cellpadding="0">{"".join(rows)}</table>'
