"""From block to block with the arrow keys."""

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core.document import find, place_of, stack_at


def step(store: DocumentStore, direction: str) -> str | None:
    """The id of the block above, below, left (around) or right (inside) of the selected one.

    Args:
        store: the document and its selection.
        direction: ``up``, ``down``, ``in`` or ``out``.
    """
    body = store.document.body
    if not store.selection:
        return INPUT_ID
    current = store.selection[-1]
    ends = [INPUT_ID, *(node.id for node in body), OUTPUT_ID]
    if current in ends and direction in ("up", "down"):
        index = ends.index(current) + (1 if direction == "down" else -1)
        return ends[max(0, min(index, len(ends) - 1))]
    if current in (INPUT_ID, OUTPUT_ID):
        return None
    return _inside(store, current, direction)


def _inside(store: DocumentStore, current: str, direction: str) -> str | None:
    place = place_of(store.document, current)
    if direction == "in":
        filled = [stack for stack in find(store.document, current).stacks if stack]
        return filled[0][0].id if filled else _beside(store, current)
    if direction == "out":
        return place.parent
    stack = stack_at(store.document, place)
    index = place.index + (1 if direction == "down" else -1)
    return stack[index].id if 0 <= index < len(stack) else place.parent


def _beside(store: DocumentStore, current: str) -> str | None:
    """The first block of the next column of the composite around."""
    place = place_of(store.document, current)
    if place.parent is None:
        return None
    stacks = find(store.document, place.parent).stacks
    others = [*stacks[place.stack + 1 :], *stacks[: place.stack]]
    return next((stack[0].id for stack in others if stack), None)


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
