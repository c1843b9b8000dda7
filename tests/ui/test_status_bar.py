"""What the status bar says can be read."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow


def test_the_word_about_the_engine_is_never_cut(qtbot: QtBot, window: MainWindow) -> None:
    label = window.findChild(QLabel, "statusEngine")
    assert label is not None
    for text in ("", "Engine starting …", "Engine ready", "Engine stopped"):
        window.status.show_engine(text)
        qtbot.wait(20)
        assert label.fontMetrics().horizontalAdvance(text) <= label.width() <= label.sizeHint().width() + 12
