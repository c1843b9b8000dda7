"""A block that is kept but bypassed, everywhere it is to be seen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import find
from cnnstudio.core.edits import set_disabled
from cnnstudio.core.fileformat import read_document, write_document
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.words import whole
from tests.ui.build.conftest import small_residual
from tests.ui.build.test_canvas import item_of


def test_a_key_bypasses_the_selection_and_takes_it_in_again(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1", "b2"))
    qtbot.keyClick(build.canvas, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert [find(build.store.document, i).disabled for i in ("b1", "b2")] == [True, True]
    assert build.store.undo_stack.undoText() == "Bypass 2 blocks"
    network = build.canvas.network.network
    assert network is not None
    assert network.shapes[:3] == ("32×32×3",) * 3
    assert build.edit_actions.bypass.isChecked()
    qtbot.keyClick(build.canvas, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert not find(build.store.document, "b1").disabled
    build.store.undo()
    build.store.undo()
    assert not build.store.undo_stack.canUndo()


def test_a_selection_of_both_kinds_is_bypassed_as_a_whole_first(build: BuildWorkspace) -> None:
    build.store.apply("Bypass", set_disabled(build.store.document, ["b1"], True))
    build.store.select(("b1", "b2"))
    build.edit_actions.bypass.trigger()
    assert all(find(build.store.document, i).disabled for i in ("b1", "b2"))


def test_the_card_says_so_and_stands_back(build: BuildWorkspace) -> None:
    before = build.status.params
    build.store.apply("Bypass", set_disabled(build.store.document, ["b2", "b6"], True))
    for block_id in ("b2", "b6"):
        item = item_of(build, block_id)
        assert item.opacity() < 0.7
        assert item.card.words.shape == "32×32×16"
        assert whole(item.card.words).count("bypassed") == 1
    assert build.status.params < before
    build.store.undo()
    assert item_of(build, "b6").opacity() == 1


@pytest.mark.parametrize("folded", [False, True])
def test_a_bypassed_composite_keeps_what_is_inside(build: BuildWorkspace, folded: bool) -> None:
    build.canvas.network.fold(["b4"], folded)
    build.store.apply("Bypass", set_disabled(build.store.document, ["b4"], True))
    assert item_of(build, "b4").effectiveOpacity() < 0.7
    if not folded:
        assert item_of(build, "b6").effectiveOpacity() < 0.7
    assert item_of(build, "b3").opacity() == 1
    build.store.select(("b6",))
    build.canvas.reveal("b6")
    page = build.inspector.page
    assert page is not None
    fact = page.findChild(QLabel, "fact-output")
    assert fact is not None
    assert "passes as it is" in fact.text()


def test_a_wrong_block_that_is_bypassed_is_no_problem(build: BuildWorkspace) -> None:
    build.store.apply("Bypass", set_disabled(build.store.document, ["b10"], True))
    assert [p.node for p in build.store.inference.problems] == ["b3"]
    card = item_of(build, "b10").card
    assert card.words.level == "fine"
    assert not card.links


def test_the_inspector_has_a_switch(build: BuildWorkspace) -> None:
    build.store.select(("b5",))
    page = build.inspector.page
    assert page is not None
    box = page.findChild(QCheckBox, "bypassBox")
    assert box is not None
    box.click()
    assert find(build.store.document, "b5").disabled
    build.store.undo()
    assert not box.isChecked()


def test_a_file_with_bypassed_blocks_opens_everywhere(build: BuildWorkspace, store: DocumentStore) -> None:
    ids = [f"b{number}" for number in range(1, 11)]
    text = write_document(set_disabled(small_residual(), ids, True))
    build.show_code()
    store.load(read_document(text, "some.cnn.json"))
    for block_id in ids:
        store.select((block_id,))
        build.canvas.reveal(block_id)
    store.select(ids)
    build.code.update()
    assert build.problem_list.isVisible()
    assert (build.status.blocks, build.status.params) == (10, 0)
    assert build.canvas.network.network is not None
    assert set(build.canvas.network.network.shapes) == {"32×32×3"}


def test_only_a_bypassed_first_repetition_s_block_is_shown_too(build: BuildWorkspace) -> None:
    from cnnstudio.core.edits import set_only_first

    document = set_only_first(build.store.document, "b7", True)
    build.store.apply("Bypass", set_disabled(document, ["b7"], True))
    assert item_of(build, "b7").card.words.bypassed
