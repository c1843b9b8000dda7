"""A section of the trunk on the canvas: it carries the items of its blocks and paints the wires into them."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card_item import MARGIN
from cnnstudio.ui.build.card_pictures import LEGIBLE, Pictures
from cnnstudio.ui.build.card_text import put
from cnnstudio.ui.build.layout import ROOT_GAP, Section
from cnnstudio.ui.build.tensor_glyph import MOST_WIDTH, Glyph, paint_glyph
from cnnstudio.ui.build.texts import Face, width
from cnnstudio.ui.theme import tokens


class Wire(NamedTuple):
    """Runs from the bottom of one block to the top of the next, with what flows through it beside it."""

    y: float
    shape: str
    glyph: Glyph | None

    def area(self) -> QRectF:
        """Where it is painted, seen from its upper end."""
        left = 8 + MOST_WIDTH if self.glyph else 1.5
        return QRectF(-left, 0, left + width(self.shape, Face.SHAPE) + 12, ROOT_GAP)


class SectionItem(QGraphicsItem):
    """Blocks of the trunk that are moved together, and looked through only where they are to be seen."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._area = QRectF()
        self.section: Section | None = None
        """What is shown."""
        self.wires: tuple[Wire, ...] = ()
        flags = QGraphicsItem.GraphicsItemFlag
        self.setFlags(flags.ItemContainsChildrenInShape | flags.ItemUsesExtendedStyleOption)
        self.setZValue(-1)

    def set_wires(self, wires: tuple[Wire, ...], wide: float, high: float) -> None:
        """Shows other wires in a section of another size."""
        area = QRectF(-wide / 2, 0, wide, high).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area
        if wires != self.wires:
            self.wires = wires
            self.update()

    def boundingRect(self) -> QRectF:
        return self._area

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        world, seen = painter.worldTransform(), option.exposedRect
        for wire in self.wires:
            if wire.y < seen.bottom() and seen.top() < wire.y + ROOT_GAP:
                painter.setWorldTransform(QTransform(world).translate(0, wire.y))
                look = self._pictures.look((wire.shape, wire.glyph))
                self._pictures.draw(painter, look, wire.area(), partial(_draw, wire))


def _draw(wire: Wire, painter: QPainter) -> None:
    t = tokens()
    painter.setPen(QPen(QColor(t.muted), 1.0))
    painter.drawLine(QLineF(0, 0, 0, ROOT_GAP))
    if painter.worldTransform().m11() >= LEGIBLE:
        if wire.glyph is not None:
            paint_glyph(painter, -8, ROOT_GAP / 2, wire.glyph)
        put(painter, 8, ROOT_GAP / 2 + 4.5, wire.shape, (Face.SHAPE, t.muted))
