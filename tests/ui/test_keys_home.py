"""Who works with the mouse in the bars around a workspace goes on there with the keys."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.notice import Offer
from tests.by_name import child

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def first(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The first CNN in Build, with a block selected."""
    window.load_preset("cifar10-first-cnn")
    window.work.store.select((window.document().body[1].id,))
    qtbot.waitUntil(window.work.build.canvas.hasFocus)
    return window


def order(window: MainWindow) -> list[str]:
    return [type(node.block).__name__ for node in window.document().body]


def press(qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def test_a_click_on_undo_leaves_delete_to_the_canvas(first: MainWindow, qtbot: QtBot) -> None:
    before, canvas = order(first), first.work.build.canvas
    press(qtbot, Qt.Key.Key_Delete)
    qtbot.mouseClick(child(first, "undoButton"), LEFT)
    qtbot.waitUntil(canvas.hasFocus)
    assert order(first) == before
    first.work.store.select((first.document().body[0].id,))
    press(qtbot, Qt.Key.Key_Delete)
    assert order(first) == before[1:]


def test_a_block_that_was_clicked_in_the_palette_can_be_deleted(first: MainWindow, qtbot: QtBot) -> None:
    before = order(first)
    child(first, "datasetCombo").setFocus()
    palette = first.work.build.palette_panel
    row = palette.list.visualRect(palette.model.first_block())
    qtbot.mouseClick(palette.list.viewport(), LEFT, pos=row.center())
    assert len(order(first)) == len(before) + 1
    press(qtbot, Qt.Key.Key_Delete)
    assert order(first) == before
    # Who has come to the list by keys goes on there.
    palette.list.setFocus()
    palette.list.setCurrentIndex(palette.model.first_block())
    press(qtbot, Qt.Key.Key_Return)
    assert palette.list.hasFocus()


def test_a_button_that_goes_away_does_not_give_the_keys_to_the_next_one(
    first: MainWindow, qtbot: QtBot
) -> None:
    first.notice.say("Something happened.", offers=(Offer("someOffer", "Do it", lambda: None),))
    button = first.notice.findChild(QPushButton, "someOffer")
    assert button is not None
    button.setFocus(Qt.FocusReason.TabFocusReason)  # by keys, so it keeps the focus while it is there
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(first.work.build.canvas.hasFocus)
    first.show_workspace("train")
    first.header.show_state("running")
    stop = child(first, "stopButton")
    stop.setFocus(Qt.FocusReason.TabFocusReason)
    assert stop.hasFocus()
    first.header.show_state("stopped")
    focused = QApplication.focusWidget()
    assert focused is not None
    assert first.work.train.isAncestorOf(focused) or focused is first.work.train


@pytest.mark.parametrize("place", ["problemList", "inspector"])
def test_tab_leads_to_a_fix_and_from_there_back_to_the_block(
    first: MainWindow, qtbot: QtBot, place: str
) -> None:
    canvas, store = first.work.build.canvas, first.work.store
    store.select((first.document().body[6].id,))  # Flatten
    press(qtbot, Qt.Key.Key_Delete)
    qtbot.keyClick(canvas, Qt.Key.Key_F8)
    (wrong,) = store.selection
    name = f"problem-{wrong}" if place == "problemList" else "explainButton"
    (start,) = [one for one in child(first, place).findChildren(QWidget, name) if one.isVisible()]
    start.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Tab)
    fix = QApplication.focusWidget()
    assert fix is not None
    assert fix.objectName() == f"fixButton-{wrong}-0"
    assert child(first, place).isAncestorOf(fix)
    press(qtbot, Qt.Key.Key_Space)
    assert not store.inference.problems
    qtbot.waitUntil(canvas.hasFocus)


def test_keys_reach_the_buttons_and_stay(first: MainWindow, qtbot: QtBot) -> None:
    save = child(first, "saveButton")
    save.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.wait(1)
    assert save.hasFocus()


def test_build_is_ready_for_keys_however_one_comes_to_it(first: MainWindow, qtbot: QtBot) -> None:
    first.show_workspace("train")
    child(first, "epochsSpin").setFocus()
    qtbot.mouseClick(child(first, "buildWorkspaceButton"), LEFT)
    qtbot.waitUntil(first.work.build.canvas.hasFocus)
    press(qtbot, Qt.Key.Key_Delete)
    assert len(order(first)) == 7


@pytest.mark.parametrize("name", ["datasetCombo", "deviceCombo", "optimizerCombo"])
def test_the_wheel_over_a_choice_chooses_nothing(first: MainWindow, qtbot: QtBot, name: str) -> None:
    first.show_workspace("train")
    combo, before = child(first, name), first.document()
    assert isinstance(combo, QComboBox)
    shown, centre = combo.currentIndex(), QPointF(combo.rect().center())
    for turn in (-120, 120, 120):
        event = QWheelEvent(
            centre,
            combo.mapToGlobal(centre),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(combo, event)
    assert combo.currentIndex() == shown
    assert first.document() is before
