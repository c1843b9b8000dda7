"""A wire of the trunk with the shape that flows through it."""

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card_text import put
from cnnstudio.ui.build.layout import ROOT_GAP
from cnnstudio.ui.build.texts import Face, width
from cnnstudio.ui.theme import tokens


class EdgeItem(QGraphicsItem):
    """Runs from the bottom of one block to the top of the next."""

    def __init__(self, shape: str) -> None:
        super().__init__()
        self._shape = shape
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(-1)

    def set_shape(self, shape: str) -> None:
        """Shows another shape."""
        if shape != self._shape:
            self.prepareGeometryChange()
            self._shape = shape
            self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-1.5, 0, width(self._shape, Face.SHAPE) + 12, ROOT_GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        t = tokens()
        painter.setPen(QPen(QColor(t.muted), 1.0))
        painter.drawLine(QLineF(0, 0, 0, ROOT_GAP))
        if option.levelOfDetailFromTransform(painter.worldTransform()) > 0.2:
            put(painter, 8, ROOT_GAP / 2 + 4.5, self._shape, (Face.SHAPE, t.muted))
