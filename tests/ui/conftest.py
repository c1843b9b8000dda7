"""The real window with an engine that needs no torch."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.app.session import EngineSession
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.theme import apply_theme
from tests.fake_dialogs import FakeDialogs

FAKE_ENGINE = (sys.executable, str(Path(__file__).parents[1] / "fake_engine.py"))


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    apply_theme(qapp, "light")
    window = MainWindow(session=EngineSession(command=FAKE_ENGINE))
    dialogs = FakeDialogs(window)
    window.work.dialogs = window.work.documents.dialogs = window.work.control.dialogs = dialogs
    window.work.diagrams.dialogs = dialogs
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.work.session.shutdown()


@pytest.fixture
def dialogs(window: MainWindow) -> FakeDialogs:
    assert isinstance(window.work.dialogs, FakeDialogs)
    return window.work.dialogs
