"""Selecting what lies in a rectangle: Shift and a drag on the ground."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtWidgets import QGraphicsView, QRubberBand

from cnnstudio.ui.build.card_item import BlockItem


class RubberBand:
    """The rectangle while the button is down."""

    def __init__(self, view: QGraphicsView, start: QPoint) -> None:
        self._view = view
        self._start = start
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, view.viewport())
        self._band.setGeometry(QRect(start, QSize()))
        self._band.show()

    def stretch(self, point: QPoint) -> list[str]:
        """The outermost blocks that lie wholly in the rectangle up to a point of the viewport."""
        rect = QRect(self._start, point).normalized()
        self._band.setGeometry(rect)
        area = self._view.mapToScene(rect).boundingRect()
        inside = [i for i in self._view.scene().items(area) if isinstance(i, BlockItem) and _lies_in(i, area)]
        whole = set(inside)
        return [item.block_id for item in reversed(inside) if item.parentItem() not in whole]

    def finish(self) -> None:
        """Takes the rectangle away."""
        self._band.hide()
        self._band.deleteLater()


def _lies_in(item: BlockItem, area: QRectF) -> bool:
    return area.contains(item.mapRectToScene(item.rect()))
