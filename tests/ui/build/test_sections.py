"""An edit of a tall network costs what it changed: all sections but its own stay what they were."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from cnnstudio.core.document import Document, Place
from cnnstudio.core.edits import change, insert, move, remove, set_disabled
from cnnstudio.core.infer import infer
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.layout import Layout, Layouter
from cnnstudio.ui.build.section_item import SectionItem
from tests.big_networks import make, residuals

BLOCKS = 120
MIDDLE = 60


def inner(document: Document) -> str:
    """A convolution in the middle of the trunk."""
    return document.body[MIDDLE].stacks[0][0].id


EDITS: dict[str, tuple[Callable[[Document], Document], int]] = {
    "change": (lambda d: change(d, inner(d), bias=False), 1),
    "fault": (lambda d: change(d, inner(d), groups=3), 1),
    "insert": (lambda d: insert(d, Place(None, 0, MIDDLE), [make("ReLU")]), 2),
    "remove": (lambda d: remove(d, [d.body[MIDDLE].id]), 2),
    "remove inside": (lambda d: remove(d, [inner(d)]), 1),
    "bypass": (lambda d: set_disabled(d, [d.body[MIDDLE].id], True), 1),
    "move": (lambda d: move(d, [d.body[MIDDLE].id], Place(None, 0, MIDDLE + 30)), 4),
}


def laid_out(layouter: Layouter, document: Document) -> Layout:
    return layouter.layout(infer(document), {}, ())


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_makes_new_sections_only_where_it_is(qapp: QApplication, kind: str) -> None:
    edit, most = EDITS[kind]
    document, layouter = residuals(BLOCKS), Layouter()
    before = laid_out(layouter, document)
    after = laid_out(layouter, edit(document))
    known = {section for _, section in before.sections}
    assert len(known) > 5
    assert 1 <= sum(section not in known for _, section in after.sections) <= most


def test_where_a_section_begins_does_not_depend_on_what_was_before(qapp: QApplication) -> None:
    document, layouter = residuals(BLOCKS), Layouter()
    for kind in EDITS:
        laid_out(layouter, document)
        document = EDITS[kind][0](document)
    fresh, kept = (laid_out(one, document) for one in (Layouter(), layouter))
    assert [(y, s.start, s.height) for y, s in fresh.sections] == [
        (y, s.start, s.height) for y, s in kept.sections
    ]


def test_the_items_of_other_sections_stay_and_move_together(build: BuildWorkspace) -> None:
    store, scene = build.store, build.canvas.network
    store.load(residuals(BLOCKS))
    last = scene.item_of(store.document.body[-1].id)
    assert last is not None
    y, place, section = last.scenePos().y(), last.pos(), last.parentItem()
    assert isinstance(section, SectionItem)
    store.apply("Insert", insert(store.document, Place(None, 0, 1), [make("ReLU")]))
    assert last.parentItem() is section
    assert last.pos() == place
    assert last.scenePos().y() > y
    store.undo()
    assert last.scenePos().y() == y
