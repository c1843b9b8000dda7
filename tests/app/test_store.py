"""The document store: edits, steps back, selection."""

import random
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

import cnnstudio.blocks  # noqa: F401  # registers the block types
from cnnstudio.app.store import INPUT_ID, DocumentStore
from cnnstudio.core.document import Document, InputSize, Place, walk
from cnnstudio.core.edits import change, duplicate, insert, node, remove
from cnnstudio.core.registry import block_type, block_types

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def store(qapp: QCoreApplication) -> DocumentStore:
    store = DocumentStore()
    document = Document(InputSize(8, 8, 3), classes=10)
    for name in ("Conv2d", "ReLU", "Flatten", "Linear"):
        place = Place(None, 0, len(document.body))
        document = insert(document, place, [node(block_type(name)())])
    store.load(document)
    return store


def test_a_new_window_has_room_for_small_colour_images() -> None:
    document = DocumentStore().document
    assert (document.input.shape, document.classes, document.body) == ((3, 32, 32), 10, ())


def test_an_edit_can_be_undone_and_redone(store: DocumentStore) -> None:
    before = store.document
    after = remove(before, ["b2"])
    store.apply("Delete", after)
    assert store.document is after
    assert store.inference.document is after
    assert store.undo_stack.undoText() == "Delete"
    store.undo()
    assert store.document is before
    store.redo()
    assert store.document is after


def test_consecutive_changes_of_one_field_are_one_step(store: DocumentStore) -> None:
    before = store.document
    for filters in (17, 18, 19):
        store.apply(
            "Filters", change(store.document, "b1", out_channels=filters), merge_key="b1.out_channels"
        )
    assert store.undo_stack.count() == 1
    last = store.document
    store.undo()
    assert store.document is before
    store.redo()
    assert store.document is last


def test_leaving_the_field_or_changing_another_ends_the_step(store: DocumentStore) -> None:
    store.apply("Filters", change(store.document, "b1", out_channels=17), merge_key="b1.out_channels")
    store.apply("Kernel", change(store.document, "b1", kernel_size=5), merge_key="b1.kernel_size")
    store.apply("Filters", change(store.document, "b1", out_channels=18), merge_key="b1.out_channels")
    store.end_session()
    store.apply("Filters", change(store.document, "b1", out_channels=19), merge_key="b1.out_channels")
    assert store.undo_stack.count() == 4


def test_a_change_after_an_undo_does_not_merge_into_older_ones(store: DocumentStore) -> None:
    for filters in (17, 18):
        store.apply("Filters", change(store.document, "b1", out_channels=filters), merge_key="key")
        store.end_session()
    store.undo()
    store.apply("Filters", change(store.document, "b1", out_channels=30), merge_key="key")
    store.undo()
    assert store.document.body[0].block.model_dump()["out_channels"] == 17


def test_a_step_back_and_another_edit_end_the_step_too(store: DocumentStore) -> None:
    def filters(count: int) -> None:
        store.apply("Filters", change(store.document, "b1", out_channels=count), merge_key="b1.out_channels")

    filters(17)
    once = store.document
    store.apply("Kernel", change(store.document, "b1", kernel_size=5), merge_key="b1.kernel_size")
    store.undo()
    filters(18)
    store.undo()
    assert store.document is once
    store.redo()
    store.apply("Delete", remove(store.document, ["b2"]))
    filters(19)
    assert store.undo_stack.count() == 4
    store.select(["b3"])
    filters(20)
    assert store.undo_stack.count() == 5


def test_the_same_document_is_no_edit(store: DocumentStore) -> None:
    store.apply("Nothing", store.document, select=["b2"])
    assert store.undo_stack.count() == 0
    assert store.selection == ("b2",)


def test_a_selection_is_told_when_it_changes(store: DocumentStore) -> None:
    told: list[object] = []
    store.selectionChanged.connect(told.append)
    store.select(["b2"])
    store.select(["b2"])
    store.apply("Filters", change(store.document, "b1", out_channels=17))
    store.apply("Delete", remove(store.document, ["b2"]))
    store.undo()
    assert told == [("b2",), (), ("b2",)]


