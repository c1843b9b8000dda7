"""Zoom, pan and the dotted ground of the canvas."""

from math import ceil

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPixmap,
    QPixmapCache,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from cnnstudio.ui.theme import tokens

ZOOM_MIN, ZOOM_MAX = 0.08, 3.0
_STEP = 1.2
_DOTS = 20
_SCROLL_BAR = 12
"""Its width, with something to spare: fitting the width must not call for a horizontal one."""
_CACHE_KIB = 96 * 1024
"""Room for the pictures of a few hundred cards on a high-resolution screen."""


class PanZoomView(QGraphicsView):
    """A view that zooms with Ctrl and the wheel or by pinching, and pans by dragging the ground."""

    zoomChanged = Signal(int)
    """Percent."""

    def __init__(self, scene: QGraphicsScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), _CACHE_KIB))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setMouseTracking(True)
        self._pan_from: QPoint | None = None
        self._own_zoom = False
        self._ground = QBrush()
        self.recolour()

    # --- zoom ---------------------------------------------------------------------------------------

    @property
    def zoom(self) -> int:
        """In percent."""
        return round(self.transform().m11() * 100)

    def set_zoom(self, percent: float) -> None:
        """Shows the network at a size in percent; what is under the pointer stays there."""
        self._own_zoom = True
        self._scale_to(percent / 100)

    def zoom_in(self) -> None:
        """One step nearer."""
        self.set_zoom(100 * self.transform().m11() * _STEP)

    def zoom_out(self) -> None:
        """One step away."""
        self.set_zoom(100 * self.transform().m11() / _STEP)

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
            room = self.viewport().width() - _SCROLL_BAR
            self._scale_to(max(0.6, min(1.0, room / scene.width())))
            self.centerOn(QPointF(0, self.mapToScene(self.viewport().rect().center()).y()))

    def _scale_to(self, scale: float) -> None:
        scale = max(ZOOM_MIN, min(ZOOM_MAX, scale))
        factor = scale / self.transform().m11()
        if abs(factor - 1) > 1e-6:
            self.scale(factor, factor)
            self.zoomChanged.emit(self.zoom)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(100 * self.transform().m11() * _STEP ** (event.angleDelta().y() / 120))
            event.accept()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.angleDelta().x() == 0:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - event.angleDelta().y())
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == pinch:
            self.set_zoom(100 * self.transform().m11() * (1 + event.value()))
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._own_zoom:
            self._fit_width()

    # --- pan ----------------------------------------------------------------------------------------

    def start_pan(self, event: QMouseEvent) -> None:
        """The ground follows the pointer until the button is released."""
        self._pan_from = event.position().toPoint()
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def pan(self, event: QMouseEvent) -> bool:
        """Follows the pointer; False when no pan is going on."""
        if self._pan_from is None:
            return False
        moved = event.position().toPoint() - self._pan_from
        self._pan_from = event.position().toPoint()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - moved.x())
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - moved.y())
        return True

    def end_pan(self) -> bool:
        """Lets go; False when no pan was going on."""
        was, self._pan_from = self._pan_from is not None, None
        self.viewport().unsetCursor()
        return was

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
