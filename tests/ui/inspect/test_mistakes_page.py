"""Where a network is wrong, against numbers worked out by hand."""

import csv
import timeit
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from cnnstudio.core.looks import Judged, Source, TestImage
from cnnstudio.core.messages import Failed
from cnnstudio.ui.inspect.captioned_tiles import CaptionedTiles
from cnnstudio.ui.inspect.confusion import CellChooser
from cnnstudio.ui.inspect.judgement import accuracy, class_marks, confused_pairs, confusion, of_cell
from cnnstudio.ui.inspect.mistakes_page import MistakesPage
from cnnstudio.ui.inspect.verdict_card import VerdictCard
from cnnstudio.ui.inspect.workspace import InspectWorkspace
from cnnstudio.ui.train.confusion_card import matrix_picture
from tests.fake_dialogs import FakeDialogs
from tests.fake_looks import CLASSES, GUESSES, LABELS, SURE, TOTAL, floats, ints

WAIT = 90_000


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
    inspect.heat.kind.setCurrentIndex(inspect.heat.kind.findData("occlusion"))
    area = page.images.grid.tile_area(0)
    QTest.mouseClick(page.images.grid, Qt.MouseButton.LeftButton, pos=area.center())
    assert inspect.inspection.picture == TestImage(5)
    assert inspect.heat.isVisible()
    assert inspect.heat.kind.currentData() == "grad-cam"
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


def test_the_most_confused_pairs_lead_to_their_images(page: MistakesPage, qtbot: QtBot) -> None:
    pairs = page.confusion.pairs
    rows = [pairs.topLevelItem(row) for row in range(pairs.topLevelItemCount())]
    assert [(row.text(0), row.text(1)) for row in rows if row is not None] == [
        ("circle → square", "1"),
        ("triangle → circle", "1"),
    ]
    QTest.keyClick(pairs, Qt.Key.Key_Down)
    QTest.keyClick(pairs, Qt.Key.Key_Down)
    assert page.confusion.view.cell == (2, 0)
    assert page.images.indices == (5,)
    page.confusion.view._tell(0, 1)
    assert pairs.currentItem().text(0) == "circle → square", "a cell marks its pair"
    page.confusion.view._tell(1, 1)
    assert pairs.currentItem() is None


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=60), st.integers(1, 30))
def test_pairs_are_counted_as_one_counts(told: list[tuple[int, int]], most: int) -> None:
    matrix = np.zeros((5, 5), np.int64)
    for true, guess in told:
        matrix[true, guess] += 1
    pairs = confused_pairs(matrix, most)
    wrong = Counter(pair for pair in told if pair[0] != pair[1])
    assert len(pairs) == min(most, len(wrong))
    assert all(wrong[true, guess] == count for true, guess, count in pairs)
    assert [count for _, _, count in pairs] == sorted(wrong.values(), reverse=True)[:most]


def test_words_below_the_images_say_what_they_are_and_how_surely(page: MistakesPage, qtbot: QtBot) -> None:
    grid = page.images.grid
    assert grid.captions == [("triangle", "→ circle", "95 %"), ("circle", "→ square", "80 %")], (
        "as in the matrix"
    )
    page.confusion.view._tell(1, 1)
    qtbot.waitUntil(lambda: len(grid.captions) == 2 and len(grid.captions[0]) == 1, timeout=WAIT)
    assert grid.captions == [("70 %",), ("40 %",)], "surest first"
    below = grid.tile_area(1).bottomLeft() + QPoint(5, 10)
    assert grid.tile_at(below.x(), below.y()) == 1, "words belong to their tile"


def test_tiles_are_scrolled_and_not_made_smaller(qtbot: QtBot) -> None:
    tiles = CaptionedTiles("tiles", "Tiles")
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setWidget(tiles)
    area.resize(400, 300)
    area.show()
    image = QImage(28, 28, QImage.Format.Format_Grayscale8)
    image.fill(0)
    tiles.show_captioned([image] * 200, [("a", "b", "c")] * 200)
    qtbot.waitUntil(lambda: tiles.height() > 3000, timeout=WAIT)
    assert tiles.tile_area(0).width() >= 76
    assert tiles.tile_area(199).bottom() < tiles.height()
    tiles.setFocus()
    QTest.keyClick(tiles, Qt.Key.Key_End)
    assert area.verticalScrollBar().value() > 2000
    QTest.keyClick(tiles, Qt.Key.Key_Up)
    assert tiles.chosen < 199


