"""Widgets by the names that tests, keys and screen readers know them by."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def child(window: QWidget, name: str) -> Any:
    """The one widget of this name."""
    found = window.findChildren(QWidget, name)
    assert len(found) == 1, f"{len(found)} widgets are called {name}"
    return found[0]


def click(qtbot: QtBot, window: QWidget, name: str) -> None:
    """Presses it with the mouse."""
    qtbot.mouseClick(child(window, name), Qt.MouseButton.LeftButton)
