"""The command palette in the real window, by keyboard and by mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QListView, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.core.document import walk
from cnnstudio.core.fileformat import write_document
from cnnstudio.core.registry import block_types
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.theme import apply_theme, theme
from cnnstudio.workspace.presets import preset_ids

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


class Person:
    """Somebody at the window."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window

    def ctrl_k(self) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, Key.Key_K, CTRL)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.qtbot.keyClick(QApplication.focusWidget(), key)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(QApplication.focusWidget(), text)

    def run(self, text: str) -> None:
        self.ctrl_k()
        self.type(text)
        self.press(Key.Key_Return)

    @property
    def opened(self) -> bool:
        palette = self.window.findChild(QWidget, "commandPalette")
        return palette is not None and palette.isVisible()

    @property
    def search(self) -> QLineEdit:
        found = self.window.findChild(QLineEdit, "commandSearch")
        assert found is not None
        return found

    @property
    def rows(self) -> QListView:
        found = self.window.findChild(QListView, "commandList")
        assert found is not None
        return found

    @property
    def shown(self) -> list[str]:
        model = self.rows.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    @property
    def current(self) -> str:
        return str(self.rows.currentIndex().data())


@pytest.fixture
def person(qtbot: QtBot, window: MainWindow) -> Iterator[Person]:
    window.load_preset("cifar10-first-cnn")
    window.activateWindow()
    window.work.build.canvas.setFocus()
    qtbot.waitUntil(window.work.build.canvas.hasFocus)
    yield Person(qtbot, window)
    window.work.store.undo_stack.setClean()


def test_ctrl_k_opens_a_preset_by_name(person: Person) -> None:
    person.ctrl_k()
    assert person.opened
    assert person.search.hasFocus()
    person.type("resnet50")
    assert person.current == "Open preset: ResNet-50"
    person.press(Key.Key_Return)
    assert not person.opened
    assert person.window.document().name == "ResNet-50"
    assert person.window.work.build.canvas.hasFocus()


