"""A wire of the trunk with the shape that flows through it."""

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card_pictures import LEGIBLE, Pictures
from cnnstudio.ui.build.card_text import put
from cnnstudio.ui.build.layout import ROOT_GAP
from cnnstudio.ui.build.tensor_glyph import MOST_WIDTH, Glyph, paint_glyph
from cnnstudio.ui.build.texts import Face, width
from cnnstudio.ui.theme import tokens


class EdgeItem(QGraphicsItem):
    """Runs from the bottom of one block to the top of the next."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._look = -1
        self._shape = ""
        self._glyph: Glyph | None = None
        self.setZValue(-1)

    def set_shape(self, shape: str, glyph: Glyph | None) -> None:
        """Shows another shape."""
        if (shape, glyph) != (self._shape, self._glyph):
            self.prepareGeometryChange()
            self._shape, self._glyph, self._look = shape, glyph, -1
            self.update()

    def boundingRect(self) -> QRectF:
        left = 8 + MOST_WIDTH if self._glyph else 1.5
        return QRectF(-left, 0, left + width(self._shape, Face.SHAPE) + 12, ROOT_GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._look < 0:
            self._look = self._pictures.look((self._shape, self._glyph))
        self._pictures.draw(painter, self._look, self.boundingRect(), self._draw)

    def _draw(self, painter: QPainter) -> None:
        t = tokens()
        painter.setPen(QPen(QColor(t.muted), 1.0))
        painter.drawLine(QLineF(0, 0, 0, ROOT_GAP))
        if painter.worldTransform().m11() >= LEGIBLE:
            if self._glyph is not None:
                paint_glyph(painter, -8, ROOT_GAP / 2, self._glyph)
            put(painter, 8, ROOT_GAP / 2 + 4.5, self._shape, (Face.SHAPE, t.muted))
