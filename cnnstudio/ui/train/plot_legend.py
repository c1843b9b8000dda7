"""The legend of a plot: a sample and a word for each curve, which a press switches off and on."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from cnnstudio.ui.theme import theme, tokens
from cnnstudio.ui.train.curves import Curves

_SAMPLE = 12
_GAP = 3
_HEADS = ("#8b5cf6", "#e08a00", "#0e9aa7", "#2b8a3e")


@dataclass(frozen=True, slots=True)
class Entry:
    """One curve: its name for the options, its word, its colour, whether it is dashed."""

    name: str
    word: str
    colour: str
    dashed: bool = False


def head_colour(number: int) -> str:
    """Of the curve of a side head."""
    return _HEADS[number % len(_HEADS)]


class PlotLegend(QWidget):
    """— train  - - test  — head"""

    toggled = Signal(str, bool)

    def __init__(self, quantity: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quantity = quantity
        self._entries: tuple[Entry, ...] = ()
        self._buttons: dict[str, LegendButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(7)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._recolour)
        self._curves = Curves()
        self.show_curves(self._curves)

    def show_curves(self, curves: Curves) -> None:
        """One entry for each curve that there is."""
        self._curves = curves
        t = tokens()
        held = self.tr("validation") if curves.held == "validation" else self.tr("test")
        heads = [
            Entry(name, _short(name), head_colour(number)) for number, (name, _) in enumerate(curves.heads)
        ]
        entries = (Entry("train", self.tr("train"), t.train), Entry("test", held, t.test, True), *heads)
        if entries != self._entries:
            self._entries = entries
            self._make(entries)

    def _recolour(self) -> None:
        self.show_curves(self._curves)

    def _make(self, entries: Sequence[Entry]) -> None:
        off = {name for name, button in self._buttons.items() if not button.isChecked()}
        for old in self._buttons.values():
            self._row.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        self._buttons = {}
        for entry in entries:
            button = LegendButton(f"{self._quantity}Legend-{entry.name}", entry, self)
            button.setChecked(entry.name not in off)
            button.toggled.connect(lambda on, name=entry.name: self.toggled.emit(name, on))
            self._row.addWidget(button)
            self._buttons[entry.name] = button


class LegendButton(QAbstractButton):
    """Checked while its curve is shown."""

    def __init__(self, name: str, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setText(entry.word)
        self._entry = entry
        self.setAccessibleName(self.tr("Curve {name}").format(name=entry.word))
        self.setToolTip(self.tr("Shows or hides this curve"))
        self.setCheckable(True)
        self.setChecked(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """The sample and its word."""
        metrics = self.fontMetrics()
        return QSize(_SAMPLE + _GAP + metrics.horizontalAdvance(self.text()) + 2, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the sample as the plot draws the curve."""
        t = tokens()
        painter = QPainter(self)
        pen = QPen(QColor(self._entry.colour if self.isChecked() else t.faint), 2)
        if self._entry.dashed:
            pen.setDashPattern([2.5, 1.5])
        painter.setPen(pen)
        y = self.height() / 2
        painter.drawLine(QPointF(0, y), QPointF(_SAMPLE, y))
        strong = self.underMouse() or self.hasFocus()
        painter.setPen(QColor(t.faint if not self.isChecked() else t.text if strong else t.muted))
        left = _SAMPLE + _GAP
        font = self.font()
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(left, 0, self.width() - left, self.height(), flags, self.text())
        painter.end()


def _short(name: str) -> str:
    """The last part of a module path."""
    return name.rpartition(".")[2] or name
