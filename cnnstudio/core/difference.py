"""What changed between two networks: which blocks came, went or have other parameters, inside composites too.

Blocks of two documents have ids of their own, so stacks are aligned by structure: the alignment with the
least cost (Needleman and Wunsch, 1970), where a block that comes or goes costs as much as it holds blocks,
and a block of the same type with other parameters at most half of coming and going. Of composites the cost
is that of their own parameters and of their stacks, aligned in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from cnnstudio.core.alignment import Pairs, align
from cnnstudio.core.block import Block, Composite
from cnnstudio.core.document import Document, Node, Stack
from cnnstudio.core.fields import Value
from cnnstudio.core.phrase import Phrase

Kind = Literal["same", "changed", "added", "removed"]

MOST_CELLS = 1_500_000
"""Comparisons of two blocks in all; what is left then is paired by its place."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One parameter with two values. ``first``: of the first repetition only (inside a Repeat)."""

    name: str
    label: str
    left: Value
    right: Value
    first: bool = False


@dataclass(frozen=True, eq=False)
class NodeDifference:
    """A block on both sides, or on the one where it is; ``stacks`` is empty unless it is on both."""

    left: Node | None
    right: Node | None
    fields: tuple[FieldChange, ...] = ()
    stacks: tuple[StackDifference, ...] = ()

    @cached_property
    def kind(self) -> Kind:
        """``changed`` too where only something inside did."""
        return _kind(self.left, self.right, bool(self.fields) or any(s.kind != "same" for s in self.stacks))

    @property
    def node(self) -> Node:
        """The right one, or the left one where there is no other."""
        node = self.right or self.left
        assert node is not None
        return node


@dataclass(frozen=True, eq=False)
class StackDifference:
    """Two stacks in one reading order: what went stands before what came in its place.

    ``label`` is what the canvas calls it: ``body``, ``branch 2``.
    """

    label: Phrase
    left: Stack | None
    right: Stack | None
    nodes: tuple[NodeDifference, ...] = ()

    @cached_property
    def kind(self) -> Kind:
        """``added`` and ``removed`` are branches."""
        return _kind(self.left, self.right, any(node.kind != "same" for node in self.nodes))


@dataclass(frozen=True, eq=False)
class Difference:
    """Everything that differs between two networks; training settings are no part of it."""

    left: Document
    right: Document
    fields: tuple[FieldChange, ...]
    """Of the input and the number of classes."""
    body: StackDifference

    @property
    def empty(self) -> bool:
        """Whether both are the same network."""
        return not self.fields and self.body.kind == "same"

    def changes(self) -> Iterator[NodeDifference]:
        """The blocks that came, went or have other parameters of their own, in reading order."""
        yield from _changes(self.body)


def difference(left: Document, right: Document) -> Difference:
    """What is to be done to ``left`` to make it ``right``."""
    body = _Comparison().stack(Phrase(""), left.body, right.body)
    return Difference(left, right, tuple(_document_fields(left, right)), body)


def _changes(stack: StackDifference) -> Iterator[NodeDifference]:
    for entry in stack.nodes:
        if entry.kind in ("added", "removed") or entry.fields:
            yield entry
        for inner in entry.stacks:
            yield from _changes(inner)


def _kind(left: object, right: object, changed: bool) -> Kind:
    if left is None:
        return "added"
    if right is None:
        return "removed"
    return "changed" if changed else "same"


class _Weighed(NamedTuple):
    """A node or a branch with its number (the same for what is the same) and how many blocks it holds."""

    number: int
    size: int
    node: Node | None
    stacks: tuple[tuple[_Weighed, ...], ...]


