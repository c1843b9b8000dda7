"""A box that shows one formula, in as many lines as it needs."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from cnnstudio.ui.formula.parse import Row, Text, breakable, parse
from cnnstudio.ui.formula.setting import Box, set_part
from cnnstudio.ui.theme import theme, tokens

_SIZE = 13.0
_LEAST = 0.7
"""A formula that is a little too wide is made smaller, down to this; then it is cut."""
_LEADING = 7.0
_SIDE, _TOP = 12, 11
_INDENT = 6.0


class FormulaView(QFrame):
    """Looks like the boxes with numbers around it; what it says can be read out and is its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._text = ""
        self._pieces: tuple[Row, ...] = ()
        self._broken: dict[float, list[tuple[Box, float]]] = {}
        theme().changed.connect(self._on_theme)

    def setText(self, text: str) -> None:
        """Shows another formula."""
        if text == self._text:
            return
        self._text = text
        self._broken.clear()
        self._pieces = tuple(_trimmed(piece) for piece in breakable(parse(text)))
        self.setToolTip(text)
        self.setAccessibleDescription(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The formula as it was written."""
        return self._text

    def lines(self, width: float) -> list[tuple[Box, float]]:
        """The lines with their indents, for so many pixels; a layout asks often for the same."""
        if width not in self._broken:
            self._broken[width] = self._break(width)
        return self._broken[width]

    def _break(self, width: float) -> list[tuple[Box, float]]:
        lines: list[tuple[Box, float]] = []
        waiting: tuple[Row, ...] = ()
        for piece in self._pieces:
            indent = _INDENT if lines else 0.0
            longer = set_part(_joined((*waiting, piece)), _SIZE)
            if waiting and indent + longer.width > width:
                lines.append((set_part(_joined(waiting), _SIZE), indent))
                waiting = (piece,)
            else:
                waiting = (*waiting, piece)
        if waiting:
            lines.append((set_part(_joined(waiting), _SIZE), _INDENT if lines else 0.0))
        return lines

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        room = width - 2 * _SIDE
        lines = self.lines(room)
        shown = sum(box.height * _scale(box, indent, room) for box, indent in lines)
        return round(shown + _LEADING * max(0, len(lines) - 1)) + 2 * _TOP

    def sizeHint(self) -> QSize:
        wide = self.width() if self.width() > 2 * _SIDE + 40 else 280
        return QSize(120, self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 2 * _TOP + 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        t, painter = tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.border), 1.0))
        painter.setBrush(QColor(t.canvas))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(t.text), 1.1))
        room, y = self.width() - 2 * _SIDE, float(_TOP)
        for box, indent in self.lines(room):
            scale = _scale(box, indent, room)
            painter.save()
            painter.translate(_SIDE + indent, y + box.ascent * scale)
            painter.scale(scale, scale)
            box.paint(painter, 0.0, 0.0)
            painter.restore()
            y += box.height * scale + _LEADING
        painter.end()

    @Slot()
    def _on_theme(self) -> None:
        self.update()


def _joined(pieces: tuple[Row, ...]) -> Row:
    parts = [part for piece in pieces for part in (*piece.parts, Text(" "))]
    return Row(tuple(parts[:-1]))


def _trimmed(piece: Row) -> Row:
    parts = piece.parts
    while parts and parts[0] == Text(" "):
        parts = parts[1:]
    return Row(parts)


def _scale(box: Box, indent: float, room: float) -> float:
    return max(_LEAST, min(1.0, (room - indent) / max(1.0, box.width)))
