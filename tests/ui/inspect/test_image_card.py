"""The picture that is looked at: of the test images, drawn, opened or pasted."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.core.looks import Pixels, TestImage
from cnnstudio.core.messages import Failed
from cnnstudio.ui.inspect.workspace import InspectWorkspace
from cnnstudio.ui.main_window import MainWindow
from tests.fake_dialogs import FakeDialogs
from tests.fake_looks import CLASSES

WAIT = 30_000


def test_arrows_go_from_image_to_image(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    inspect.setFocus()
    QTest.keyClick(inspect, Qt.Key.Key_Right)
    assert inspect.inspection.picture == TestImage(1)
    assert inspect.image.spin.value() == 1
    qtbot.waitUntil(lambda: bool(inspect.image.bars.lines) and inspect.image.bars.lines[0][0] == CLASSES[1])
    QTest.keyClick(inspect, Qt.Key.Key_Left)
    QTest.keyClick(inspect, Qt.Key.Key_Left)
    assert inspect.inspection.picture == TestImage(0), "there is none before the first"


def test_an_image_that_is_not_there_is_said_below_the_picture(
    inspect: InspectWorkspace, qtbot: QtBot
) -> None:
    inspect.inspection.show(TestImage(50))
    qtbot.waitUntil(lambda: "6 test images" in inspect.image.trouble.text(), timeout=WAIT)
    assert inspect.image.trouble.isVisible()
    inspect.image.spin.setValue(2)
    qtbot.waitUntil(lambda: not inspect.image.trouble.isVisible(), timeout=WAIT)
    assert inspect.image.bars.isVisible()


def is_whole(label: QLabel) -> bool:
    return label.height() >= label.heightForWidth(label.width()) > 40


def test_in_a_low_window_sentences_of_several_lines_are_whole(
    inspect: InspectWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    """A student opens a run whose data are not on this computer: what to do must not be cut."""
    window.resize(1100, 700)
    missing = "MNIST is not in the folder of data sets: let it be downloaded, or train on shapes."
    note = inspect.image.mistakes.note
    inspect.image.say(missing)
    inspect.verdicts.judged = None
    inspect.verdicts._hear(Failed(missing))
    for label in (inspect.image.trouble, note):
        assert label.text() == missing
        qtbot.waitUntil(partial(is_whole, label), timeout=WAIT)
    assert not inspect.image.bars.isVisible()


def test_bars_follow_a_drawing(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    image = inspect.image
    qtbot.mouseClick(inspect.findChild(QPushButton, "inspectDrawButton"), Qt.MouseButton.LeftButton)
    assert image.pad.isVisible()
    QTest.mousePress(image.pad, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    QTest.mouseRelease(image.pad, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert not image.pad.blank
    drawn = QColor(image.pad.image.pixel(image.pad._place(QPointF(60, 60)).toPoint()))
    assert drawn == QColor("white")
    for row in range(0, 280, 20):
        image.pad.stroke(QPointF(0, row), QPointF(280, row))
    qtbot.waitUntil(lambda: bool(image.bars.lines) and image.bars.lines[0][0] == CLASSES[1], timeout=WAIT)
    picture = inspect.inspection.picture
    assert isinstance(picture, Pixels)
    assert picture.digit
    image.pad.clear()
    qtbot.waitUntil(lambda: image.bars.lines[0][0] == CLASSES[0], timeout=WAIT)


def test_the_pad_can_be_drawn_on_with_keys(inspect: InspectWorkspace) -> None:
    pad = inspect.image.pad
    inspect.image.draw()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Right):
        QTest.keyClick(pad, key)
    assert QColor(pad.image.pixel(152, 140)) == QColor("white")
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.blank


def test_an_image_is_opened_and_what_is_none_is_said(
    inspect: InspectWorkspace, dialogs: FakeDialogs, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    dialogs.file = tmp_path / "red.png"
    assert image.save(str(dialogs.file))
    inspect.image.choose_file()
    qtbot.waitUntil(lambda: isinstance(inspect.inspection.picture, Pixels), timeout=WAIT)
    picture = inspect.inspection.picture
    assert isinstance(picture, Pixels)
    assert picture.pixels.shape == (20, 30, 4)
    assert picture.pixels.data[:4] == bytes((255, 0, 0, 255))
    assert not picture.digit
    no_image = tmp_path / "notes.png"
    no_image.write_text("no image")
    inspect.open_picture(no_image)
    qtbot.waitUntil(lambda: "notes.png" in window.notice.accessibleName() or window.notice.isVisible())
    assert inspect.inspection.picture is picture


def test_an_image_is_pasted(inspect: InspectWorkspace, window: MainWindow, qtbot: QtBot) -> None:
    inspect.setFocus()
    QGuiApplication.clipboard().setText("no image")
    QTest.keySequence(inspect, QKeySequence(QKeySequence.StandardKey.Paste))
    qtbot.waitUntil(lambda: "clipboard" in window.notice.accessibleName() or window.notice.isVisible())
    assert inspect.inspection.picture == TestImage(0)
    image = QImage(1300, 650, QImage.Format.Format_RGB32)
    image.fill(QColor("lime"))
    QGuiApplication.clipboard().setImage(image)
    QTest.keySequence(inspect, QKeySequence(QKeySequence.StandardKey.Paste))
    qtbot.waitUntil(lambda: isinstance(inspect.inspection.picture, Pixels), timeout=WAIT)
    picture = inspect.inspection.picture
    assert isinstance(picture, Pixels)
    assert picture.pixels.shape == (320, 640, 4)
    assert picture.pixels.data[:4] == bytes((0, 255, 0, 255))