def test_where_there_is_nothing_it_is_said(page: MistakesPage) -> None:
    page.confusion.view._tell(1, 2)
    assert page.images.sentence == "No test image of square is taken for triangle."
    page.confusion.view._tell(0, 1)
    assert page.images.sentence == ""


def test_two_classes_without_a_mistake(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    inspect.show_page("mistakes")
    page = inspect.mistakes
    qtbot.waitUntil(lambda: bool(page.confusion.view.counts), timeout=WAIT)
    sure = floats((4,), 0.9, 0.8, 0.7, 0.6)
    labels = ints(0, 0, 1, 1)
    inspect.verdicts._hear(Judged(labels, labels, sure, sure, ("cat", "dog"), judged().source))
    assert page.images.sentence == "No mistakes: every test image is told right."
    assert page.confusion.pairs.topLevelItem(0).text(0) == "nothing is confused"
    assert page.confusion.view.counts == [[2, 0], [0, 2]]
    assert "100.0 %" in page.confusion.detail.text()


def test_a_run_without_test_images_says_so_once_on_each_card(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    inspect.show_page("mistakes")
    page = inspect.mistakes
    qtbot.waitUntil(lambda: bool(page.confusion.view.counts), timeout=WAIT)
    inspect.verdicts.judged = None
    inspect.verdicts._hear(Failed("There are no test images: put some into test/."))
    for card in (page.confusion, page.classes, page.images):
        assert card.sentence == "There are no test images: put some into test/."
        assert card.again.isVisible()
    qtbot.mouseClick(page.images.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.confusion.sentence == page.images.sentence == "", timeout=WAIT)
    inspect.verdicts.judged = None
    inspect.verdicts._hear(Failed("The data set has other classes than the network.", lasting=True))
    assert not page.confusion.again.isVisible(), "once more it would say the same"


def seconds_of(what: Callable[[], object]) -> float:
    """Of the quickest of some: others use the machine too."""
    return min(timeit.repeat(what, number=1, repeat=4))


def test_many_classes_are_one_picture_in_the_colours_of_the_cells(qtbot: QtBot) -> None:
    draws = np.random.default_rng(0)
    counts = draws.integers(0, 9, (120, 120)).tolist()
    few = [row[:40] for row in counts[:40]]
    view = CellChooser()
    qtbot.addWidget(view)
    view.resize(800, 800)
    view.show_counts(few, ())
    cells = view.grab().toImage()
    one_by_one = seconds_of(view.grab)
    picture = matrix_picture(few)
    for true, guess in ((0, 0), (3, 3), (3, 4), (39, 0)):
        place = view.cell_area(true, guess).center().toPoint()
        assert near(cells.pixelColor(place), picture.pixelColor(guess, true))
    view.show_counts(counts, tuple(f"class {number}" for number in range(120)))
    assert seconds_of(view.grab) < one_by_one, "nine times as many cells"
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_area(100, 7).center().toPoint())
    assert view.cell == (100, 7)


def near(one: QColor, other: QColor) -> bool:
    return max(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True)) <= 2


def test_the_images_that_are_shown_and_the_classes_are_saved(
    page: MistakesPage, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    def saved(card: VerdictCard, text: str) -> list[list[str]]:
        dialogs.file = tmp_path / "table.csv"
        next(action for action in card.menu.actions() if action.text() == text).trigger()
        with dialogs.file.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    page.confusion.view._tell(1, 1)
    rows = saved(page.images, "These images as CSV…")
    assert [row[:4] for row in rows[1:]] == [
        ["2", "square", "square", "0.700000"],
        ["3", "square", "square", "0.400000"],
    ]
    assert saved(page.classes, "Classes as CSV…")[2][0] == "square"
    dialogs.file = tmp_path / "card.png"
    page.confusion.export("png")
    assert QImage(str(dialogs.file)).width() == 2 * page.confusion.width()
