"""Zoom and pan with what hands have: wheel, trackpad, fingers on a screen, mouse buttons, keys."""

import sys

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.canvas import Canvas
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.presets import load_preset
from tests.ui.build.test_canvas import item_of, point_of

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def canvas(build: BuildWorkspace, store: DocumentStore) -> Canvas:
    """In the middle of a tall network, wider than the view."""
    store.load(load_preset("resnet50"))
    build.canvas.setFocus()
    build.canvas.set_zoom(160)
    for bar in (build.canvas.horizontalScrollBar(), build.canvas.verticalScrollBar()):
        bar.setValue((bar.minimum() + bar.maximum()) // 2)
    return build.canvas


def scene_at(canvas: Canvas, point: QPointF) -> QPointF:
    return canvas.viewportTransform().inverted()[0].map(point)


def wheel(
    canvas: Canvas,
    at: QPointF,
    angle: QPoint,
    keys: Qt.KeyboardModifier = NONE,
    pixels: QPoint = QPoint(),  # noqa: B008  # never changed
) -> None:
    port, phase = canvas.viewport(), Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, port.mapToGlobal(at), pixels, angle, Qt.MouseButton.NoButton, keys, phase, False)
    QApplication.sendEvent(port, event)


def stays(canvas: Canvas, at: QPointF, before: QPointF) -> bool:
    """Within the pixel that scroll bars count in."""
    moved = canvas.viewportTransform().map(before) - at
    return max(abs(moved.x()), abs(moved.y())) <= 1


def bars(canvas: Canvas) -> tuple[int, int]:
    return canvas.horizontalScrollBar().value(), canvas.verticalScrollBar().value()


