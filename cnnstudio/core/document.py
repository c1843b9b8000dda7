"""The document: an immutable tree of stacks of blocks.

Every edit (:mod:`cnnstudio.core.edits`) makes a new document that shares all it did not touch, so
identity tells what changed, and inference re-uses what did not.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import cast

from cnnstudio.core.block import Block, Composite
from cnnstudio.core.shape import Shape
from cnnstudio.core.training import TrainingSettings


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A block in its place: parameters, an id that is unique in the document, and its stacks.

    Inside a Repeat, ``first`` are the parameters that the first repetition has instead of ``block``
    (a stride, say), and a node that is ``only_first`` exists in the first repetition only (a projection
    shortcut, say). Outside any Repeat everything is its own first repetition. A ``disabled`` node is kept
    but bypassed, with all inside it, to try what the network is without it.
    """

    id: str
    block: Block
    stacks: tuple["Stack", ...] = ()
    first: Block | None = None
    only_first: bool = False
    disabled: bool = False
    ids: frozenset[str] = field(init=False, repr=False)
    """Its own id and those of all nodes inside it: what is looked for is looked for only where it is."""

    def __post_init__(self) -> None:
        inside = (node.ids for stack in self.stacks for node in stack)
        object.__setattr__(self, "ids", frozenset((self.id,)).union(*inside))

    def effective(self, first: bool) -> Block:
        """The parameters in the first or in the other repetitions."""
        return self.first if first and self.first is not None else self.block

    def stack_name(self, index: int) -> str:
        """What a file calls the stack: ``body``, ``shortcut``, ``branches[1]``."""
        composite = cast(Composite, self.block)
        if composite.open_ended:
            return f"{composite.stacks[0]}[{index}]"
        return composite.stacks[index]


Stack = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InputSize:
    """The image that goes in, in pixels."""

    height: int
    width: int
    channels: int

    @property
    def shape(self) -> Shape:
        """In torch's order, without the batch."""
        return (self.channels, self.height, self.width)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A network with its training settings. ``serial`` is the number of the next new block's id."""

    input: InputSize
    classes: int
    body: Stack = ()
    name: str = "Untitled network"
    summary: str = ""
    source: str = ""
    training: TrainingSettings = field(default_factory=TrainingSettings)
    serial: int = 1

    def changed(self, **values: object) -> "Document":
        """The same document with other attributes."""
        return replace(self, **values)  # type: ignore[arg-type]  # replace() checks names at run time


@dataclass(frozen=True, slots=True)
class Place:
    """A gap in a stack, in front of its ``index``-th block; in the network's own stack if no ``parent``."""

    parent: str | None
    stack: int
    index: int


def walk(stack: Stack) -> Iterator[Node]:
    """Every node below, parents first, in reading order."""
    # Not by recursion: each edit of a large network asks for it several times.
    waiting = list(reversed(stack))
    while waiting:
        node = waiting.pop()
        yield node
        for inner in reversed(node.stacks):
            waiting += reversed(inner)


def pick(stack: Stack, ids: Collection[str]) -> Iterator[Node]:
    """The nodes with these ids at any depth, parents first, in reading order."""
    wanted = frozenset(ids)
    for node in stack:
        if not wanted.isdisjoint(node.ids):
            if node.id in wanted:
                yield node
            for inner in node.stacks:
                yield from pick(inner, wanted)


def way_to(document: Document, node_id: str) -> tuple[tuple[Place, Node], ...]:
    """The composites around a node, outermost first, and the node, each with its place (the gap in front).

    Raises ``KeyError``.
    """
    way: list[tuple[Place, Node]] = []
    parent: str | None = None
    stacks: tuple[Stack, ...] = (document.body,)
    while parent != node_id:
        place, node = _toward(node_id, parent, stacks)
        way.append((place, node))
        parent, stacks = node.id, node.stacks
    return tuple(way)


def find(document: Document, node_id: str) -> Node:
    """The node with this id; raises ``KeyError``."""
    return way_to(document, node_id)[-1][1]


def place_of(document: Document, node_id: str) -> Place:
    """Where a node stands (the gap in front of it); raises ``KeyError``."""
    return way_to(document, node_id)[-1][0]


def locations(document: Document) -> dict[str, str]:
    """Where each node stands in a file: ``body[3].shortcut[0]``, by id."""
    return dict(_locations(document.body, "body"))


def stack_at(document: Document, place: Place) -> Stack:
    """The stack that a place lies in."""
    return document.body if place.parent is None else find(document, place.parent).stacks[place.stack]


def _toward(node_id: str, parent: str | None, stacks: tuple[Stack, ...]) -> tuple[Place, Node]:
    for number, stack in enumerate(stacks):
        for index, node in enumerate(stack):
            if node_id in node.ids:
                return Place(parent, number, index), node
    raise KeyError(node_id)


def _locations(stack: Stack, prefix: str) -> Iterator[tuple[str, str]]:
    for index, node in enumerate(stack):
        here = f"{prefix}[{index}]"
        yield node.id, here
        for number, inner in enumerate(node.stacks):
            yield from _locations(inner, f"{here}.{node.stack_name(number)}")
