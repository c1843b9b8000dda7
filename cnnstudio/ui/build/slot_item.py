"""Shows where a dragged block would go, and what shape would leave it."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card_text import put
from cnnstudio.ui.build.slots import Slot
from cnnstudio.ui.build.texts import Face, width, wrapped
from cnnstudio.ui.theme import mix, tokens

_Others = tuple[tuple[Slot, ...], tuple[Slot, ...]]
_WIDEST = 290.0
_LINE = 17.0
_MOST_LINES = 3


class SlotItem(QGraphicsItem):
    """A line in the chosen gap with a label; dotted ones in its stack, faint ones in all other stacks."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(100)
        self.slot: Slot | None = None
        self.label = ""
        self._others: _Others = ((), ())
        self._wrong = False
        self._lines: tuple[str, ...] = ()
        self._box = QRectF()
        self.hide()

    def show_slot(
        self,
        slot: Slot,
        others: _Others,
        label: str,
        wrong: bool,
        seen: QRectF,
        covered: Sequence[QRectF] = (),
    ) -> None:
        """Shows a gap with the shape that would leave it, or with what would be wrong.

        ``others`` are the gaps of the same stack, and those of all stacks; ``seen`` is the part of the scene
        that is to be seen: the label stays inside, and beside what is ``covered``.
        """
        new = (slot, others, label, wrong)
        if new != (self.slot, self._others, self.label, self._wrong) or not self.isVisible():
            self.prepareGeometryChange()
            self.slot, self._others, self.label, self._wrong = new
            self._place_label(seen, covered)
            self.show()
            self.update()

    def _place_label(self, seen: QRectF, covered: Sequence[QRectF]) -> None:
        self._lines = wrapped(self.label, Face.SMALL, _WIDEST, _MOST_LINES) if self.label else ()
        if self.slot is None or not self._lines:
            self._box = QRectF()
            return
        wide = max(width(line, Face.SMALL) for line in self._lines) + 20
        high = len(self._lines) * _LINE + 7
        x = max(seen.left() + 6, min(self.slot.right + 6, seen.right() - wide - 6))
        y = max(seen.top() + 6, min(self.slot.y - high / 2, seen.bottom() - high - 6))
        self._box = QRectF(x, y, wide, high)
        for rect in covered:
            if rect.intersects(self._box):
                self._box.moveRight(rect.left() - 6)

    def boundingRect(self) -> QRectF:
        if self.slot is None:
            return QRectF()
        slots = (*self._others[0], *self._others[1], self.slot)
        ys = [slot.y for slot in slots]
        left, right = min(slot.left for slot in slots), max(slot.right for slot in slots)
        lines = QRectF(left - 10, min(ys) - 8, right - left + 20, max(ys) - min(ys) + 16)
        return lines.united(self._box.adjusted(-2, -2, 2, 2)) if self._lines else lines

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        slot = self.slot
        if slot is None:
            return
        t = tokens()
        colour = t.danger if self._wrong else t.accent
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        near, far = self._others
        painter.setPen(QPen(QColor(mix(t.accent, t.canvas, 0.45)), 1.5, Qt.PenStyle.DotLine))
        painter.drawLines([QLineF(s.left, s.y, s.right, s.y) for s in far if s not in near])
        painter.setPen(QPen(QColor(mix(t.accent, t.canvas, 0.7)), 2.0, Qt.PenStyle.DotLine))
        painter.drawLines([QLineF(s.left, s.y, s.right, s.y) for s in near if s != slot])
        painter.setPen(QPen(QColor(colour), 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QLineF(slot.left, slot.y, slot.right, slot.y))
        painter.setBrush(QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(slot.left, slot.y), 4, 4)
        if self._lines:
            painter.drawRoundedRect(self._box, 7, 7)
        for number, line in enumerate(self._lines):
            y = self._box.top() + 16 + number * _LINE
            put(painter, self._box.left() + 10, y, line, (Face.SMALL, t.on_accent))
