"""From inference to the tree of modules that will be built, every repetition with its own numbers.

Equal repetitions share one item, so the tree of a deep network stays small.
"""

from dataclasses import dataclass
from typing import Literal, cast

from cnnstudio.blocks.aux_classifier import AuxClassifier
from cnnstudio.blocks.group import Group
from cnnstudio.blocks.parallel import Parallel
from cnnstudio.blocks.repeat import Repeat
from cnnstudio.blocks.residual import Residual
from cnnstudio.codegen.errors import CannotGenerate
from cnnstudio.codegen.expression import Construct, constructed
from cnnstudio.core.block import Layer
from cnnstudio.core.document import Node, Stack
from cnnstudio.core.infer import Report, StackReport
from cnnstudio.core.shape import Shape

Kind = Literal["residual", "parallel", "stack"]
Role = Literal["body", "shortcut", "branch"]


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A layer."""

    report: Report
    construct: Construct


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Modules one behind the other, each so many times; ``node`` is the Repeat or Group that says so."""

    node: Node | None
    parts: tuple[tuple["Item", int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One child of a unit; ``item`` is None where this repetition has nothing (the identity)."""

    role: Role
    item: "Item | None"


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What may become a class: residual blocks and branches always, stacks where they occur again.

    ``owner`` is the composite it comes from, and ``node`` the same where the unit stands for it (one
    repetition of a Repeat does not stand for the Repeat). ``height`` counts units inside each other.
    """

    kind: Kind
    owner: Node
    node: Node | None
    report: Report
    slots: tuple[Slot, ...]
    height: int
    input: Shape
    output: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """An auxiliary classifier at the root."""

    node: Node
    item: "Item"


Item = Leaf | Series | Unit | Head


# Far more than anybody trains, and still built and written in a moment.
MOST_MODULES = 100_000


class Resolver:
    """Builds the items of one document; what inference shares, the items share."""

    def __init__(self) -> None:
        self._items: dict[Report, Item] = {}
        self._heights: dict[Node, int] = {}

    def network(self, body: StackReport) -> tuple[Item, ...]:
        """The items of the whole network; raises :class:`CannotGenerate` where they are too many to build."""
        items = self.stack(body)
        known: dict[Item, int] = {}
        number = sum(_modules(item, known) for item in items)
        if number > MOST_MODULES:
            raise CannotGenerate(
                f"There is no code for a network of {number:,} modules, {MOST_MODULES:,} are the most:"
                " let blocks repeat less often."
            )
        return items

    def stack(self, stack: StackReport) -> tuple[Item, ...]:
        """The items of a stack, in order."""
        return tuple(self.item(report) for report in stack.reports)

    def item(self, report: Report) -> Item:
        """The item of one node in one repetition."""
        known = self._items.get(report)
        if known is None:
            known = self._items[report] = self._item(report)
        return known

    def _item(self, report: Report) -> Item:
        node, block = report.node, report.block
        match block:
            case Layer():
                call = block.constructor(cast(Shape, report.input))
                return Leaf(report, constructed(call, (node.id,)))
            case Residual():
                return self._residual(report)
            case Parallel():
                return self._parallel(report)
            case Repeat():
                return self._repeat(report)
            case Group():
                return self._body(report, node.stacks[0], report.rounds[0].stacks[0], node)
            case AuxClassifier():
                return Head(node, self._body(report, node.stacks[0], report.rounds[0].stacks[0], None))
        raise CannotGenerate(f"There is no code for blocks of type {type(block).__name__} yet.")

    def _residual(self, report: Report) -> Unit:
        body, shortcut = report.rounds[0].stacks
        slots = [*self._slots(report.node.stacks[0], body), Slot("shortcut", self._inline(shortcut))]
        return self._unit("residual", report, tuple(slots), report.node)

    def _parallel(self, report: Report) -> Unit:
        slots = tuple(Slot("branch", self._inline(branch)) for branch in report.rounds[0].stacks)
        return self._unit("parallel", report, slots, report.node)

    def _repeat(self, report: Report) -> Series:
        node = report.node
        stack = node.stacks[0]
        rounds = ((self._body(report, stack, part.stacks[0], None), part.times) for part in report.rounds)
        return Series(node, tuple(rounds))

    def _body(self, report: Report, stack: Stack, found: StackReport, node: Node | None) -> Item:
        """A stack as a whole: a unit if there is something to share, else what little it holds."""
        if sum(not each.disabled for each in stack) < 2:
            return Series(node, tuple((item, 1) for item in self.stack(found)))
        slots = self._slots(stack, found)
        shapes = (found.reports[0].input, found.output) if found.reports else (report.input, report.input)
        return self._unit("stack", report, slots, node, shapes)

    def _inline(self, stack: StackReport) -> Item | None:
        """A shortcut or a branch; None for the identity."""
        items = self.stack(stack)
        if not items:
            return None
        return items[0] if len(items) == 1 else Series(None, tuple((item, 1) for item in items))

    def _slots(self, stack: Stack, found: StackReport) -> tuple[Slot, ...]:
        """One slot for each node, whether or not this repetition has it."""
        present = {report.node: report for report in found.reports}
        return tuple(
            Slot("body", self.item(present[node]) if node in present else None)
            for node in stack
            if not node.disabled
        )

    def _unit(
        self,
        kind: Kind,
        report: Report,
        slots: tuple[Slot, ...],
        node: Node | None,
        shapes: tuple[Shape | None, Shape | None] | None = None,
    ) -> Unit:
        entering, leaving = shapes or (report.input, report.output)
        height = self._height(report.node)
        return Unit(
            kind, report.node, node, report, slots, height, cast(Shape, entering), cast(Shape, leaving)
        )

    def _height(self, node: Node) -> int:
        """How deep composites are nested inside; the same in every repetition."""
        known = self._heights.get(node)
        if known is None:
            inner = [self._height(child) + 1 for stack in node.stacks for child in stack if child.stacks]
            known = self._heights[node] = max(inner, default=0)
        return known


def _modules(item: Item, known: dict[Item, int]) -> int:
    """How many modules an item is built of, at least one."""
    if item in known:
        return known[item]
    number = 1
    if isinstance(item, Head):
        number = _modules(item.item, known)
    elif isinstance(item, Series):
        number += sum(times * _modules(part, known) for part, times in item.parts)
    elif isinstance(item, Unit):
        number += sum(_modules(slot.item, known) for slot in item.slots if slot.item is not None)
    known[item] = number
    return number