def test_undo_brings_the_selection_back(store: DocumentStore) -> None:
    store.select(["b2"])
    store.apply("Delete", remove(store.document, ["b2"]), select=["b3"])
    assert store.selection == ("b3",)
    store.undo()
    assert store.selection == ("b2",)


def test_selecting_what_does_not_exist_selects_nothing(store: DocumentStore) -> None:
    store.select([INPUT_ID, "b99"])
    assert store.selection == (INPUT_ID,)
    store.apply("Delete", remove(store.document, ["b1"]), select=["b1"])
    assert store.selection == ()


def test_the_title_knows_about_unsaved_changes(qtbot: QtBot, store: DocumentStore, tmp_path: Path) -> None:
    seen: list[bool] = []
    store.modifiedChanged.connect(seen.append)
    assert not store.modified
    store.apply("Delete", remove(store.document, ["b1"]))
    store.undo()
    store.redo()
    with qtbot.waitSignal(store.saved):
        store.mark_saved(tmp_path / "a.cnn.json")
    assert store.path == tmp_path / "a.cnn.json"
    assert seen == [True, False, True, False]
    store.undo()
    assert store.modified


def test_redo_works_after_a_save(store: DocumentStore, tmp_path: Path) -> None:
    after = remove(store.document, ["b1"])
    store.apply("Delete", after)
    store.undo()
    store.mark_saved(tmp_path / "a.cnn.json")
    store.redo()
    assert store.document is after


def test_loading_forgets_the_history(store: DocumentStore, tmp_path: Path) -> None:
    store.apply("Delete", remove(store.document, ["b1"]))
    loaded: list[object] = []
    store.loaded.connect(loaded.append)
    store.aboutToLoad.connect(lambda new, path: loaded.append((new, path, store.document)))
    before, other = store.document, Document(InputSize(4, 4, 1), classes=2)
    store.load(other, tmp_path / "b.cnn.json")
    assert loaded == [(other, tmp_path / "b.cnn.json", before), other]
    assert not store.undo_stack.canUndo()
    assert not store.modified
    assert (store.path, store.origin) == (tmp_path / "b.cnn.json", "")
    store.load(before, saved=False, origin="run")
    assert store.modified, "nobody has saved what was recovered"
    assert (store.path, store.origin) == (None, "run")


def test_fixes_are_verified_ways_out(store: DocumentStore) -> None:
    store.apply("Delete", remove(store.document, ["b3"]))
    (problem,) = store.inference.problems
    fix = store.fixes(problem)[0]
    assert store.fixes(problem) is store.fixes(problem), "asked for with each repaint"
    assert str(fix) == "Insert Flatten"
    store.apply(str(fix), fix.document)
    assert store.inference.problems == ()


def test_two_hundred_random_edits_can_all_be_undone_and_redone(store: DocumentStore) -> None:
    start, chance = store.document, random.Random(7)
    for _ in range(200):
        _edit_at_random(store, chance)
    end, steps = store.document, store.undo_stack.count()
    assert steps == 200
    for _ in range(steps):
        store.undo()
    assert store.document is start
    assert not store.undo_stack.canUndo()
    for _ in range(steps):
        store.redo()
    assert store.document is end


def _edit_at_random(store: DocumentStore, chance: random.Random) -> None:
    document = store.document
    ids = [n.id for n in walk(document.body)]
    choice = chance.random()
    if choice < 0.6 or not ids:
        place = Place(None, 0, chance.randint(0, len(document.body)))
        store.apply("Insert", insert(document, place, [node(chance.choice(block_types())())]))
    elif choice < 0.8:
        store.apply("Delete", remove(document, [chance.choice(ids)]))
    else:
        store.apply("Duplicate", duplicate(document, [chance.choice(ids)]))
