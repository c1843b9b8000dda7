"""From an idea how to get out of a problem to the changed document, and how a button says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from cnnstudio.core.block import Composite, Layer
from cnnstudio.core.document import Document, Node, Place, Stack, find, place_of, stack_at, walk
from cnnstudio.core.edits import change, insert, node, remove
from cnnstudio.core.fault import (
    AppendTo,
    Both,
    Change,
    ChangeLast,
    Idea,
    InsertAfter,
    InsertBefore,
    KeepSize,
    Piece,
    Remove,
    RemoveAbove,
)
from cnnstudio.core.fields import Value
from cnnstudio.core.phrase import Phrase, listed
from cnnstudio.core.registry import block_type
from cnnstudio.core.window import pair_text

TWO = "{first} + {second}"
"""One way out after the other."""


@dataclass(frozen=True, slots=True)
class Way:
    """The document after an idea was followed; ``text`` is a template that ``values`` fill."""

    document: Document
    text: str
    values: dict[str, object]


def taken(document: Document, node_id: str | None, idea: Idea, only_first: bool = False) -> Way:
    """Follows an idea about a node, or about the network as a whole (None).

    Raises ``KeyError`` where there is nothing that the idea is about, and ``pydantic.ValidationError`` for
    parameters out of range.
    """
    match idea:
        case InsertBefore(pieces=pieces) | InsertAfter(pieces=pieces):
            place = _place(document, node_id, idea)
            return Way(insert(document, place, _nodes(pieces)), "Insert {blocks}", {"blocks": _names(pieces)})
        case Change(values=values, node=other):
            return _changed(document, other or _known(node_id), values, in_other=bool(other))
        case Both(first=first, second=second):
            one = taken(document, node_id, first, only_first)
            two = taken(one.document, node_id, second, only_first)
            return Way(two.document, TWO, {"first": _said(one), "second": _said(two)})
    owner = _known(node_id)
    match idea:
        case AppendTo():
            return _appended(document, owner, idea, only_first)
        case ChangeLast(stack=number, values=values):
            last = _last_with(find(document, owner).stacks[number], values)
            return _changed(document, last, values, in_other=True)
        case KeepSize():
            return _padded(document, owner)
        case RemoveAbove(blocks=kinds):
            above = _above(document, owner, kinds)
            return Way(remove(document, [above]), "Remove {block} above", {"block": _title(document, above)})
        case Remove():
            return Way(remove(document, [owner]), "Remove {block}", {"block": _title(document, owner)})


def _known(node_id: str | None) -> str:
    if node_id is None:
        raise KeyError("the network as a whole is no block")
    return node_id


def _place(document: Document, node_id: str | None, idea: InsertBefore | InsertAfter) -> Place:
    if node_id is None:
        return Place(None, 0, len(document.body))
    place = place_of(document, node_id)
    return replace(place, index=place.index + isinstance(idea, InsertAfter))


def _appended(document: Document, owner: str, idea: AppendTo, only_first: bool) -> Way:
    holder = find(document, owner)
    end = Place(owner, idea.stack, len(holder.stacks[idea.stack]))
    composite = cast(Composite, holder.block)
    if composite.open_ended:
        text = "Add {blocks} to {stack} of the first repetition" if only_first else "Add {blocks} to {stack}"
    elif only_first:
        text = "Add {blocks} to the {stack} of the first repetition"
    else:
        text = "Add {blocks} to the {stack}"
    values: dict[str, object] = {"blocks": _names(idea.pieces), "stack": composite.stack_label(idea.stack)}
    return Way(insert(document, end, _nodes(idea.pieces, only_first)), text, values)


def _changed(document: Document, node_id: str, values: Mapping[str, Value], in_other: bool) -> Way:
    labels = {field.name: field.label for field in find(document, node_id).block.fields()}
    text = "Set {setting} to {value} in {block}" if in_other else "Set {setting} to {value}"
    title = _title(document, node_id)
    *before, last = (
        Phrase(text, {"setting": Phrase(labels[name]), "value": _value(value), "block": title})
        for name, value in values.items()
    )
    for phrase in reversed(before):
        last = Phrase(TWO, {"first": phrase, "second": last})
    return Way(change(document, node_id, **values), last.text, dict(last.values))


def _said(way: Way) -> Phrase:
    return Phrase(way.text, way.values)


def _title(document: Document, node_id: str) -> Phrase:
    return Phrase(find(document, node_id).block.title)


def _padded(document: Document, owner: str) -> Way:
    """Windows that move by one pixel get the padding that keeps the size; the others stay as they are."""
    found = []
    for inner in _inside(find(document, owner)):
        block = inner.block
        same = block.same_padding() if isinstance(block, Layer) else None
        if same is not None and getattr(block, "padding", same) != same:
            found.append((inner.id, same))
    if not found:
        raise KeyError(owner)
    if len(found) == 1:
        ((node_id, same),) = found
        return _changed(document, node_id, {"padding": same}, in_other=True)
    for node_id, same in found:
        document = change(document, node_id, padding=same)
    return Way(document, "Adjust the padding of {count} blocks", {"count": len(found)})


def _inside(owner: Node) -> Iterator[Node]:
    return (inner for stack in owner.stacks for inner in walk(stack) if not inner.disabled)


def _last_with(stack: Stack, values: Mapping[str, Value]) -> str:
    for inner in reversed(stack):
        if not inner.disabled and all(name in type(inner.block).model_fields for name in values):
            return inner.id
    raise KeyError("no block has such parameters")


def _above(document: Document, node_id: str, kinds: tuple[str, ...]) -> str:
    """The nearest block before a node: in its own stack, then in the stacks around."""
    place = place_of(document, node_id)
    for before in reversed(stack_at(document, place)[: place.index]):
        if type(before.block).__name__ in kinds and not before.disabled:
            return before.id
    if place.parent is None:
        raise KeyError("none of these blocks stands above")
    return _above(document, place.parent, kinds)


def _nodes(pieces: tuple[Piece, ...], only_first: bool = False) -> list[Node]:
    return [replace(_node(piece), only_first=only_first) for piece in pieces]


def _node(piece: Piece) -> Node:
    return node(block_type(piece.block).model_validate(dict(piece.values)))


def _names(pieces: tuple[Piece, ...]) -> str | Phrase:
    """What is added: ``Flatten and Linear``, ``1×1 Conv2d and Batch norm``."""
    return listed(list(map(_name, pieces)))


def _name(piece: Piece) -> Phrase:
    title = Phrase(block_type(piece.block).title)
    is_pointwise = piece.block == "Conv2d" and piece.values.get("kernel_size") == 1
    return Phrase("1×1 {block}", {"block": title}) if is_pointwise else title


def _value(value: Value) -> str:
    return pair_text(value) if isinstance(value, tuple) else str(value)
