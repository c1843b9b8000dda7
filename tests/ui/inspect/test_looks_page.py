"""What one sees of a network on one picture."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.app.inspection import BlockSeen
from cnnstudio.core.looks import KernelsOf, Maps, Pixels, Source, Subject, TestImage
from cnnstudio.core.messages import Tensor
from cnnstudio.ui.inspect.card_menu import CardMenu
from cnnstudio.ui.inspect.subject_bar import said
from cnnstudio.ui.inspect.tile_grid import TileGrid
from cnnstudio.ui.inspect.workspace import InspectWorkspace
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.settings import load_settings, save_settings
from tests.fake_dialogs import FakeDialogs
from tests.fake_looks import CLASSES, floats

WAIT = 30_000


def test_ctrl_3_leads_there_between_train_and_learn(window: MainWindow, qtbot: QtBot) -> None:
    button = window.findChild(QToolButton, "inspectWorkspaceButton")
    assert button.shortcut().toString() == "Ctrl+3"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    page = window.findChild(QWidget, "inspectWorkspace")
    assert page is not None
    assert page.isVisible()
    names = [b.objectName() for b in window.rail.findChildren(QWidget) if b.objectName().endswith("Button")]
    assert names.index("inspectWorkspaceButton") == names.index("trainWorkspaceButton") + 1


def test_the_last_run_is_looked_at_first(inspect: InspectWorkspace, run: str) -> None:
    assert inspect.inspection.subject.run == run
    assert inspect.image.bars.lines[0][0] == CLASSES[0]
    assert inspect.image.bars.lines[0][1] == pytest.approx(0.9, abs=1e-6)
    assert inspect.image.bars.lines[0][2], "the true class is marked"
    assert "epoch 2" in inspect.bar.words.text()
    assert inspect.bar.subject.currentText().endswith(" %")


def test_a_run_that_was_stopped_in_its_first_epoch_has_no_accuracy(
    inspect: InspectWorkspace, run: str
) -> None:
    (row,) = inspect.bar.rows
    assert "%" not in said(replace(row, epochs=0, test_accuracy=0.0))
    found = inspect.inspection.prediction
    assert found is not None
    inspect.bar._tell(replace(found, source=replace(found.source, epoch=0)))
    assert inspect.bar.words.text() == "weights from within the first epoch"
    inspect.inspection.at_epoch(0)
    inspect.bar._tell(replace(found, source=replace(found.source, epoch=0)))
    assert inspect.bar.words.text() == "initial weights: nothing learnt yet"


def test_without_a_run_the_open_network_is_looked_at(window: MainWindow, qtbot: QtBot) -> None:
    window.show_workspace("inspect")
    inspect = window.work.make_inspect()
    qtbot.waitUntil(lambda: bool(inspect.image.bars.lines), timeout=WAIT)
    assert inspect.inspection.subject.run is None
    assert inspect.inspection.subject.document is window.document()
    assert "nothing learnt" in inspect.bar.words.text()
    assert not inspect.bar.epoch.isVisible(), "it has none"
    assert inspect.inspection.subject.data_dir == str(load_settings().data_dir())

    window.show_workspace("train")
    with qtbot.waitSignal(inspect.bar.runs.listed, timeout=WAIT):
        window.show_workspace("inspect")
    assert "nothing learnt" in inspect.bar.words.text(), "who comes back reads it still"

    # A folder of photos that is chosen meanwhile is where its pictures come from.
    window.show_workspace("train")
    save_settings(replace(load_settings(), image_folder="/photos/cats"))
    document = window.document()
    folder = document.training.model_copy(update={"dataset": "folder"})
    window.work.store.apply("Data set", replace(document, training=folder))
    window.show_workspace("inspect")
    assert inspect.inspection.subject.data_dir == "/photos/cats"


def test_a_filter_over_many_maps_is_enlarged(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    """Without any picture, and without a block that is known: filters need neither."""
    card = inspect.filters
    qtbot.waitUntil(lambda: len(card.grid.images) == 4, timeout=WAIT)
    assert not card.large.isVisible(), "3×3 can be read in its tile"
    wide = floats((5, 20, 3, 3), *(number / 450 - 1 for number in range(900)))
    card.take(KernelsOf("conv9", "b9", wide, Source("initial", "", 0, 0, "")))
    assert card.large.isVisible()
    assert card.large.image == card.grid.images[0]
    card.grid.hovered.emit(3)
    assert card.large.image == card.grid.images[3]
    mosaic = card.grid.images[3]
    assert (mosaic.width(), mosaic.height()) == (5 * 4 - 1, 4 * 4 - 1), "20 inputs in rows of five"
    pixel = round((wide_value(wide, 3, 7, 2, 1) / 2 + 0.5) * 255)
    assert abs(QColor(mosaic.pixel(2 * 4 + 1, 1 * 4 + 2)).red() - pixel) <= 1
    card.grid.hovered.emit(-1)
    assert card.large.image == card.grid.images[0]


def wide_value(tensor: Tensor, *place: int) -> float:
    return float(np.frombuffer(tensor.data, np.float32).reshape(tensor.shape)[place])


def test_chips_choose_a_block_and_a_click_enlarges(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    maps, seen = inspect.maps, inspect.inspection
    assert [block.path for block in seen.blocks] == ["conv1", "pool1", "fc1"]
    assert seen.path == "conv1"
    assert len(maps.grid.images) == 4
    chip = inspect.findChild(QPushButton, "mapsChip-pool1")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert seen.path == "pool1"
    assert "3×3×4" in maps.detail.text()
    QTest.mouseClick(maps.grid, Qt.MouseButton.LeftButton, pos=maps.grid.tile_area(2).center())
    assert maps.large.isVisible()
    assert not maps.film.isVisible(), "one map gets the room"
    assert inspect.filters.isVisible() == (inspect.height() > 760)
    if not inspect.filters.isVisible():
        inspect.layout().activate()
        assert maps.geometry().bottom() == inspect.heat.geometry().bottom(), "and that of the filters"
    assert (seen.path, seen.filter) == ("pool1", 2)
    qtbot.waitUntil(lambda: maps.large.view.image is not None, timeout=WAIT)
    middle = maps.large.view.area().center()
    QTest.mouseMove(maps.large.view, middle)
    maps.large.view.hovered.emit(1, 1)
    assert maps.large.value.text() == f"row 2, column 2: {float((2 * 9 + 4) % 5):.5g}"
    assert maps.large.words.text() == "map 3 of 4"
    QTest.keyClick(maps.large, Qt.Key.Key_Right)
    assert seen.filter == 3
    QTest.keyClick(maps.large, Qt.Key.Key_Escape)
    assert maps.grid.isVisible()
    assert maps.film.isVisible()
    assert inspect.filters.isVisible()


def test_a_page_of_maps_at_a_time(
    inspect: InspectWorkspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps, pager = inspect.maps, inspect.maps.pager
    assert not pager.isVisible(), "four maps are seen at once"
    monkeypatch.setattr("cnnstudio.ui.inspect.maps_card._AT_ONCE", 3)
    pager.size_ = 3
    pager.show_total(4)
    assert pager.words.text() == "1–3 of 4"
    first = list(maps.grid.images)
    maps.grid.setFocus()
    QTest.keyClick(maps.grid, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: len(maps.grid.images) == 1, timeout=WAIT)
    assert maps.grid.images[0] == first[3], "the page holds the fourth map alone"
    assert pager.words.text() == "4–4 of 4"
    assert maps.grid._tip(0).startswith("4: ")
    QTest.mouseClick(maps.grid, Qt.MouseButton.LeftButton, pos=maps.grid.tile_area(0).center())
    assert inspect.inspection.filter == 3
    QTest.keyClick(maps.large, Qt.Key.Key_Escape)
    inspect.inspection.focus("conv1", 1)
    assert pager.page == 0, "a filter that is chosen elsewhere is brought into view"


def test_thousands_of_numbers_are_told_apart(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    """One strip, not an image each: a layer of 4096 once held the window up for seconds."""
    grid = TileGrid("numbers", "Numbers")
    qtbot.addWidget(grid)
    grid.resize(640, 300)
    strip = QImage(4096, 1, QImage.Format.Format_Grayscale8)
    strip.fill(0)
    strip.setPixelColor(4095, 0, QColor("white"))
    grid.show_numbers(strip, lambda number: f"number {number}")
    last = grid.tile_area(4095)
    assert grid.rect().contains(last), "all of them can be seen"
    assert grid.tile_at(last.center().x(), last.center().y()) == 4095
    assert QColor(grid.grab().toImage().pixel(last.center())) == QColor("white")
    grid.choose(4095)
    assert grid.accessibleDescription() == "number 4095"


def test_the_filmstrip_shows_every_block(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(inspect.maps.film.images) == 3, timeout=WAIT)
    inspect.maps.film.clicked.emit(1)
    assert inspect.inspection.path == "pool1"
    inspect.inspection.focus("fc1")
    assert inspect.maps.film.chosen == 2, "the block that is looked at is marked"


def test_the_scrubber_goes_through_training_on_one_scale(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    card = inspect.filters
    qtbot.waitUntil(lambda: len(card.grid.images) == 4, timeout=WAIT)
    assert card.slider.value() == card.slider.maximum() == 2
    assert "most filter 3, by 90 %" in card.change.text()
    assert "scale ±1" in card.detail.text()
    last = [image.copy() for image in card.grid.images]
    card.slider.setValue(0)
    assert card.moment.text() == "before training"
    assert card.grid.images != last
    card.slider.setValue(1)
    assert card.moment.text() == "epoch 1"
    qtbot.mouseClick(card.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.slider.value() == 2, timeout=WAIT)


def test_patches_of_the_filter_that_is_chosen(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    card = inspect.patches
    qtbot.waitUntil(lambda: len(card.grid.images) == 3, timeout=WAIT)
    qtbot.waitUntil(lambda: "receptive field 3×3" in card.words.text(), timeout=WAIT)
    inspect.inspection.focus("conv1", 2)
    assert card.title.text() == "What filter 3 looks for"
    assert (card.number.value(), card.number.minimum(), card.number.maximum()) == (3, 1, 4)
    qtbot.waitUntil(lambda: card._found is not None and card._found.filter == 2, timeout=WAIT)
    card.number.setValue(2)
    assert inspect.inspection.filter == 1
    card.grid.clicked.emit(0)
    assert inspect.inspection.picture == TestImage(4)


def test_where_it_looked_for_two_classes(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    card = inspect.heat
    qtbot.waitUntil(lambda: all(side.view.image is not None for side in card.sides), timeout=WAIT)
    assert card.sides[0].target.currentText() == CLASSES[0]
    assert card.sides[1].target.currentText() != CLASSES[0]
    inspect.inspection.show(TestImage(5))
    qtbot.waitUntil(lambda: card.sides[1].target.currentText() == CLASSES[2], timeout=WAIT)
    qtbot.waitUntil(lambda: not card.inquiry.waiting and card.detail.text() == "conv1", timeout=WAIT)
    shown = card.sides[0]._heat
    assert shown is not None
    nothing = replace(shown, low=0.0, high=0.0, versus=replace(shown, share=0.5))
    card.take(nothing)
    assert "nothing here speaks for it" in card.sides[0].words.text()
    assert "nothing" not in card.sides[1].words.text()
    inspect.window().resize(1100, 700)
    first, second = (side.view for side in card.sides)
    qtbot.waitUntil(lambda: card.sides[0].words.height() > 30)
    assert first.size() == second.size(), "however many lines are said below one of them"
    before = first.size()
    for side in card.sides:
        side.view.hovered.emit(2, 1)
    qtbot.wait(50)
    assert card.sides[0].words.text().startswith("(2, 1): ")
    assert first.size() == second.size() == before, "they do not grow under the pointer"


def test_a_large_network_appears_little_by_little(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    """The maps of 160 blocks come one after the other: the first are seen while the last are on the way."""
    seen, maps = inspect.inspection, inspect.maps
    qtbot.waitUntil(lambda: not maps.inquiry.waiting, timeout=WAIT)
    seen.look_at(Subject("another"))
    maps.inquiry.call_off()
    told: list[int] = []
    seen.blocksChanged.connect(lambda: told.append(len(seen.blocks)))
    kinds = ("Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d")
    for number in range(160):
        path, shape = f"features.{number}", (2, 2, 2)
        values = floats(shape, *range(8))
        maps.take(Maps(path, path, kinds[number % 4], shape, values, 0.0, 7.0, number, 160))
        if number == 5:
            first = maps.findChild(QPushButton, "mapsChip-features.0")
            assert first is not None
            assert first.text() == "conv 1", "a place in a stack says nothing"
            qtbot.waitUntil(lambda: len(maps.film.images) == 4, timeout=WAIT)
            assert maps.grid.images
    qtbot.waitUntil(lambda: len(maps._chips) == 160, timeout=WAIT)
    assert told[-1] == 160
    assert len(told) < 10, "what hangs on the blocks is not made anew for each of them"
    assert maps.findChild(QPushButton, "mapsChip-features.0") is first
    assert maps._chips["features.159"].text() == "pool 40"
    assert inspect.filters.convolution.count() == 40


def test_grad_cam_offers_convolutions_as_they_go_on(inspect: InspectWorkspace) -> None:
    def seen(path: str, kind: str, side: int = 8) -> BlockSeen:
        return BlockSeen(path, path, kind, (4, side, side))

    inspect.inspection._settle(
        (
            seen("conv1", "Conv2d"),
            seen("bn1", "BatchNorm2d"),
            seen("relu1", "ReLU"),
            seen("conv2", "Conv2d"),
            seen("pool1", "MaxPool2d", 4),
            seen("conv3", "Conv2d", 4),
        )
    )
    layer = inspect.heat.layer
    offered = [(layer.itemText(i), layer.itemData(i)) for i in range(layer.count())]
    assert offered == [("last", ""), ("conv1", "relu1"), ("conv2", "conv2"), ("conv3", "conv3")]


def test_colours_of_heat_tell_signs() -> None:
    from cnnstudio.ui.inspect.tile_images import heat_over

    grey = Tensor((1, 3, 1), bytes((100, 100, 100)), "uint8")
    signed = heat_over(np.array([[-0.5, 0.0, 1.0]], np.float32), -0.5, 1.0, grey)
    rises, nothing, falls = (QColor(signed.pixel(column, 0)) for column in range(3))
    assert rises.blue() > rises.red()
    assert (nothing.red(), nothing.green(), nothing.blue()) == (100, 100, 100), "the picture itself"
    assert falls.red() > 180 > falls.blue()
    plain = heat_over(np.array([[0.0, 0.5, 1.0]], np.float32), 0.0, 1.0, grey)
    assert QColor(plain.pixel(0, 0)).blue() > QColor(plain.pixel(0, 0)).red()
    assert QColor(plain.pixel(2, 0)).red() > QColor(plain.pixel(2, 0)).blue()


def test_every_card_is_saved_and_copied(
    inspect: InspectWorkspace, dialogs: FakeDialogs, tmp_path: Path, qtbot: QtBot
) -> None:
    seen: list[str] = []
    for page, count in (("looks", 5), ("mistakes", 3), ("compare", 3), ("health", 4)):
        inspect.show_page(page)
        menus = partial(_menus, inspect)
        qtbot.waitUntil(lambda menus=menus, count=count: len(menus()) == count, timeout=WAIT)
        for menu in menus():
            dialogs.file = tmp_path / menu.objectName()
            assert menu.toolTip().startswith("Save or copy ")
            assert len(menu.toolTip()) > len("Save or copy "), menu.objectName()
            png, svg, copy = menu.actions_.actions()[:3]
            size = menu._exported().size()  # before the notice takes some of the room
            png.trigger()
            assert QImage(str(dialogs.file) + ".png").size() == 2 * size
            svg.trigger()
            assert "</svg>" in dialogs.file.with_suffix(".svg").read_text(encoding="utf-8")
            QGuiApplication.clipboard().clear()
            copy.trigger()
            assert not QGuiApplication.clipboard().image().isNull()
            seen.append(menu.objectName())
    assert len(set(seen)) == 15
    assert "<image" in (tmp_path / "inspectMapsCardMenu.svg").read_text(encoding="utf-8")


def _menus(inspect: InspectWorkspace) -> list[CardMenu]:
    return [menu for menu in inspect.findChildren(CardMenu) if menu.isVisible()]


def test_a_picture_dropped_on_the_window_is_looked_at(
    inspect: InspectWorkspace, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    path = tmp_path / "blue.png"
    assert image.save(str(path))
    window.work._take_file(path)
    qtbot.waitUntil(lambda: isinstance(inspect.inspection.picture, Pixels), timeout=WAIT)


def tab_order(inspect: InspectWorkspace) -> list[str]:
    """The names of what the Tab key reaches in this workspace, in its order."""
    found, widget = [], inspect.nextInFocusChain()
    while widget is not inspect:
        reached = widget.isVisibleTo(inspect) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reached and inspect.isAncestorOf(widget):
            found.append(widget.objectName())
        widget = widget.nextInFocusChain()
    return found


def test_the_tab_key_goes_as_one_reads(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(inspect.filters.grid.images), timeout=WAIT)
    qtbot.waitUntil(lambda: inspect.verdicts.judged is not None, timeout=WAIT)
    # Chips come a few at a time.
    qtbot.waitUntil(lambda: {"mapsChip-fc1", "inspectFilmstrip"} <= set(tab_order(inspect)), timeout=WAIT)
    order = tab_order(inspect)
    for names in (
        (
            "inspectTestButton",
            "inspectPreviousImage",
            "inspectImageIndex",
            "inspectNextImage",
            "mistakeStrip",
        ),
        ("mapsOwnScale", "mapsChip-conv1", "mapsChip-pool1", "featureMapView", "inspectFilmstrip"),
        ("filtersConvolution", "filtersPlay", "filtersScrubber", "inspectFilters"),
    ):
        assert [name for name in order if name in names] == list(names)
    inspect.show_page("mistakes")
    qtbot.waitUntil(lambda: inspect.mistakes.images.grid.isVisibleTo(inspect), timeout=WAIT)
    order = tab_order(inspect)
    assert order.index("inspectOrder-mistakes") < order.index("inspectSortedImages")