def test_a_recent_file_opens_by_name(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "mine & yours.cnn.json"
    file.write_text(write_document(person.window.document()), "utf-8")
    assert person.window.open_document(file)
    person.window.load_preset("fashion-dnn")
    person.run("recent mine")
    assert person.window.work.store.path == file


def test_a_block_goes_behind_the_selection(person: Person) -> None:
    store = person.window.work.store
    store.select(("b2",))
    person.run("batchnorm")
    kinds = [type(node.block).__name__ for node in store.document.body]
    assert kinds[:4] == ["Conv2d", "ReLU", "BatchNorm2d", "MaxPool2d"]
    assert store.selection == (store.document.body[2].id,)
    person.press(Key.Key_Delete)
    assert "BatchNorm2d" not in [type(node.block).__name__ for node in walk(store.document.body)]


def test_actions_run_and_come_and_go_with_what_is_possible(person: Person) -> None:
    person.ctrl_k()
    assert "Undo" not in person.shown
    assert "Delete" not in person.shown
    person.press(Key.Key_Escape)
    person.window.work.store.select(("b2",))
    person.run("delete")
    assert len(person.window.document().body) == 7
    person.ctrl_k()
    assert {"Undo Delete ReLU", "Delete"} <= set(person.shown)
    person.type("undo")
    person.press(Key.Key_Return)
    assert len(person.window.document().body) == 8


def test_it_lists_all_actions_blocks_presets_workspaces_and_looks(person: Person) -> None:
    person.ctrl_k()
    shown = person.shown
    assert len(shown) == len(set(shown))
    actions = person.window.window_actions
    for name in ("newAction", "openAction", "saveAction", "saveAsAction", "trainAction", "quitAction"):
        assert actions[name].text() in shown
    assert sum(text.startswith("Insert ") for text in shown) == len(block_types())
    assert sum(text.startswith("Open preset: ") for text in shown) == len(preset_ids())
    assert {"Go to Build", "Go to Train", "Theme: Dark", "Theme: Light", "Theme: As the system"} <= set(shown)
    assert "Commands…" not in shown


def test_shortcuts_stand_beside_what_they_do(person: Person) -> None:
    person.ctrl_k()
    person.type("save")
    index = person.rows.currentIndex()
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Save, Ctrl+S"
    assert person.search.accessibleDescription() == "Save, Ctrl+S"


def test_the_arrows_go_round(person: Person) -> None:
    person.ctrl_k()
    person.type("theme")
    first, second, *_, last = person.shown
    assert person.current == first
    person.press(Key.Key_Down)
    assert person.current == second
    person.press(Key.Key_Up, Key.Key_Up)
    assert person.current == last
    person.press(Key.Key_Down)
    assert person.current == first
    person.press(Key.Key_PageDown)
    assert person.current == last
    person.press(Key.Key_Tab)
    assert person.search.hasFocus()


def test_escape_closes_and_forgets(person: Person) -> None:
    person.ctrl_k()
    person.type("resnet")
    person.press(Key.Key_Escape)
    assert not person.opened
    assert person.shown == []
    assert person.window.work.build.canvas.hasFocus()
    person.ctrl_k()
    assert person.search.text() == ""
    assert len(person.shown) > 60
    person.ctrl_k()
    assert not person.opened


def test_nothing_found_is_said_and_enter_does_nothing(person: Person) -> None:
    before = person.window.document()
    person.ctrl_k()
    person.type("qqqq")
    assert person.shown == []
    assert "Nothing" in person.search.accessibleDescription()
    person.press(Key.Key_Return, Key.Key_Down, Key.Key_PageUp)
    assert person.opened
    assert person.window.document() is before


def test_the_mouse_opens_chooses_and_closes(qtbot: QtBot, person: Person) -> None:
    hint = person.window.findChild(QAbstractButton, "statusCommands")
    assert hint is not None
    assert hint.text() == "Ctrl+K commands"
    qtbot.mouseClick(hint, Qt.MouseButton.LeftButton)
    assert person.opened
    person.type("go to train")
    middle = person.rows.visualRect(person.rows.currentIndex()).center()
    qtbot.mouseClick(person.rows.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert not person.opened
    assert person.window.work.train.isVisible()
    qtbot.mouseClick(hint, Qt.MouseButton.LeftButton)
    palette = person.window.findChild(QWidget, "commandPalette")
    qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(20, 400))
    assert not person.opened


@pytest.mark.parametrize("name", ["paletteSearch", "field-out_channels", "codeText", "epochsSpin"])
def test_ctrl_k_works_from_a_field(person: Person, name: str) -> None:
    window = person.window
    window.show_workspace("train" if name == "epochsSpin" else "build")
    window.work.store.select(("b1",))
    window.work.build.show_code()
    field = window.findChild(QWidget, name)
    assert field is not None
    field.setFocus()
    text = field.text() if isinstance(field, QSpinBox) else ""
    person.ctrl_k()
    assert person.opened
    person.press(Key.Key_Escape)
    assert QApplication.focusWidget() in (field, field.focusProxy())
    if isinstance(field, QSpinBox):
        assert field.text() == text


def test_looks_are_commands(qapp: QApplication, person: Person) -> None:
    person.run("theme dark")
    assert theme().mode == "dark"
    person.ctrl_k()
    assert not person.window.grab().isNull()
    person.press(Key.Key_Escape)
    person.run("light")
    assert theme().mode == "light"
    apply_theme(qapp, "light")


def test_it_follows_the_size_of_the_window(person: Person) -> None:
    person.window.resize(1000, 640)
    person.ctrl_k()
    person.window.resize(1300, 800)
    palette = person.window.findChild(QWidget, "commandPalette")
    assert palette is not None
    assert palette.size() == person.window.size()
    panel = person.search.parentWidget()
    assert panel is not None
    assert abs(panel.geometry().center().x() - palette.rect().center().x()) <= 1
    assert palette.rect().contains(panel.geometry())


def test_its_controls_have_names(person: Person) -> None:
    person.ctrl_k()
    palette = person.window.findChild(QWidget, "commandPalette")
    assert palette is not None
    assert palette.accessibleName()
    assert person.search.accessibleName()
    assert person.rows.accessibleName()
    opener = person.window.findChild(QAction, "commandsAction")
    assert opener is not None
    assert opener.shortcut().toString() == "Ctrl+K"
