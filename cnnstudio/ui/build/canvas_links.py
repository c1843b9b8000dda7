"""What the links on cards do: take a fix, or lead to the problem inside a collapsed composite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core.document import walk
from cnnstudio.ui.build.card import LEAD, Link
from cnnstudio.ui.build.card_item import BlockItem
from cnnstudio.ui.build.commands import apply_fix

if TYPE_CHECKING:
    from cnnstudio.ui.build.canvas import Canvas


def follow(store: DocumentStore, canvas: Canvas, item: BlockItem, link: Link) -> None:
    """A link on a card was clicked."""
    about = item.card.words.culprit or item.block_id
    if link.number == LEAD:
        store.select((about,))
        canvas.reveal(about)
    else:
        _take_fix(store, about, link.number)


def problem_after(store: DocumentStore) -> str | None:
    """The block with a problem that follows the selected one in reading order; None where none has one."""
    wrong = {problem.node for problem in store.inference.problems}
    order = [node.id for node in walk(store.document.body)]
    found = [i for i in order if i in wrong]
    if None in wrong:  # of the network as a whole, told by its output
        found.append(OUTPUT_ID)
    if not found or not store.document.body:
        return None
    rank = {i: number for number, i in enumerate((INPUT_ID, *order, OUTPUT_ID))}
    now = max((rank[i] for i in store.selection), default=-1)
    return next((i for i in found if rank[i] > now), found[0])


def _take_fix(store: DocumentStore, block_id: str, number: int) -> None:
    wanted = None if block_id in (INPUT_ID, OUTPUT_ID) else block_id
    for problem in store.inference.problems:
        if problem.node == wanted:
            fixes = store.fixes(problem)
            if number < len(fixes):
                apply_fix(store, fixes[number])
            return
