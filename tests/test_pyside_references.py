"""PYSIDE-3474: PySide6 6.12.0 below Python 3.12 lost a reference to None with every void call."""

import sys

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


def test_void_calls_keep_their_references_to_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    label.setText("warm")

    before = sys.getrefcount(None)
    for number in range(1000):
        label.setText(str(number))

    assert abs(sys.getrefcount(None) - before) < 5
