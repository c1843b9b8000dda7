"""What tests of a run do with the window."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow


def child(window: QWidget, name: str) -> Any:
    found = window.findChildren(QWidget, name)
    assert len(found) == 1, f"{len(found)} widgets are called {name}"
    return found[0]


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None
    return found


def press(qtbot: QtBot, window: QWidget, name: str) -> None:
    qtbot.mouseClick(child(window, name), Qt.MouseButton.LeftButton)


def change(window: MainWindow, **settings: object) -> None:
    document = window.document()
    training = document.training.model_copy(update=settings)
    window.work.store.load(document.changed(training=training))


def start(window: MainWindow, qtbot: QtBot, device: str) -> None:
    window.work.control.device = device
    window.header.train.click()
    qtbot.waitUntil(lambda: window.training_state() != "preparing", timeout=30_000)


def end(window: MainWindow, qtbot: QtBot) -> None:
    window.header.stop.click()
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=30_000)
