"""Every edit as a pure function ``document -> document``. What an edit does not touch is shared.

New nodes get ids from ``document.serial`` on, in reading order, so the id of the first node that an
insertion adds is known before: ``f"b{document.serial}"``. All raise ``KeyError`` for unknown ids and
``EditError`` for edits that make no sense.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from cnnstudio.core.block import Block, Composite
from cnnstudio.core.document import Document, InputSize, Node, Place, Stack, find, pick, place_of, way_to
from cnnstudio.core.fields import Value

T = TypeVar("T")


class EditError(ValueError):
    """An edit that makes no sense, with a sentence that says why."""


def node(block: Block, stacks: tuple[Stack, ...] | None = None) -> Node:
    """A new node outside any document; a composite gets its empty stacks."""
    if stacks is None:
        stacks = _empty_stacks(block)
    return Node("", block, stacks)


def insert(document: Document, place: Place, nodes: Sequence[Node]) -> Document:
    """Puts nodes (and all inside them, with new ids) into a gap."""
    fresh, serial = renumbered(nodes, document.serial)

    def put(stack: Stack) -> Stack:
        return (*stack[: place.index], *fresh, *stack[place.index :])

    return _with_stack(document, place.parent, place.stack, put).changed(serial=serial)


def remove(document: Document, ids: Collection[str]) -> Document:
    """Takes nodes away, with all inside them."""
    gone = frozenset(ids)
    _require(gone - {n.id for n in pick(document.body, gone)})
    return document.changed(body=_without(document.body, gone))


def move(document: Document, ids: Collection[str], place: Place) -> Document:
    """Takes nodes (in reading order) to a gap; they keep their ids."""
    chosen = _topmost(document, ids)
    if place.parent is not None and any(place.parent in n.ids for n in chosen):
        raise EditError("A block cannot be moved into itself.")
    target = document.body if place.parent is None else find(document, place.parent).stacks[place.stack]
    moving = {n.id for n in chosen}
    index = sum(n.id not in moving for n in target[: place.index])
    emptied = remove(document, moving)

    def put(stack: Stack) -> Stack:
        return (*stack[:index], *chosen, *stack[index:])

    return _with_stack(emptied, place.parent, place.stack, put)


def change(document: Document, node_id: str, **values: Value) -> Document:
    """Gives a block other parameters; raises ``pydantic.ValidationError`` for values out of range.

    Parameters that the first repetition has of its own stay its own; the others follow.
    """

    def changed(old: Node) -> Node:
        block = old.block.changed(**values)
        return replace(old, block=block, first=_follow(old, block))

    return _with_node(document, node_id, changed)


def change_all(document: Document, ids: Collection[str], **values: Value) -> Document:
    """:func:`change` for many blocks in one pass; all of them change, or none."""

    def changed(old: Node) -> Node:
        block = old.block.changed(**values)
        return old if block == old.block else replace(old, block=block, first=_follow(old, block))

    return _with_nodes(document, ids, changed)


def reset_all(document: Document, ids: Collection[str]) -> Document:
    """Gives blocks the parameters they had when they were new, in every repetition."""

    def fresh(old: Node) -> Node:
        block = type(old.block)()
        same = old.first is None and old.block == block
        return old if same else replace(old, block=block, first=None)

    return _with_nodes(document, ids, fresh)


def change_first(document: Document, node_id: str, **values: Value) -> Document:
    """Gives a block other parameters in the first repetition; no values: the same as in the others."""

    def changed(old: Node) -> Node:
        first = old.block.changed(**values) if values else None
        return replace(old, first=None if first == old.block else first)

    return _with_node(document, node_id, changed)


def set_only_first(document: Document, node_id: str, only_first: bool) -> Document:
    """Lets a block exist in the first repetition only, or in all."""
    return _with_node(document, node_id, lambda old: replace(old, only_first=only_first))


def set_disabled(document: Document, ids: Collection[str], disabled: bool) -> Document:
    """Bypasses blocks, or takes them in again."""

    def switched(old: Node) -> Node:
        return old if old.disabled == disabled else replace(old, disabled=disabled)

    return _with_nodes(document, ids, switched)


def wrap(document: Document, ids: Collection[str], composite: Composite) -> Document:
    """Puts neighbouring nodes of one stack into the first stack of a new composite in their place."""
    chosen = _topmost(document, ids)
    if not chosen:
        raise EditError("Select the blocks to wrap first.")
    places = [place_of(document, n.id) for n in chosen]
    start = places[0]
    if places != [replace(start, index=start.index + i) for i in range(len(places))]:
        raise EditError("Only neighbouring blocks of one stack can be wrapped together.")
    rest = _empty_stacks(composite)[1:]
    wrapper = Node(f"b{document.serial}", composite, (tuple(chosen), *rest))

    def put(stack: Stack) -> Stack:
        return (*stack[: start.index], wrapper, *stack[start.index + len(chosen) :])

    return _with_stack(document, start.parent, start.stack, put).changed(serial=document.serial + 1)


def unwrap(document: Document, node_id: str) -> Document:
    """Replaces a composite by what its first stack holds."""
    composite = find(document, node_id)
    if not composite.stacks:
        raise EditError("Only a block that holds others can be unwrapped.")
    place = place_of(document, node_id)

    def put(stack: Stack) -> Stack:
        return (*stack[: place.index], *composite.stacks[0], *stack[place.index + 1 :])

    return _with_stack(document, place.parent, place.stack, put)


def duplicate(document: Document, ids: Collection[str]) -> Document:
    """Puts copies of nodes behind the last of them."""
    chosen = _topmost(document, ids)
    last = place_of(document, chosen[-1].id)
    return insert(document, replace(last, index=last.index + 1), chosen)


def add_stack(document: Document, node_id: str) -> Document:
    """Gives an open-ended composite (Parallel) one more empty branch."""
    return _with_node(document, node_id, lambda old: replace(old, stacks=(*old.stacks, ())))


def remove_stack(document: Document, node_id: str, index: int) -> Document:
    """Takes a branch of an open-ended composite away, with all inside."""
    return _with_node(
        document, node_id, lambda old: replace(old, stacks=(*old.stacks[:index], *old.stacks[index + 1 :]))
    )


def set_input(document: Document, size: InputSize) -> Document:
    """Gives the network another input size."""
    return document.changed(input=size)


def set_classes(document: Document, classes: int) -> Document:
    """Gives the network another number of classes: its last classifier and its heads' follow."""

    def adapted(stack: Stack) -> Stack:
        index = max((i for i, old in enumerate(stack) if not old.disabled), default=None)
        if index is None or getattr(stack[index].block, "out_features", None) != document.classes:
            return stack
        block = stack[index].block.changed(out_features=classes)
        return (*stack[:index], replace(stack[index], block=block, first=None), *stack[index + 1 :])

    def with_heads(old: Node) -> Node:
        if isinstance(old.block, Composite) and old.block.root_only:
            return replace(old, stacks=tuple(map(adapted, old.stacks)))
        return old

    body = adapted(tuple(map(with_heads, document.body)))
    return document.changed(body=body, classes=classes)


