"""After any edits the canvas shows exactly the document: every block once, inside the block it belongs to."""

import random

import pytest
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtWidgets import QApplication

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core import edits
from cnnstudio.core.block import Composite
from cnnstudio.core.document import Place, Stack, walk
from cnnstudio.core.registry import block_types
from cnnstudio.ui.build import BuildWorkspace, layout
from cnnstudio.ui.build.card_item import BlockItem
from cnnstudio.ui.build.section_item import SectionItem


@pytest.mark.parametrize("seed", range(2))
def test_random_edits_folds_and_steps_back(
    build: BuildWorkspace, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "SECTION", 3)  # many sections of few blocks
    chance, scene = random.Random(seed), build.canvas.network
    for _ in range(60):
        _change_something(build.store, chance)
        ids = [n.id for n in walk(build.store.document.body) if n.stacks]
        if ids and chance.random() < 0.25:
            chosen = chance.choice(ids)
            scene.fold([chosen], chosen not in scene.folded)
        if chance.random() < 0.2:
            QApplication.processEvents()
        _compare(build)
    while build.store.undo_stack.canUndo():
        build.store.undo()
    _compare(build)


def _compare(build: BuildWorkspace) -> None:
    scene = build.canvas.network
    expected = _shown(build.store.document.body, None, scene.folded)
    found: dict[str, str | None] = {}
    for item in scene.items():
        if isinstance(item, BlockItem):
            assert item.block_id not in found
            around = item.parentItem()
            found[item.block_id] = around.block_id if isinstance(around, BlockItem) else None
    assert found == {**expected, INPUT_ID: None, OUTPUT_ID: None}
    _compare_places(build)


def _compare_places(build: BuildWorkspace) -> None:
    """All lies where it would lie if nothing had been there before."""
    scene, inference = build.canvas.network, build.store.inference
    fresh = layout.Layouter().layout(inference, scene._troubles(), scene.folded)
    for placed in fresh.boxes:
        item = scene.item_of(placed.box.node.id)
        assert item is not None
        assert item.scenePos() == QPointF(placed.x, placed.y)
        assert item.rect().size() == QSizeF(placed.box.width, placed.box.height)
    sections = [item for item in scene.items() if isinstance(item, SectionItem)]
    wires = sorted((item.y() + wire.y, wire.shape) for item in sections for wire in item.wires)
    tops = [*(placed.y for placed in fresh.boxes), fresh.output_y]
    empty = [] if fresh.boxes else ["?"]
    assert [shape for _, shape in wires] == [*fresh.shapes, *empty]
    assert [y + layout.ROOT_GAP for y, _ in wires][len(empty) :] == tops


def _shown(stack: Stack, parent: str | None, folded: frozenset[str]) -> dict[str, str | None]:
    """The blocks that are to be seen, with the composite around each."""
    shown: dict[str, str | None] = {}
    for node in stack:
        shown[node.id] = parent
        if node.id not in folded:
            for inner in node.stacks:
                shown |= _shown(inner, node.id, folded)
    return shown


def _change_something(store: DocumentStore, chance: random.Random) -> None:
    document = store.document
    nodes = list(walk(document.body))
    places = [Place(None, 0, i) for i in range(len(document.body) + 1)]
    for node in nodes:
        for number, stack in enumerate(node.stacks):
            places += [Place(node.id, number, i) for i in range(len(stack) + 1)]
    ids = [node.id for node in nodes]
    kind = chance.random()
    try:
        if kind < 0.45 or not ids:
            fresh = edits.node(chance.choice(block_types())())
            store.apply("Insert", edits.insert(document, chance.choice(places), [fresh]))
        elif kind < 0.6:
            store.apply("Delete", edits.remove(document, [chance.choice(ids)]))
        elif kind < 0.8:
            store.apply("Move", edits.move(document, [chance.choice(ids)], chance.choice(places)))
        elif kind < 0.9:
            wrapper = next(b for b in block_types() if b.__name__ == "Group")()
            assert isinstance(wrapper, Composite)
            store.apply("Wrap", edits.wrap(document, [chance.choice(ids)], wrapper))
        elif kind < 0.93:
            chosen = chance.choice(nodes)
            store.apply("Bypass", edits.set_disabled(document, [chosen.id], not chosen.disabled))
        elif kind < 0.96:
            store.apply("Duplicate", edits.duplicate(document, [chance.choice(ids)]))
        else:
            store.undo()
    except edits.EditError:
        return
    store.select(chance.sample([n.id for n in walk(store.document.body)], k=min(1, len(store.document.body))))
