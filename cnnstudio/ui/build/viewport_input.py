"""How a hand moves the view: wheel, trackpad, fingers on a screen, the middle button, Space and a drag."""

import sys

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QGestureEvent,
    QGraphicsScene,
    QPinchGesture,
    QWidget,
)

from cnnstudio.ui.build.viewport import STEP, ZoomView

_NOTCH = 120
"""What a wheel reports for one notch."""


class PanZoomView(ZoomView):
    """Ctrl and the wheel or a pinch zoom; two fingers, the middle button or Space and a drag pan."""

    def __init__(self, scene: QGraphicsScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._pan_from: QPoint | None = None
        self._space = self._space_used = False
        # A Mac sends what its trackpad feels as native gestures; heard twice, it would zoom twice.
        if sys.platform != "darwin":
            self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    def let_go(self) -> None:
        """Two fingers move the view: whatever the first one began is given up."""
        self.end_pan()

    # --- wheel and fingers --------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        angle, keys = event.angleDelta(), event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(STEP ** (angle.y() / _NOTCH), event.position())
        elif keys & Qt.KeyboardModifier.ShiftModifier and angle.x() == 0:
            self.scroll_by(angle.y(), 0)
        elif _has_pixels(event):
            self.scroll_by(event.pixelDelta().x(), event.pixelDelta().y())
        elif angle.x() and angle.y():  # Qt itself would follow the stronger of the two alone
            notch = QApplication.wheelScrollLines() * self.verticalScrollBar().singleStep() / _NOTCH
            self.scroll_by(angle.x() * notch, angle.y() * notch)
        else:
            super().wheelEvent(event)
            return
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and self._native_gesture(event):
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._pinch(pinch)
                event.accept(pinch)
                return True
        return super().viewportEvent(event)

    def _native_gesture(self, event: QNativeGestureEvent) -> bool:
        kind = event.gestureType()
        if kind == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1 + event.value(), event.position())
        elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:  # two fingers tap twice
            if self.zoom < 100:
                self.set_zoom(100, event.position())
            else:
                self.zoom_to_fit()
        else:
            return False
        return True

    def _pinch(self, pinch: QPinchGesture) -> None:
        self.let_go()
        if pinch.state() == Qt.GestureState.GestureStarted:
            return
        changed, middle = pinch.changeFlags(), pinch.centerPoint()
        if changed & QPinchGesture.ChangeFlag.CenterPointChanged:
            moved = middle - pinch.lastCenterPoint()
            self.scroll_by(moved.x(), moved.y())
        if changed & QPinchGesture.ChangeFlag.ScaleFactorChanged and pinch.scaleFactor() > 0:
            self.zoom_by(pinch.scaleFactor(), QPointF(self.viewport().mapFromGlobal(middle)))

    # --- pan ----------------------------------------------------------------------------------------

    def start_pan(self, event: QMouseEvent) -> None:
        """The ground follows the pointer until the button is released."""
        self._pan_from = event.position().toPoint()
        self._space_used = self._space
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def pan(self, event: QMouseEvent) -> bool:
        """Follows the pointer; False when no pan is going on."""
        if self._pan_from is None:
            return False
        moved = event.position().toPoint() - self._pan_from
        self._pan_from = event.position().toPoint()
        self.scroll_by(moved.x(), moved.y())
        return True

    def end_pan(self) -> bool:
        """Lets go; False when no pan was going on."""
        was, self._pan_from = self._pan_from is not None, None
        self._show_hand()
        return was

    # --- Space: held, the ground can be dragged from anywhere; tapped, it is a key like others --------

    @property
    def space_held(self) -> bool:
        """Whether a drag pans, wherever it begins."""
        return self._space

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_space(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _is_space(event):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._space, self._space_used = True, False
            self._show_hand()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not _is_space(event):
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat() and self._space:
            tapped = not self._space_used
            self._space = False
            self._show_hand()
            if tapped:
                self._tap_space()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._space = False
        self._show_hand()

    def _tap_space(self) -> None:
        for action in self.actions():
            if action.isEnabled() and action.shortcut() == QKeySequence(Qt.Key.Key_Space):
                action.trigger()
                return

    def _show_hand(self) -> None:
        if self._space:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().unsetCursor()


def _is_space(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier


def _has_pixels(event: QWheelEvent) -> bool:
    """Whether fingers on a trackpad tell pixels; under X11 these numbers mean nothing."""
    return not event.pixelDelta().isNull() and QGuiApplication.platformName() != "xcb"
