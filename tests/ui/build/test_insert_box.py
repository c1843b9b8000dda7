"""The search box at the point of insertion, and going to the fields and back by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSpinBox
from pytestqt.qtbot import QtBot

from cnnstudio.core.document import Place, place_of
from cnnstudio.ui.build import BuildWorkspace
from tests.ui.build.test_canvas import item_of, order


def open_box(qtbot: QtBot, build: BuildWorkspace, text: str = "") -> None:
    build.activateWindow()
    build.canvas.setFocus()
    qtbot.keyClick(build.canvas, Qt.Key.Key_Slash)
    qtbot.waitUntil(build.insert_box.search.hasFocus)
    qtbot.keyClicks(build.insert_box.search, text)


def test_enter_inserts_behind_the_selection(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    open_box(qtbot, build, "relu")
    assert build.insert_box.preview.text() == "32×32×16 → 32×32×16"
    qtbot.keyClick(build.insert_box.search, Qt.Key.Key_Return)
    assert order(build.store) == ["Conv2d", "ReLU", "BatchNorm2d", "Repeat", "Linear"]
    assert build.store.selection == ("b11",)
    assert build.insert_box.isHidden()
    assert build.canvas.hasFocus()


def test_it_opens_below_the_block_it_inserts_behind(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b5",))
    open_box(qtbot, build)
    item = item_of(build, "b5")
    below = build.canvas.mapFromScene(item.mapToScene(item.rect().bottomLeft()))
    assert 0 <= build.insert_box.y() - below.y() < 12
    build.canvas.set_target("b4", 1)
    open_box(qtbot, build, "identity")
    qtbot.keyClick(build.insert_box.search, Qt.Key.Key_Return)
    assert place_of(build.store.document, "b11") == Place("b4", 1, 0)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("linear", "Linear"), ("conv", "Conv2d"), ("max", "MaxPool2d"), ("BATCH", "BatchNorm2d")],
)
def test_what_begins_with_the_words_comes_first(
    qtbot: QtBot, build: BuildWorkspace, typed: str, kind: str
) -> None:
    open_box(qtbot, build, typed)
    qtbot.keyClick(build.insert_box.search, Qt.Key.Key_Return)
    assert order(build.store)[-1] == kind


def test_the_arrows_choose_and_skip_headings(qtbot: QtBot, build: BuildWorkspace) -> None:
    open_box(qtbot, build)
    for _ in range(3):
        qtbot.keyClick(build.insert_box.search, Qt.Key.Key_Down)
    qtbot.keyClick(build.insert_box.search, Qt.Key.Key_Up)
    qtbot.keyClick(build.insert_box.search, Qt.Key.Key_Return)
    assert order(build.store)[-1] == "ZeroPad2d"


def test_what_would_be_wrong_is_said_beforehand(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    open_box(qtbot, build, "flatten")
    assert "Batch norm needs a map" in build.insert_box.preview.text()
    build.insert_box.search.setText("transformer")
    assert build.insert_box.preview.text() == "No block has these words."
    qtbot.keyClick(build.insert_box.search, Qt.Key.Key_Return)
    assert len(order(build.store)) == 4


def test_escape_and_a_click_elsewhere_close_it(qtbot: QtBot, build: BuildWorkspace) -> None:
    open_box(qtbot, build, "relu")
    qtbot.keyClick(build.insert_box.search, Qt.Key.Key_Escape)
    assert build.insert_box.isHidden()
    assert build.canvas.hasFocus()
    open_box(qtbot, build)
    build.palette_panel.search.setFocus()
    assert build.insert_box.isHidden()


def test_enter_goes_to_the_fields_and_escape_comes_back(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.activateWindow()
    build.store.select(("b1",))
    build.canvas.setFocus()
    qtbot.keyClick(build.canvas, Qt.Key.Key_Return)
    spin = QApplication.focusWidget()
    assert isinstance(spin, QSpinBox)
    assert spin.objectName() == "field-out_channels"
    qtbot.keyClicks(spin, "12")
    qtbot.keyClick(spin, Qt.Key.Key_Escape)
    assert build.canvas.hasFocus()
    assert item_of(build, "b1").card.words.headline == "12 filters 3×3"
