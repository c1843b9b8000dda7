"""A webcam, faked: what stands before it is looked at, and it is off when nobody sees what it sees."""

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.core.looks import Pixels, TestImage
from cnnstudio.ui.inspect.camera import has_camera
from cnnstudio.ui.inspect.workspace import InspectWorkspace
from cnnstudio.ui.main_window import MainWindow
from tests.ui.inspect.conftest import WAIT


class FakeCamera(QObject):
    errorOccurred = Signal(int, str)  # noqa: N815  Qt's name
    made: "FakeCamera"

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.on = False
        FakeCamera.made = self

    def start(self) -> None:
        self.on = True

    def stop(self) -> None:
        self.on = False


class FakeSink(QObject):
    videoFrameChanged = Signal(object)  # noqa: N815  Qt's name
    made: "FakeSink"

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        FakeSink.made = self


class FakeSession(QObject):
    def setCamera(self, camera: FakeCamera) -> None: ...
    def setVideoSink(self, sink: FakeSink) -> None: ...


class FakeFrame:
    def toImage(self) -> QImage:
        image = QImage(640, 480, QImage.Format.Format_RGB32)
        image.fill(QColor("red"))
        return image


class FakeDevices:
    inputs: tuple[str, ...] = ("webcam",)

    @classmethod
    def videoInputs(cls) -> list[str]:
        return list(cls.inputs)


@pytest.fixture
def webcam(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = ModuleType("PySide6.QtMultimedia")
    module.__spec__ = ModuleSpec("PySide6.QtMultimedia", None)
    for name, fake in (
        ("QCamera", FakeCamera),
        ("QVideoSink", FakeSink),
        ("QMediaCaptureSession", FakeSession),
        ("QMediaDevices", FakeDevices),
    ):
        setattr(module, name, fake)
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", module)
    yield
    FakeDevices.inputs = ("webcam",)


def button(inspect: InspectWorkspace, name: str) -> QPushButton:
    found = inspect.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    return found


def test_what_stands_before_the_camera_is_looked_at(
    webcam: None, inspect: InspectWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    QTest.mouseClick(button(inspect, "inspectCameraButton"), Qt.MouseButton.LeftButton)
    assert FakeCamera.made.on
    qtbot.waitUntil(lambda: not inspect.image.inquiry.waiting, timeout=WAIT)
    FakeSink.made.videoFrameChanged.emit(FakeFrame())
    picture = inspect.inspection.picture
    assert isinstance(picture, Pixels)
    assert picture.pixels.shape == (240, 320, 4)
    assert picture.pixels.data[:4] == bytes((255, 0, 0, 255))
    window.show_workspace("build")
    assert not FakeCamera.made.on, "nobody is filmed unseen"
    window.show_workspace("inspect")
    assert FakeCamera.made.on
    QTest.mouseClick(button(inspect, "inspectTestButton"), Qt.MouseButton.LeftButton)
    assert not FakeCamera.made.on
    assert inspect.inspection.picture == TestImage(0)
    FakeSink.made.videoFrameChanged.emit(FakeFrame())
    assert inspect.inspection.picture == TestImage(0), "a frame that was under way changes nothing"


def test_a_camera_that_gives_nothing_says_so(
    webcam: None, inspect: InspectWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    QTest.mouseClick(button(inspect, "inspectCameraButton"), Qt.MouseButton.LeftButton)
    FakeCamera.made.errorOccurred.emit(1, "device is busy")
    qtbot.waitUntil(window.notice.isVisible)
    assert "device is busy" in window.notice.text


@pytest.mark.parametrize("installed", [False, True])
def test_no_camera_no_button(
    installed: bool, webcam: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if installed:
        FakeDevices.inputs = ()
    else:
        monkeypatch.delitem(sys.modules, "PySide6.QtMultimedia")
        monkeypatch.setattr("cnnstudio.ui.inspect.camera.find_spec", lambda name: None)
    assert not has_camera()
    inspect = request.getfixturevalue("inspect")
    assert inspect.findChild(QPushButton, "inspectCameraButton") is None