def mouse(canvas: Canvas, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton) -> None:
    place = QPointF(at)
    moving = kind == QEvent.Type.MouseMove
    event = QMouseEvent(
        kind,
        place,
        canvas.viewport().mapToGlobal(place),
        Qt.MouseButton.NoButton if moving else button,
        Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button,
        NONE,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def mouse_drag(canvas: Canvas, start: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
    mouse(canvas, QEvent.Type.MouseButtonPress, start, button)
    mouse(canvas, QEvent.Type.MouseMove, (start + end) / 2, button)
    mouse(canvas, QEvent.Type.MouseMove, end, button)
    mouse(canvas, QEvent.Type.MouseButtonRelease, end, button)


@pytest.mark.parametrize("at", [QPointF(120, 90), QPointF(500, 400), QPointF(333, 700)])
def test_ctrl_and_the_wheel_zoom_around_the_pointer(canvas: Canvas, at: QPointF) -> None:
    for angle in (120, 120, -120, 60, -240):
        before, zoom = scene_at(canvas, at), canvas.zoom
        wheel(canvas, at, QPoint(0, angle), CONTROL)
        assert stays(canvas, at, before)
        assert (canvas.zoom > zoom) == (angle > 0)


def test_the_zoom_ends_somewhere(canvas: Canvas) -> None:
    for _ in range(40):
        wheel(canvas, QPointF(300, 300), QPoint(0, 120), CONTROL)
    assert canvas.zoom == 300
    for _ in range(60):
        wheel(canvas, QPointF(300, 300), QPoint(0, -120), CONTROL)
    assert canvas.zoom == 8


def test_a_pinch_on_the_trackpad_of_a_mac(canvas: Canvas) -> None:
    at, zoom = QPointF(220, 350), canvas.transform().m11()
    before = scene_at(canvas, at)
    for value in (0.1, 0.1, -0.05):
        _native(canvas, Qt.NativeGestureType.ZoomNativeGesture, at, value)
        assert stays(canvas, at, before)
    assert canvas.transform().m11() == pytest.approx(zoom * 1.1 * 1.1 * 0.95)
    _native(canvas, Qt.NativeGestureType.SmartZoomNativeGesture, at, 0)
    assert canvas.mapFromScene(canvas.sceneRect()).boundingRect().height() <= canvas.viewport().height() + 4
    _native(canvas, Qt.NativeGestureType.SmartZoomNativeGesture, at, 0)
    assert canvas.zoom == 100


def _native(canvas: Canvas, kind: Qt.NativeGestureType, at: QPointF, value: float) -> None:
    port, device = canvas.viewport(), QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(kind, device, 2, at, at, port.mapToGlobal(at), value, QPointF())
    QApplication.sendEvent(port, event)


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac sends native gestures")
def test_two_fingers_on_a_screen_pinch(canvas: Canvas) -> None:
    selected, zoom, port = canvas._store.selection, canvas.transform().m11(), canvas.viewport()
    device = QTest.createTouchDevice()
    first, second = QPoint(300, 300), QPoint(300, 420)
    # Keep the sequence: PySide would take each step's for the last one, and send it when it goes.
    touch = QTest.touchEvent(port, device, False)
    touch.press(0, first, port)
    touch.commit()
    touch.stationary(0)
    touch.press(1, second, port)
    touch.commit()
    anchors = []
    for step in range(1, 9):
        apart = QPoint(0, 10 * step)
        touch.move(0, first - apart, port)
        touch.move(1, second + apart, port)
        touch.commit()
        anchors.append(scene_at(canvas, QPointF(300, 360)))
    touch.release(0, first - apart, port)
    touch.release(1, second + apart, port)
    touch.commit()
    assert zoom * 1.3 < canvas.transform().m11() < zoom * 2.5
    assert max((a - anchors[-1]).manhattanLength() for a in anchors) < 6
    assert canvas._store.selection == selected, "the first finger chose nothing"


@pytest.mark.parametrize("pixels", [QPoint(14, -37), QPoint(0, 25), QPoint(-60, 3)])
def test_two_fingers_on_a_trackpad_scroll_freely(canvas: Canvas, pixels: QPoint) -> None:
    across, down = bars(canvas)
    wheel(canvas, QPointF(300, 300), pixels * 8, pixels=pixels)
    assert bars(canvas) == (across - pixels.x(), down - pixels.y())


def test_two_fingers_scroll_freely_where_pixels_mean_nothing(canvas: Canvas) -> None:
    across, down = bars(canvas)
    wheel(canvas, QPointF(300, 300), QPoint(120, -120))
    assert bars(canvas)[0] < across
    assert bars(canvas)[1] > down


def test_the_wheel_scrolls_and_with_shift_sideways(canvas: Canvas) -> None:
    across, down = bars(canvas)
    wheel(canvas, QPointF(300, 300), QPoint(0, -120))
    assert bars(canvas) == (across, bars(canvas)[1])
    assert bars(canvas)[1] > down
    wheel(canvas, QPointF(300, 300), QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier)
    assert bars(canvas)[0] > across


def test_the_middle_button_pans_over_blocks(canvas: Canvas) -> None:
    across, down = bars(canvas)
    mouse_drag(canvas, QPoint(300, 400), QPoint(340, 330), MIDDLE)
    assert bars(canvas) == (across - 40, down + 70)
    assert canvas._store.selection == ()


def test_space_and_a_drag_pan_and_fold_nothing(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.canvas.setFocus()
    build.canvas.set_zoom(180)
    build.canvas.verticalScrollBar().setValue(200)
    build.store.select(("b3",))
    before, point = bars(build.canvas), point_of(build, "b5", 60, 12)
    qtbot.keyPress(build.canvas, Qt.Key.Key_Space)
    assert build.canvas.viewport().cursor().shape() == Qt.CursorShape.OpenHandCursor
    mouse_drag(build.canvas, point, point + QPoint(0, 50), LEFT)
    qtbot.keyRelease(build.canvas, Qt.Key.Key_Space)
    assert bars(build.canvas) == (before[0], before[1] - 50)
    assert build.store.selection == ("b3",)
    assert build.canvas.network.folded == frozenset()
    assert build.canvas.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor


def test_space_alone_still_folds(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.canvas.setFocus()
    build.store.select(("b3",))
    qtbot.keyClick(build.canvas, Qt.Key.Key_Space)
    assert build.canvas.network.folded == {"b3"}
    qtbot.keyClick(build.canvas, Qt.Key.Key_Space)
    assert build.canvas.network.folded == frozenset()


def test_keys_zoom_from_anywhere_in_the_window(qtbot: QtBot, window: MainWindow) -> None:
    window.load_preset("resnet50")
    canvas = window.work.build.canvas
    qtbot.keyClick(window, Qt.Key.Key_0, CONTROL)
    assert canvas.zoom == 100
    qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    qtbot.keyClick(window, Qt.Key.Key_Equal, CONTROL)
    assert canvas.zoom == 144
    qtbot.keyClick(window, Qt.Key.Key_Minus, CONTROL)
    assert canvas.zoom == 120
    qtbot.keyClick(window, Qt.Key.Key_9, CONTROL)
    seen = canvas.mapFromScene(canvas.sceneRect()).boundingRect()
    assert canvas.viewport().rect().adjusted(-2, -2, 2, 2).contains(seen)
    fit = window.findChild(QToolButton, "zoomFitButton")
    assert fit is not None
    assert "Ctrl+9" in fit.toolTip()


@pytest.mark.parametrize("size", [(1440, 900), (1100, 700), (960, 600)])
@pytest.mark.parametrize("preset", ["googlenet", "resnet50", "cifar10-first-cnn"])
def test_a_network_begins_at_the_top_and_beside_the_overview(
    qtbot: QtBot, window: MainWindow, preset: str, size: tuple[int, int]
) -> None:
    window.load_preset(preset)
    window.resize(*size)
    qtbot.wait(30)
    build = window.work.build
    top = item_of(build, "input")
    seen = build.canvas.mapFromScene(top.mapRectToScene(top.rect())).boundingRect()
    assert build.canvas.viewport().rect().contains(seen)
    whole = build.canvas.mapFromScene(build.canvas.sceneRect().adjusted(46, 0, -46, 0)).boundingRect()
    if build.minimap.isVisible() and build.canvas.zoom > 60:
        assert whole.left() > build.minimap.geometry().right()
        assert whole.right() < build.canvas.viewport().width() - 48
