"""What tests of a run do with the window."""

from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None
    return found


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
