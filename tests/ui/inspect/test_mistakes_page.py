"""Where a network is wrong, against numbers worked out by hand."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.core.looks import Judged, Source, TestImage
from cnnstudio.ui.inspect.judgement import accuracy, class_marks, confusion, of_cell
from cnnstudio.ui.inspect.mistakes_page import MistakesPage
from cnnstudio.ui.inspect.workspace import InspectWorkspace
from tests.fake_dialogs import FakeDialogs
from tests.fake_looks import CLASSES, GUESSES, LABELS, SURE, TOTAL, floats, ints

WAIT = 10_000


def judged() -> Judged:
    sure = floats((TOTAL,), *SURE)
    return Judged(ints(*LABELS), ints(*GUESSES), sure, sure, CLASSES, Source("run", "r", 1, 0, "m"))


@pytest.fixture
def page(inspect: InspectWorkspace, qtbot: QtBot) -> MistakesPage:
    inspect.show_page("mistakes")
    qtbot.waitUntil(lambda: bool(inspect.mistakes.images.grid.images), timeout=WAIT)
    return inspect.mistakes


def test_matrix_precision_recall_and_f1_by_hand() -> None:
    assert confusion(judged()).tolist() == [[1, 1, 0], [0, 2, 0], [1, 0, 1]]
    assert accuracy(judged()) == pytest.approx(4 / 6)
    circle, square, triangle = class_marks(judged())
    assert (circle.precision, circle.recall, circle.f1) == (1 / 2, 1 / 2, 1 / 2)
    assert (square.precision, square.recall, square.f1) == (2 / 3, 1.0, 0.8)
    assert (triangle.precision, triangle.recall) == (1.0, 0.5)
    assert triangle.f1 == pytest.approx(2 / 3)


def test_a_class_that_is_never_told_has_no_precision() -> None:
    one = Judged(
        ints(0, 1), ints(0, 0), floats((2,), 0.5, 0.5), floats((2,), 0.5, 0.5), CLASSES, judged().source
    )
    marks = class_marks(one)
    assert marks[1].precision is None
    assert marks[1].recall == 0
    assert (marks[2].recall, marks[2].f1, marks[2].images) == (None, None, 0)


def test_images_of_a_cell_come_surest_first() -> None:
    assert of_cell(judged(), 1, 1, 10) == [2, 3]
    assert of_cell(judged(), 2, 0, 10) == [5]
    assert of_cell(judged(), 1, 2, 10) == []


def test_orders_of_images(page: MistakesPage, qtbot: QtBot) -> None:
    assert page.images.indices == (5, 1), "the surest mistake first"
    button = page.findChild(QPushButton, "inspectOrder-successes")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.images.indices == (3, 4, 2, 0), "the least sure success first"
    assert "66.7 %" in page.confusion.detail.text()


def test_from_a_cell_to_where_the_network_looked(
    page: MistakesPage, inspect: InspectWorkspace, qtbot: QtBot
) -> None:
    view = page.confusion.view
    assert view.objectName() == "confusionView"
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_area(2, 0).center().toPoint())
    assert page.images.indices == (5,)
    assert "triangle taken for circle" in page.images.title.text()
    qtbot.waitUntil(lambda: len(page.images.grid.images) == 1, timeout=WAIT)
    area = page.images.grid.tile_area(0)
    QTest.mouseClick(page.images.grid, Qt.MouseButton.LeftButton, pos=area.center())
    assert inspect.inspection.picture == TestImage(5)
    assert inspect.heat.isVisible()
    assert inspect.maps.isVisible()


def test_cells_are_chosen_with_arrows(page: MistakesPage) -> None:
    view = page.confusion.view
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.cell == (1, 1)
    assert page.images.indices == (2, 3)


def test_tables_are_saved(page: MistakesPage, dialogs: FakeDialogs, tmp_path: Path) -> None:
    actions = {action.text(): action for action in page.confusion.menu.actions()}
    tables = {}
    for name in ("Matrix as CSV…", "Classes as CSV…", "Every image as CSV…"):
        dialogs.file = tmp_path / f"{name[:5]}.csv"
        actions[name].trigger()
        with dialogs.file.open(newline="", encoding="utf-8") as file:
            tables[name[:5]] = list(csv.reader(file))
    assert tables["Matri"][1:] == [
        ["circle", "1", "1", "0"],
        ["square", "0", "2", "0"],
        ["triangle", "1", "0", "1"],
    ]
    assert tables["Class"][2] == ["square", "2", "0.666667", "1.000000", "0.800000"]
    assert tables["Every"][6][:3] == ["5", "triangle", "circle"]
    assert len(tables["Every"]) == 1 + TOTAL


def test_the_table_of_classes_sorts_by_numbers(page: MistakesPage) -> None:
    table = page.classes.table
    table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    assert [table.topLevelItem(i).text(0) for i in range(3)] == ["square", "triangle", "circle"]
    assert "65.6 %" in page.classes.detail.text()


def test_the_strip_below_the_picture_shows_the_surest(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    strip = inspect.image.mistakes
    qtbot.waitUntil(lambda: len(strip.grid.images) == 2, timeout=WAIT)
    strip.grid.clicked.emit(0)
    assert inspect.inspection.picture == TestImage(5)
    assert inspect.image.spin.maximum() == TOTAL - 1
