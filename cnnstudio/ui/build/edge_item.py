"""A wire of the trunk with the shape that flows through it."""

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card_text import put
from cnnstudio.ui.build.layout import ROOT_GAP
from cnnstudio.ui.build.tensor_glyph import MOST_WIDTH, Glyph, paint_glyph
from cnnstudio.ui.build.texts import Face, width
from cnnstudio.ui.theme import tokens


class EdgeItem(QGraphicsItem):
    """Runs from the bottom of one block to the top of the next."""

    def __init__(self) -> None:
        super().__init__()
        self._shape = ""
        self._glyph: Glyph | None = None
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(-1)

    def set_shape(self, shape: str, glyph: Glyph | None) -> None:
        """Shows another shape."""
        if (shape, glyph) != (self._shape, self._glyph):
            self.prepareGeometryChange()
            self._shape, self._glyph = shape, glyph
            self.update()

    def boundingRect(self) -> QRectF:
        left = 8 + MOST_WIDTH if self._glyph else 1.5
        return QRectF(-left, 0, left + width(self._shape, Face.SHAPE) + 12, ROOT_GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        t = tokens()
        painter.setPen(QPen(QColor(t.muted), 1.0))
        painter.drawLine(QLineF(0, 0, 0, ROOT_GAP))
        if option.levelOfDetailFromTransform(painter.worldTransform()) > 0.2:
            if self._glyph is not None:
                paint_glyph(painter, -8, ROOT_GAP / 2, self._glyph)
            put(painter, 8, ROOT_GAP / 2 + 4.5, self._shape, (Face.SHAPE, t.muted))
