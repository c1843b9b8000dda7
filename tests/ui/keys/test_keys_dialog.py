"""F1: every key and every gesture there is, in the real window."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

import cnnstudio.ui
from cnnstudio.ui.commands.gather import gather as gather_commands
from cnnstudio.ui.gesture import key_text
from cnnstudio.ui.keys import gather as keys_gather
from cnnstudio.ui.keys.dialog import KeysDialog
from cnnstudio.ui.keys.gather import gather
from cnnstudio.ui.keys.rows import ENTRY, KeysRows
from cnnstudio.ui.main_window import MainWindow

Key = Qt.Key
UI = Path(cnnstudio.ui.__file__).parent
_HEARS = re.compile(r"def (mousePressEvent|mouseDoubleClickEvent|wheelEvent|keyPressEvent)\b")
_NOTHING_TO_SAY = {"commands/palette.py", "widgets/combo.py"}
"""A list that goes by the name of its own action; and one that leaves the wheel to what is scrolled."""


def opened(qtbot: QtBot, window: MainWindow) -> KeysDialog:
    qtbot.keyClick(QApplication.focusWidget() or window, Key.Key_F1)
    dialog = window.findChild(KeysDialog)
    assert dialog is not None
    assert dialog.isVisible()
    qtbot.waitUntil(dialog.search.hasFocus)
    return dialog


def shown(dialog: KeysDialog) -> list[str]:
    model = dialog.model
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_who_presses_f1_finds_a_key_by_a_word_and_goes_on_where_he_was(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.load_preset("cifar10-first-cnn")
    canvas = window.work.build.canvas
    canvas.setFocus()
    dialog = opened(qtbot, window)
    assert shown(dialog)[0] == "Build: keys"  # where one is, comes first
    assert "Everywhere: keys" in shown(dialog)
    qtbot.keyClicks(dialog.search, "rectangle")
    assert shown(dialog) == ["Build: mouse", "Select the blocks in a rectangle"]
    dialog.search.setText("ctrl wheel")
    assert shown(dialog) == ["Build: mouse", "Zoom"]
    dialog.search.setText("redo")
    assert shown(dialog) == ["Everywhere: keys", "Redo"]
    qtbot.keyClick(dialog.search, Key.Key_Down)
    assert dialog.search.accessibleDescription() == "Redo: Ctrl+Shift+Z, Ctrl+Y"
    qtbot.keyClick(dialog.search, Key.Key_Return)  # there is nothing to accept
    assert dialog.isVisible()
    dialog.search.setText("zebra")
    nothing = dialog.findChild(QLabel, "keysNothing")
    assert nothing is not None
    assert nothing.isVisible()
    assert not dialog.list.isVisible()
    qtbot.keyClick(dialog.search, Key.Key_Escape)
    assert not dialog.isVisible()
    qtbot.waitUntil(canvas.hasFocus)


def test_it_is_one_window_and_closes_in_every_way(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(qtbot, window)
    window.work.show_keys()
    assert len(window.findChildren(KeysDialog)) == 1
    qtbot.keyClick(dialog.search, Key.Key_F1)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: window.findChild(KeysDialog) is None)
    again = opened(qtbot, window)
    close = again.findChild(QPushButton, "keysCloseButton")
    assert close is not None
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(KeysDialog) is None)


def test_menu_and_command_list_lead_to_it(window: MainWindow) -> None:
    (command,) = (one for one in gather_commands(window) if one.text == "Keys and mouse")
    assert command.keys == "F1"
    menu = window.header.findChild(QPushButton, "viewButton")
    assert menu is not None
    assert window.window_actions["keysAction"] in menu.menu().actions()
    command.run()
    assert window.findChild(QDialog, "keysDialog") is not None


def test_no_shortcut_of_the_window_is_left_out(window: MainWindow) -> None:
    before = gather(window, "runs")
    for workspace in ("start", "inspect", "learn", "runs"):
        window.show_workspace(workspace)
    assert gather(window, "runs") == before  # nobody needs to have been there
    listed = {key for group in before for known in group.known for key in known.keys}
    actions = [key for action in window.findChildren(QAction) for key in action.shortcuts()]
    buttons = [button.shortcut() for button in window.findChildren(QAbstractButton)]
    shortcuts = [shortcut.key() for shortcut in window.findChildren(QShortcut)]
    native = QKeySequence.SequenceFormat.NativeText
    there = {text for key in (*actions, *buttons, *shortcuts) if (text := key.toString(native))}
    assert there <= listed
    # And each under the words of its action, once.
    rows = [(group.title, known) for group in before for known in group.known]
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("workspace", ["", "start", "build", "train", "inspect", "learn", "runs"])
def test_every_file_that_hears_a_hand_says_what_it_does_with_it(workspace: str) -> None:
    folder = UI / {"start": "start_page"}.get(workspace, workspace)
    if workspace:
        declared = keys_gather._gestures(workspace)
        hearing = {file for file in folder.rglob("*.py") if _HEARS.search(file.read_text(encoding="utf-8"))}
    else:
        from cnnstudio.ui.gestures import gestures

        declared = gestures()
        own = (*folder.glob("*.py"), *(folder / "widgets").glob("*.py"), *(folder / "commands").glob("*.py"))
        hearing = {file for file in own if _HEARS.search(file.read_text(encoding="utf-8"))}
    named = {folder.joinpath(*gesture.code.split(".")).with_suffix(".py") for gesture in declared}
    unsaid = {str(file.relative_to(UI)) for file in hearing - named} - _NOTHING_TO_SAY
    assert not unsaid, "declare these in the gestures.py beside them"
    assert all(file.is_file() for file in named)


def test_nothing_is_cut_in_the_smallest_window(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(window.minimumSize())
    dialog = opened(qtbot, window)
    rows, wide = KeysRows(dialog), dialog.list.viewport().width()
    entries = [dialog.model.index(row, 0).data(ENTRY) for row in range(dialog.model.rowCount())]
    assert dialog.height() < window.height()
    assert max(rows.needed(entry) for entry in entries if not isinstance(entry, str)) <= wide


def test_keys_are_written_as_the_system_does() -> None:
    assert key_text("Ctrl") + "+A" == QKeySequence("Ctrl+A").toString(QKeySequence.SequenceFormat.NativeText)
    assert key_text(QKeySequence.StandardKey.Find)
