"""The real window with the real engine."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.theme import apply_theme
from tests.fake_dialogs import FakeDialogs


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
