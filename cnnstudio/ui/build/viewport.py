"""Zoom and the dotted ground of the canvas."""

from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from cnnstudio.ui.build.scene import MARGIN
from cnnstudio.ui.theme import tokens

ZOOM_MIN, ZOOM_MAX = 0.08, 3.0
STEP = 1.2
_DOTS = 20
_BESIDE, _LEAST_ROOM = 62, 470
"""What the overview and the buttons for the zoom take at the sides, where there is room for them."""
_READABLE = 0.8
"""In less room the network leaves it to them if it is not smaller than this for it."""
_SCROLL_BAR = 12
"""Its width, with something to spare: fitting the width must not call for a horizontal one."""


class ZoomView(QGraphicsView):
    """A view of the network at any size."""

    zoomChanged = Signal(int)
    """Percent."""

    def __init__(self, scene: QGraphicsScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        # Where the anchor is, is said for each step: the pointer is nowhere while fingers pinch.
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setMouseTracking(True)
        self._own_zoom = False
        self._ground = QBrush()
        self.recolour()

    @property
    def zoom(self) -> int:
        """In percent."""
        return round(self.transform().m11() * 100)

    def set_zoom(self, percent: float, anchor: QPointF | None = None) -> None:
        """Shows the network at a size in percent.

        What is at ``anchor`` (in pixels of the viewport; its middle, if not given) stays there, as far as
        the network reaches.
        """
        self._own_zoom = True
        self._scale_to(percent / 100, anchor or QRectF(self.viewport().rect()).center())

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """The same, so many times as large as now."""
        self.set_zoom(100 * self.transform().m11() * factor, anchor)

    def zoom_in(self) -> None:
        """One step nearer."""
        self.zoom_by(STEP)

    def zoom_out(self) -> None:
        """One step away."""
        self.zoom_by(1 / STEP)

    def zoom_to_fit(self) -> None:
        """Shows the whole network, but never larger than life."""
        room, scene = self.viewport().size(), self.sceneRect()
        self._own_zoom = True
        self._scale_to(min(1.0, room.width() / scene.width(), room.height() / scene.height()))
        self.centerOn(scene.center())

    def show_from_top(self) -> None:
        """The beginning of the network, at full size where its width allows."""
        self._own_zoom = False
        self._fit_width()
        self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())

    def _fit_width(self) -> None:
        scene = self.sceneRect()
        if scene.width() > 0 and self.viewport().width() > 50:
            wide = self.viewport().width()
            scale = min(1.0, (wide - _SCROLL_BAR) / scene.width())
            beside = (wide - 2 * _BESIDE) / (scene.width() - 2 * MARGIN)
            if wide >= _LEAST_ROOM or beside >= _READABLE:
                scale = min(scale, beside)
            # What is at the top stays there, the beginning of the network above all.
            self._scale_to(max(0.6, scale), QPointF(wide / 2, 0))
            self.centerOn(QPointF(0, self.mapToScene(self.viewport().rect().center()).y()))

    def _scale_to(self, scale: float, anchor: QPointF | None = None) -> None:
        scale = max(ZOOM_MIN, min(ZOOM_MAX, scale))
        factor = scale / self.transform().m11()
        if abs(factor - 1) < 1e-6:
            return
        there = self.viewportTransform().inverted()[0].map(anchor) if anchor is not None else None
        self.scale(factor, factor)
        if anchor is not None and there is not None:
            moved = self.viewportTransform().map(there) - anchor
            self.scroll_by(-moved.x(), -moved.y())
        self.zoomChanged.emit(self.zoom)

    def scroll_by(self, x: float, y: float) -> None:
        """Moves the network right and down, in pixels."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() - round(x) * (-1 if self.isRightToLeft() else 1))
        down.setValue(down.value() - round(y))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._own_zoom:
            self._fit_width()

    # --- the ground ---------------------------------------------------------------------------------

    def recolour(self) -> None:
        """The theme changed."""
        t = tokens()
        scale = ceil(self.devicePixelRatioF())
        tile = QPixmap(_DOTS * scale, _DOTS * scale)
        tile.setDevicePixelRatio(scale)
        tile.fill(QColor(t.canvas))
        painter = QPainter(tile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.dot))
        painter.drawEllipse(QPointF(_DOTS / 2, _DOTS / 2), 1.0, 1.0)
        painter.end()
        self._ground = QBrush(tile)
        self.resetCachedContent()
        self.viewport().update()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self.transform().m11() < 0.5:
            painter.fillRect(rect, QColor(tokens().canvas))
        else:
            painter.fillRect(rect, self._ground)