class _Comparison:
    """Numbers equal subtrees, so that comparing two is comparing numbers, and remembers what pairs cost."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._costs: dict[tuple[int, int], float] = {}
        self._cells = MOST_CELLS

    def stack(self, label: Phrase, left: Stack, right: Stack) -> StackDifference:
        """Two stacks that belong to each other."""
        return self._stack(label, self._weigh_stack(left), self._weigh_stack(right), left, right)

    def _stack(
        self,
        label: Phrase,
        left: tuple[_Weighed, ...],
        right: tuple[_Weighed, ...],
        left_stack: Stack,
        right_stack: Stack,
    ) -> StackDifference:
        pairs = self._align(left, right, self._node_cost)
        nodes = tuple(
            self._node(left[i] if i is not None else None, right[j] if j is not None else None)
            for i, j in pairs
        )
        return StackDifference(label, left_stack, right_stack, nodes)

    def _node(self, left: _Weighed | None, right: _Weighed | None) -> NodeDifference:
        before = left.node if left is not None else None
        after = right.node if right is not None else None
        if left is None or right is None or before is None or after is None:
            return NodeDifference(before, after)
        fields = () if left.number == right.number else tuple(_node_fields(before, after))
        return NodeDifference(before, after, fields, self._stacks(left, right, before, after))

    def _stacks(
        self, left: _Weighed, right: _Weighed, before: Node, after: Node
    ) -> tuple[StackDifference, ...]:
        found = []
        for i, j in self._pair_stacks(left, right):
            if i is not None and j is not None:
                made = self._stack(
                    _label(after, j), left.stacks[i], right.stacks[j], before.stacks[i], after.stacks[j]
                )
            elif i is not None:
                gone = tuple(NodeDifference(node, None) for node in before.stacks[i])
                made = StackDifference(_label(before, i), before.stacks[i], None, gone)
            else:
                assert j is not None
                came = tuple(NodeDifference(None, node) for node in after.stacks[j])
                made = StackDifference(_label(after, j), None, after.stacks[j], came)
            found.append(made)
        return tuple(found)

    # --- what a pair costs ------------------------------------------------------------------------------

    def _pair_stacks(self, left: _Weighed, right: _Weighed) -> Pairs:
        """Branches are aligned as blocks are; a body belongs to the body and a shortcut to the shortcut."""
        node = left.node
        if node is None or not (isinstance(node.block, Composite) and node.block.open_ended):
            return [(index, index) for index in range(len(left.stacks))]
        return self._align(self._branches(left), self._branches(right), self._branch_cost)

    def _align(
        self,
        left: Sequence[_Weighed],
        right: Sequence[_Weighed],
        cost: Callable[[_Weighed, _Weighed], float | None],
    ) -> Pairs:
        self._cells -= len(left) * len(right)
        return align(
            left,
            right,
            same=lambda a, b: a.number == b.number,
            weight=lambda item: item.size,
            cost=cost,
            by_place=self._cells < 0,
        )

    def _node_cost(self, left: _Weighed, right: _Weighed) -> float | None:
        """None where the two have nothing to do with each other."""
        if left.number == right.number:
            return 0.0
        before, after = left.node, right.node
        assert before is not None
        assert after is not None
        if type(before.block) is not type(after.block):
            return None
        key = (left.number, right.number)
        if key not in self._costs:
            own = sum(1 for _ in _node_fields(before, after))
            share = own / (own + len(type(before.block).fields()))
            self._costs[key] = (0.5 + share if own else 0.0) + self._stacks_cost(left, right)
        return self._costs[key]

    def _stacks_cost(self, left: _Weighed, right: _Weighed) -> float:
        total = 0.0
        for i, j in self._pair_stacks(left, right):
            if i is not None and j is not None:
                total += self._stack_cost(left.stacks[i], right.stacks[j])
            else:
                gone = left.stacks[i] if i is not None else right.stacks[j or 0]
                total += 1 + sum(item.size for item in gone)
        return total

    def _branch_cost(self, left: _Weighed, right: _Weighed) -> float:
        key = (left.number, right.number)
        if key not in self._costs:
            self._costs[key] = self._stack_cost(left.stacks[0], right.stacks[0])
        return self._costs[key]

    def _stack_cost(self, left: tuple[_Weighed, ...], right: tuple[_Weighed, ...]) -> float:
        total = 0.0
        for i, j in self._align(left, right, self._node_cost):
            if i is not None and j is not None:
                total += self._node_cost(left[i], right[j]) or 0.0
            else:
                total += left[i].size if i is not None else right[j or 0].size
        return total

    # --- numbers ----------------------------------------------------------------------------------------

    def _weigh_stack(self, stack: Stack) -> tuple[_Weighed, ...]:
        return tuple(self._weigh(node) for node in stack)

    def _weigh(self, node: Node) -> _Weighed:
        stacks = tuple(self._weigh_stack(stack) for stack in node.stacks)
        inner = tuple(tuple(item.number for item in stack) for stack in stacks)
        own = (node.block, _first(node), node.only_first, node.disabled)
        size = 1 + sum(item.size for stack in stacks for item in stack)
        return _Weighed(self._number((own, inner)), size, node, stacks)

    def _branches(self, item: _Weighed) -> list[_Weighed]:
        return [
            _Weighed(
                self._number(("branch", tuple(inner.number for inner in stack))),
                1 + sum(inner.size for inner in stack),
                None,
                (stack,),
            )
            for stack in item.stacks
        ]

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))


def _label(node: Node, index: int) -> Phrase:
    block = node.block
    return block.stack_label(index) if isinstance(block, Composite) else Phrase("")


def _first(node: Node) -> Block | None:
    """A first repetition that is like the others is none of its own."""
    return node.first if node.first != node.block else None


def _node_fields(left: Node, right: Node) -> Iterator[FieldChange]:
    """The parameters that differ; of the first repetition where one of the two has some of its own."""
    for spec in type(right.block).fields():
        usual = getattr(left.block, spec.name), getattr(right.block, spec.name)
        first = getattr(left.effective(True), spec.name), getattr(right.effective(True), spec.name)
        if usual[0] != usual[1]:
            yield FieldChange(spec.name, spec.label, *usual)
        # Also where the first repetition stays as it was, while the others do not.
        if first != usual and (first[0] != first[1] or usual[0] != usual[1]):
            yield FieldChange(spec.name, spec.label, *first, first=True)
    if left.only_first != right.only_first:
        yield FieldChange("only_first", "First only", left.only_first, right.only_first)
    if left.disabled != right.disabled:
        yield FieldChange("disabled", "Bypassed", left.disabled, right.disabled)


def _document_fields(left: Document, right: Document) -> Iterator[FieldChange]:
    before, after = left.input, right.input
    found = (
        FieldChange("height", "Height", before.height, after.height),
        FieldChange("width", "Width", before.width, after.width),
        FieldChange("channels", "Channels", before.channels, after.channels),
        FieldChange("classes", "Classes", left.classes, right.classes),
    )
    yield from (change for change in found if change.left != change.right)
