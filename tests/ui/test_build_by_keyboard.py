"""A whole network, built in the real window without a mouse."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.core.infer import infer
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.presets import load_preset

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def press(key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(_focused(), key, keys)


def write(text: str) -> None:
    QTest.keyClicks(_focused(), text)


def insert(text: str, **fields: int) -> None:
    """``/``, the name, Enter; then Enter, Tab to each field, Escape back to the canvas."""
    press(Qt.Key.Key_Slash)
    write(text)
    press(Qt.Key.Key_Return)
    if fields:
        press(Qt.Key.Key_Return)
    for name, value in fields.items():
        tab_to(f"field-{name}")
        write(str(value))
    if fields:
        press(Qt.Key.Key_Escape)


def tab_to(name: str) -> None:
    for _ in range(30):
        if _focused().objectName() == name:
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {name}")


def _focused():  # type: ignore[no-untyped-def]
    QApplication.processEvents()
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_the_first_cnn_by_keyboard_alone(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.show_workspace("build")
    canvas = window.work.build.canvas
    canvas.setFocus()
    press(Qt.Key.Key_N, CONTROL)
    insert("conv", out_channels=6, kernel_size=5)
    insert("relu")
    insert("max pool")
    insert("conv", out_channels=16, kernel_size=5)
    insert("relu")
    insert("max")
    insert("flatten")
    insert("linear")
    wanted = infer(load_preset("cifar10-first-cnn"))
    assert [n.block for n in window.document().body] == [n.block for n in wanted.document.body]
    assert window.work.store.inference.params == wanted.params == 6882
    assert window.work.store.inference.problems == ()
    # Second thoughts, by keys too: the last ReLU up and down again, away and back.
    for _ in range(3):
        press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Delete)
    assert len(window.document().body) == 7
    press(Qt.Key.Key_Z, CONTROL)
    assert [n.block for n in window.document().body] == [n.block for n in wanted.document.body]
    assert canvas.hasFocus()
