"""Shows where a dragged block would go, and what shape would leave it."""

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card_text import put
from cnnstudio.ui.build.slots import Slot
from cnnstudio.ui.build.texts import Face, elided, width
from cnnstudio.ui.theme import mix, tokens

_LABEL_HEIGHT = 22.0
_MOST = 420.0


class SlotItem(QGraphicsItem):
    """A line in the chosen gap with a label, and faint lines in the other gaps of the same stack."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(100)
        self.slot: Slot | None = None
        self.label = ""
        self._others: tuple[Slot, ...] = ()
        self._wrong = False
        self.hide()

    def show_slot(self, slot: Slot, others: tuple[Slot, ...], label: str, wrong: bool) -> None:
        """Shows a gap with the shape that would leave it, or with what would be wrong."""
        new = (slot, others, label, wrong)
        if new != (self.slot, self._others, self.label, self._wrong) or not self.isVisible():
            self.prepareGeometryChange()
            self.slot, self._others, self.label, self._wrong = new
            self.show()
            self.update()

    def boundingRect(self) -> QRectF:
        if self.slot is None:
            return QRectF()
        ys = [slot.y for slot in (*self._others, self.slot)]
        label = width(self.label, Face.SMALL) + 30
        top, bottom = min(ys) - 14, max(ys) + 14
        wide = self.slot.right - self.slot.left + label + 30
        return QRectF(self.slot.left - 10, top, wide, bottom - top)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        slot = self.slot
        if slot is None:
            return
        t = tokens()
        colour = t.danger if self._wrong else t.accent
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        faint = QPen(QColor(mix(t.accent, t.canvas, 0.4)), 2.0, Qt.PenStyle.DotLine)
        painter.setPen(faint)
        painter.drawLines([QLineF(s.left, s.y, s.right, s.y) for s in self._others if s != slot])
        painter.setPen(QPen(QColor(colour), 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QLineF(slot.left, slot.y, slot.right, slot.y))
        painter.setBrush(QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(slot.left, slot.y), 4, 4)
        self._paint_label(painter, slot, colour)

    def _paint_label(self, painter: QPainter, slot: Slot, colour: str) -> None:
        if not self.label:
            return
        text = elided(self.label, Face.SMALL, _MOST)
        wide = width(text, Face.SMALL) + 18
        box = QRectF(slot.right + 4, slot.y - _LABEL_HEIGHT / 2, wide, _LABEL_HEIGHT)
        painter.drawRoundedRect(box, _LABEL_HEIGHT / 2, _LABEL_HEIGHT / 2)
        put(painter, box.left() + 9, slot.y + 4.3, text, (Face.SMALL, tokens().on_accent))
