"""From block to block with the arrow keys."""

from typing import NamedTuple

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core.document import find, place_of, stack_at


class Gap(NamedTuple):
    """An empty stack of a composite: the keys can stand there, to insert its first block."""

    composite: str
    stack: int


def step(store: DocumentStore, way: str, gap: Gap | None = None) -> str | Gap | None:
    """The block (or empty stack) above, below, left (around) or right (inside, then beside).

    Args:
        store: the document and its selection, where the step begins.
        way: ``up``, ``down``, ``in`` or ``out``.
        gap: the empty stack where the step begins, if it does not begin at a block.
    """
    body = store.document.body
    if gap is not None:
        return _beside(store, gap.composite, gap.stack) if way == "in" else gap.composite
    if not store.selection:
        return INPUT_ID
    current = store.selection[-1]
    ends = [INPUT_ID, *(node.id for node in body), OUTPUT_ID]
    if current in ends and way in ("up", "down"):
        index = ends.index(current) + (1 if way == "down" else -1)
        return ends[max(0, min(index, len(ends) - 1))]
    if current in (INPUT_ID, OUTPUT_ID):
        return None
    return _inside(store, current, way)


def _inside(store: DocumentStore, current: str, way: str) -> str | Gap | None:
    place = place_of(store.document, current)
    if way == "in":
        if find(store.document, current).stacks:
            return _entrance(store, current, 0)
        return None if place.parent is None else _beside(store, place.parent, place.stack)
    if way == "out":
        return place.parent
    stack = stack_at(store.document, place)
    index = place.index + (1 if way == "down" else -1)
    return stack[index].id if 0 <= index < len(stack) else place.parent


def _beside(store: DocumentStore, composite: str, stack: int) -> str | Gap | None:
    """The next column of a composite; behind the last comes the first."""
    count = len(find(store.document, composite).stacks)
    return _entrance(store, composite, (stack + 1) % count) if count > 1 else None


def _entrance(store: DocumentStore, composite: str, number: int) -> str | Gap:
    stack = find(store.document, composite).stacks[number]
    return stack[0].id if stack else Gap(composite, number)


def between(store: DocumentStore, first: str, last: str) -> tuple[str, ...]:
    """The blocks from one to another of the same stack (Shift and click); else just the last."""
    try:
        one, two = place_of(store.document, first), place_of(store.document, last)
    except KeyError:
        return (last,)
    if (one.parent, one.stack) != (two.parent, two.stack):
        return (last,)
    low, high = sorted((one.index, two.index))
    return tuple(node.id for node in stack_at(store.document, one)[low : high + 1])
