"""The real window with the real engine."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.app.session import EngineSession
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.theme import apply_theme
from tests.e2e.person import Person
from tests.fake_dialogs import FakeDialogs

FAKE_ENGINE = (sys.executable, str(Path(__file__).parents[1] / "fake_engine.py"))


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    apply_theme(qapp, "light")
    window = MainWindow()
    dialogs = FakeDialogs(window)
    window.work.dialogs = window.work.documents.dialogs = window.work.control.dialogs = dialogs
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.work.session.shutdown()


@pytest.fixture
def dialogs(window: MainWindow) -> FakeDialogs:
    assert isinstance(window.work.dialogs, FakeDialogs)
    return window.work.dialogs


@pytest.fixture
def other_real_window(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[[], MainWindow]]:
    """More windows with engines that train, as after a restart."""
    apply_theme(qapp, "light")
    windows: list[MainWindow] = []

    def open_one() -> MainWindow:
        window = MainWindow()
        windows.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield open_one
    for window in windows:
        window.work.session.shutdown()


@pytest.fixture
def other_window(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[[], Person]]:
    """Windows that have nothing to train: their engines answer, but need no torch."""
    apply_theme(qapp, "light")
    windows: list[MainWindow] = []

    def open_one() -> Person:
        window = MainWindow(session=EngineSession(command=FAKE_ENGINE))
        windows.append(window)
        work = window.work
        dialogs = FakeDialogs(window)
        work.dialogs = work.documents.dialogs = work.control.dialogs = work.diagrams.dialogs = dialogs
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        return Person(window)

    yield open_one
    for window in windows:
        window.work.session.shutdown()


@pytest.fixture
def person(other_window: Callable[[], Person]) -> Person:
    """Somebody at such a window."""
    return other_window()
