"""The palette: click, search, keys, drag."""

from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import INPUT_ID
from cnnstudio.core.block import CATEGORIES
from cnnstudio.core.registry import block_types
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.dragging import BLOCK_MIME
from cnnstudio.ui.build.palette_model import KIND, PaletteModel


def index_of(build: BuildWorkspace, kind: str) -> QModelIndex:
    model = build.palette_panel.model
    return next(i for n in range(model.rowCount()) if (i := model.index(n)).data(KIND) == kind)


def kinds(build: BuildWorkspace) -> list[str]:
    model = build.palette_panel.model
    return [model.index(n).data(KIND) for n in range(model.rowCount()) if model.index(n).data(KIND)]


def order(build: BuildWorkspace) -> list[str]:
    return [type(node.block).__name__ for node in build.store.document.body]


def click(qtbot: QtBot, build: BuildWorkspace, kind: str) -> None:
    view = build.palette_panel.list
    index = index_of(build, kind)
    view.scrollTo(index)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def test_every_block_type_is_there_under_its_category(build: BuildWorkspace) -> None:
    assert sorted(kinds(build)) == sorted(block.__name__ for block in block_types())
    model = build.palette_panel.model
    headings = [model.index(n).data() for n in range(model.rowCount()) if not model.index(n).data(KIND)]
    assert headings == list(CATEGORIES)


def test_a_click_adds_behind_the_selection(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    click(qtbot, build, "ReLU")
    assert order(build) == ["Conv2d", "ReLU", "BatchNorm2d", "Repeat", "Linear"]
    click(qtbot, build, "MaxPool2d")
    assert order(build) == ["Conv2d", "ReLU", "MaxPool2d", "BatchNorm2d", "Repeat", "Linear"]


def test_without_a_selection_it_goes_to_the_end_and_behind_the_input_to_the_start(
    qtbot: QtBot, build: BuildWorkspace
) -> None:
    click(qtbot, build, "ReLU")
    build.store.select((INPUT_ID,))
    click(qtbot, build, "Identity")
    assert order(build) == ["Identity", "Conv2d", "BatchNorm2d", "Repeat", "Linear", "ReLU"]


def test_search_finds_by_title_name_and_help_and_enter_adds(qtbot: QtBot, build: BuildWorkspace) -> None:
    search = build.palette_panel.search
    build.focus_search()
    qtbot.keyClicks(search, "inception")
    assert kinds(build) == ["Parallel"]
    search.clear()
    qtbot.keyClicks(search, "max pool")
    assert kinds(build) == ["MaxPool2d"]
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert order(build)[-1] == "MaxPool2d"
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert len(kinds(build)) == len(block_types())


def test_a_search_without_a_hit_says_so(qtbot: QtBot, build: BuildWorkspace) -> None:
    qtbot.keyClicks(build.palette_panel.search, "transformer")
    assert kinds(build) == []
    assert build.palette_panel._nothing.isVisible()


def test_down_goes_from_the_search_to_the_list(qtbot: QtBot, build: BuildWorkspace) -> None:
    qtbot.keyClicks(build.palette_panel.search, "relu")
    qtbot.keyClick(build.palette_panel.search, Qt.Key.Key_Down)
    qtbot.keyClick(build.palette_panel.list, Qt.Key.Key_Return)
    assert order(build)[-1] == "ReLU"


def test_rows_can_be_dragged(build: BuildWorkspace) -> None:
    index = index_of(build, "Linear")
    model = build.palette_panel.model
    assert model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    assert bytes(model.mimeData([index]).data(BLOCK_MIME).data()) == b"Linear"
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags


def test_initials_find_a_block() -> None:
    model = PaletteModel()
    for typed, wanted in {
        "gap": "GlobalAvgPool2d",
        "bn": "BatchNorm2d",
        "drop2": "Dropout2d",
        "mp": "MaxPool2d",
    }.items():
        model.search(typed)
        assert model.best_block().data(KIND) == wanted