def renumbered(nodes: Sequence[Node], serial: int) -> tuple[Stack, int]:
    """The nodes with new ids from ``serial`` on, in reading order, and the next free number."""
    fresh = []
    for old in nodes:
        own, serial = f"b{serial}", serial + 1
        stacks = []
        for stack in old.stacks:
            inner, serial = renumbered(stack, serial)
            stacks.append(inner)
        fresh.append(replace(old, id=own, stacks=tuple(stacks)))
    return tuple(fresh), serial


def _empty_stacks(block: Block) -> tuple[Stack, ...]:
    if not isinstance(block, Composite):
        return ()
    return ((), ()) if block.open_ended else ((),) * len(block.stacks)


def _follow(old: Node, block: Block) -> Block | None:
    """The first repetition's parameters after a change of the others'."""
    if old.first is None:
        return None
    before, first = old.block.model_dump(), old.first.model_dump()
    own = {name: value for name, value in first.items() if value != before[name]}
    followed = block.changed(**own)
    return None if followed == block else followed


def _with_nodes(document: Document, ids: Collection[str], edit: Callable[[Node], Node]) -> Document:
    """Many nodes at any depth edited in one pass; an ``edit`` that returns the same node changes nothing."""
    wanted = set(ids)
    body = _edited_all(document.body, wanted, edit)
    _require(wanted)
    return document if body is document.body else document.changed(body=body)


def _edited_all(stack: Stack, wanted: set[str], edit: Callable[[Node], Node]) -> Stack:
    """Takes the ids that it finds out of ``wanted``."""
    edited = [old if wanted.isdisjoint(old.ids) else _edited_within(old, wanted, edit) for old in stack]
    return stack if _same(edited, stack) else tuple(edited)


def _edited_within(old: Node, wanted: set[str], edit: Callable[[Node], Node]) -> Node:
    new = edit(old) if old.id in wanted else old
    wanted.discard(old.id)
    stacks = tuple(_edited_all(inner, wanted, edit) for inner in old.stacks)
    return new if _same(stacks, old.stacks) else replace(new, stacks=stacks)


def _same(new: Sequence[object], old: Sequence[object]) -> bool:
    return all(one is other for one, other in zip(new, old, strict=True))


def _with_node(document: Document, node_id: str, edit: Callable[[Node], Node]) -> Document:
    """One node edited, and with it the composites around it; all others are the same objects."""
    *around, (place, old) = way_to(document, node_id)
    new = edit(old)
    for above, holder in reversed(around):
        stack = _with(holder.stacks[place.stack], place.index, new)
        new = replace(holder, stacks=_with(holder.stacks, place.stack, stack))
        place = above
    return document.changed(body=_with(document.body, place.index, new))


def _with_stack(
    document: Document, parent: str | None, number: int, edit: Callable[[Stack], Stack]
) -> Document:
    if parent is None:
        return document.changed(body=edit(document.body))

    def put(old: Node) -> Node:
        return replace(old, stacks=_with(old.stacks, number, edit(old.stacks[number])))

    return _with_node(document, parent, put)


def _with(items: tuple[T, ...], index: int, item: T) -> tuple[T, ...]:
    return (*items[:index], item, *items[index + 1 :])


def _without(stack: Stack, ids: frozenset[str]) -> Stack:
    if all(ids.isdisjoint(old.ids) for old in stack):
        return stack
    return tuple(
        old if ids.isdisjoint(old.ids) else replace(old, stacks=tuple(_without(s, ids) for s in old.stacks))
        for old in stack
        if old.id not in ids
    )


def _topmost(document: Document, ids: Collection[str]) -> list[Node]:
    """The chosen nodes in reading order, without those inside another chosen one."""
    chosen: list[Node] = []
    inside: set[str] = set()
    for candidate in pick(document.body, ids):
        if candidate.id not in inside:
            chosen.append(candidate)
            inside |= candidate.ids
    _require(set(ids) - inside)
    return chosen


def _require(missing: Collection[str]) -> None:
    """Raises ``KeyError`` if there are ids that are nowhere."""
    if missing:
        raise KeyError(min(missing))
