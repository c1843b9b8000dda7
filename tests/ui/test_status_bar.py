"""What the status bar says can be read."""

from itertools import pairwise

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow


def test_the_word_about_the_engine_is_never_cut(qtbot: QtBot, window: MainWindow) -> None:
    label = window.findChild(QLabel, "statusEngine")
    assert label is not None
    for text in ("", "Engine starting …", "Engine ready", "Engine stopped"):
        window.status.show_engine(text)
        qtbot.wait(20)
        assert label.fontMetrics().horizontalAdvance(text) <= label.width() <= label.sizeHint().width() + 12


@pytest.mark.parametrize("name", ["Run first", "Run 2026-11-22_" + "합성곱-신경망-" * 12 + "1"])
def test_nothing_lies_over_another(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.load_preset("vgg16")
    window.resize(1100, 700)
    window.status.show_run((name, "epoch 12 / 30", "checkpoint saved 8 s ago"))
    window.status.show_engine("Engine starting …")
    row = [child for child in window.status.findChildren(QWidget) if child.objectName() and child.isVisible()]
    row.sort(key=lambda child: child.x())
    for left, right in pairwise(row):
        assert left.geometry().right() <= right.x(), (left.objectName(), right.objectName())
    assert row[-1].objectName() == "statusZoom"
    assert row[-1].geometry().right() <= window.status.width()
    said = window.findChild(QLabel, "statusRun")
    assert said is not None
    assert name in (said.toolTip() or said.text())


def test_a_name_with_a_dot_between_is_one_name(window: MainWindow) -> None:
    window.status.show_run(("Run 첫째·둘째 · v2", "epoch 1 / 3"))
    said = window.findChild(QLabel, "statusRun")
    assert said is not None
    window.resize(1440, 900)
    assert said.text() == "Run 첫째·둘째 · v2 · epoch 1 / 3"
    # Where there is no room for all, the whole name goes, and not the half of it.
    window.status.show_run(("Run 첫째 · " + "v" * 60, "epoch 1 / 3"))
    assert "Run 첫째 · vvv" in (said.toolTip() or said.text())
    assert said.text().endswith("epoch 1 / 3")
    assert not said.text().startswith("v")
    window.status.show_run(())
    assert not said.isVisible()
