"""The document store: edits, steps back, selection."""

import random

import pytest
from PySide6.QtCore import QCoreApplication

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


def test_an_edit_can_be_undone_and_redone(store: DocumentStore) -> None:
    before = store.document
    after = remove(before, ["b2"])
    store.apply("Delete", after)
    assert store.document is after
    assert store.inference.document is after
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
    store.undo()
    assert store.document is before


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


def test_the_title_knows_about_unsaved_changes(store: DocumentStore, tmp_path: object) -> None:
    seen: list[bool] = []
    store.modifiedChanged.connect(seen.append)
    assert not store.modified
    store.apply("Delete", remove(store.document, ["b1"]))
    store.undo()
    store.redo()
    store.mark_saved(tmp_path / "a.cnn.json")  # type: ignore[operator]
    assert seen == [True, False, True, False]
    store.undo()
    assert store.modified


def test_redo_works_after_a_save(store: DocumentStore, tmp_path: object) -> None:
    after = remove(store.document, ["b1"])
    store.apply("Delete", after)
    store.undo()
    store.mark_saved(tmp_path / "a.cnn.json")  # type: ignore[operator]
    store.redo()
    assert store.document is after


def test_loading_forgets_the_history(store: DocumentStore) -> None:
    store.apply("Delete", remove(store.document, ["b1"]))
    loaded: list[object] = []
    store.loaded.connect(loaded.append)
    other = Document(InputSize(4, 4, 1), classes=2)
    store.load(other)
    assert loaded == [other]
    assert not store.undo_stack.canUndo()
    assert not store.modified


def test_fixes_are_verified_ways_out(store: DocumentStore) -> None:
    store.apply("Delete", remove(store.document, ["b3"]))
    (problem,) = store.inference.problems
    fix = store.fixes(problem)[0]
    assert str(fix) == "Insert Flatten"
    store.apply(str(fix), fix.document)
    assert store.inference.problems == ()


def test_two_hundred_random_edits_can_all_be_undone_and_redone(store: DocumentStore) -> None:
    start, chance = store.document, random.Random(7)
    for _ in range(200):
        _edit_at_random(store, chance)
    end, steps = store.document, store.undo_stack.count()
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
