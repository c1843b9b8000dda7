"""Where everything on the canvas goes: boxes in boxes, in pixels, without any painting.

A box depends on its node, on the reports of its occurrences and on the width it is given, so a box of the
layout before serves again wherever an edit changed none of these. So do whole sections of the trunk.
"""

from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from zlib import crc32

from cnnstudio.core.block import Composite
from cnnstudio.core.document import Node, Stack
from cnnstudio.core.infer import Inference, Report
from cnnstudio.core.shape import Shape
from cnnstudio.ui.build.card import FULL_WIDTH, Card, Size, Words, make_card, natural_width
from cnnstudio.ui.build.occurrences import Occurrences, inside, top_level
from cnnstudio.ui.build.say import shape
from cnnstudio.ui.build.words import Troubles, hidden_trouble, input_words, output_words, words_of

ROOT_GAP = 26.0
GAP = 14.0
PAD = 9.0
COLUMN_GAP = 12.0
BUS = 14.0
"""Height of the wires that spread to the columns of a composite, and that gather from them."""
MERGE = 26.0
"""Height of the row with the merge sign."""
COLUMN_MIN, COLUMN_MAX = 148.0, 250.0
START_HEIGHT = 76.0
"""Of the area that an empty network shows between input and output."""
EMPTY_SIDE = 118.0
EMPTY_HEIGHT = 46.0
FULL_SLOT = 330.0
"""Width of the line that shows a gap in the trunk."""
SECTION = 16
"""About so many blocks of the trunk are a section."""
LANE = -1
"""The number of a column that is no stack: the trunk beside an auxiliary head."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A box and where its top left corner is, seen from the composite around it."""

    x: float
    y: float
    box: "Box"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A stack of a composite; the area is seen from the composite."""

    stack: int
    x: float
    y: float
    width: float
    height: float
    children: tuple[Placed, ...]
    label: str
    shape: str
    """What leaves it."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """A block on the canvas: a card, or a frame with columns of boxes."""

    node: Node
    card: Card
    width: float
    height: float
    columns: tuple[Column, ...] = ()
    ids: frozenset[str] = frozenset()
    """Of all blocks that are to be seen in it, itself included."""

    @property
    def framed(self) -> bool:
        """Whether it is a frame."""
        return bool(self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """Blocks of the trunk that follow each other, seen from where the wire into the first begins."""

    reports: tuple[Report, ...]
    boxes: tuple[Placed, ...]
    width: float
    height: float
    ids: frozenset[str]
    """Of all blocks that are to be seen in it."""

    @property
    def start(self) -> str:
        """The id of the block that it begins with."""
        return self.reports[0].node.id

    @property
    def flows(self) -> tuple[Shape | None, ...]:
        """What flows into each box."""
        return tuple(report.input for report in self.reports)


@dataclass(frozen=True, eq=False)
class Layout:
    """The whole canvas; x = 0 is the middle of the trunk."""

    input: Card
    output: Card
    output_y: float
    sections: tuple[tuple[float, Section], ...]
    """Each with its y."""
    leaving: Shape | None
    """What flows into the output."""
    width: float
    height: float

    @cached_property
    def boxes(self) -> tuple[Placed, ...]:
        """The blocks of the trunk."""
        return tuple(Placed(p.x, y + p.y, p.box) for y, section in self.sections for p in section.boxes)

    @property
    def flows(self) -> tuple[Shape | None, ...]:
        """What flows into each box, and into the output."""
        return (*(flow for _, section in self.sections for flow in section.flows), self.leaving)

    @property
    def shapes(self) -> tuple[str, ...]:
        """The same in words."""
        return tuple(map(shape, self.flows))


_Key = tuple[Node, Occurrences, float]


@dataclass
class Layouter:
    """Lays documents out, one after the other; remembers boxes. On ``paper`` there is nothing to press."""

    paper: bool = False
    _old: dict[_Key, Box] = field(default_factory=dict)
    _new: dict[_Key, Box] = field(default_factory=dict)
    _naturals: dict[tuple[Node, Occurrences, bool], float] = field(default_factory=dict)
    _sections: dict[str, Section] = field(default_factory=dict)
    """Those of the layout before, by where they start."""
    _folded: Collection[str] = ()
    _troubles: Troubles = field(default_factory=dict)
    _unsure: frozenset[str] = frozenset()
    _largest: int = 1

    def forget(self) -> None:
        """Colours, fonts or what is collapsed changed."""
        self._old, self._new, self._naturals, self._sections = {}, {}, {}, {}

    def layout(self, inference: Inference, troubles: Troubles, folded: Collection[str]) -> Layout:
        """The whole canvas. ``troubles`` by node id, of the network itself under the empty id."""
        self._begin(inference, troubles, folded)
        document = inference.document
        top = self._card(input_words(document), "full", FULL_WIDTH)
        y, sections = top.height, []
        for reports in _cut(top_level(inference)):
            section = self._section(reports)
            sections.append((y, section))
            y += section.height
        self._sections = {s.start: s for _, s in sections if self._unsure.isdisjoint(s.ids)}
        if not document.body:
            y += ROOT_GAP + START_HEIGHT
            troubles = {}  # everybody starts with an empty network
        bottom = self._card(output_words(document, troubles.get("")), "full", FULL_WIDTH)
        widest = max([FULL_WIDTH, *(section.width for _, section in sections)])
        height = y + ROOT_GAP + bottom.height
        leaving = inference.body.output
        return Layout(top, bottom, y + ROOT_GAP, tuple(sections), leaving, widest, height)

    def steps(
        self, inference: Inference, troubles: Troubles, folded: Collection[str]
    ) -> Generator[float, None, Layout]:
        """The same, a block of the trunk at a time; yields how much is done."""
        self._begin(inference, troubles, folded)
        trunk = top_level(inference)
        for number, report in enumerate(trunk):
            yield number / len(trunk)
            self._trunk_box(report)
        return self.layout(inference, troubles, folded)

    def _begin(self, inference: Inference, troubles: Troubles, folded: Collection[str]) -> None:
        if len(self._new) > 10_000:
            self._old, self._new, self._naturals = self._new, {}, {}
        self._folded, self._troubles = folded, troubles
        largest = max(inference.document.input.height, inference.document.input.width)
        if largest != self._largest:
            self.forget()  # against it, all sizes are seen
            self._largest = largest
        self._unsure = frozenset(_with_ancestors(inference.document.body, frozenset(troubles)))

    def _section(self, reports: tuple[Report, ...]) -> Section:
        known = self._sections.get(reports[0].node.id)
        if known is not None and known.reports == reports and self._unsure.isdisjoint(known.ids):
            return known
        boxes, y, widest, ids = [], 0.0, FULL_WIDTH, set[str]()
        for report in reports:
            box = self._trunk_box(report)
            boxes.append(Placed(-box.width / 2, y + ROOT_GAP, box))
            y += ROOT_GAP + box.height
            widest = max(widest, box.width)
            ids |= box.ids
        return Section(reports, tuple(boxes), widest, y, frozenset(ids))

    def _trunk_box(self, report: Report) -> Box:
        node, occurrences, width = report.node, (report,), FULL_WIDTH
        if self._is_frame(node):
            width = max(FULL_WIDTH + 2 * PAD, self._natural(node, occurrences))
        return self._box(node, occurrences, width, root=True)

    def _card(self, words: Words, size: Size, width: float) -> Card:
        return make_card(words, size, width, self.paper)

    def _is_frame(self, node: Node) -> bool:
        return isinstance(node.block, Composite) and node.id not in self._folded

    def _box(self, node: Node, occurrences: Occurrences, width: float, root: bool = False) -> Box:
        key = (node, occurrences, width)
        if node.id not in self._unsure:
            known = self._new.get(key) or self._old.get(key)
            if known is not None:
                self._new[key] = known
                return known
        box = self._made(node, occurrences, width, root)
        if node.id not in self._unsure:
            self._new[key] = box
        return box

    def _made(self, node: Node, occurrences: Occurrences, width: float, root: bool) -> Box:
        trouble = self._troubles.get(node.id)
        if not isinstance(node.block, Composite):
            words = words_of(node, occurrences, trouble, None, largest=self._largest)
            card = self._card(words, "full" if root else "compact", width)
            return Box(node, card, width, card.height, (), frozenset((node.id,)))
        framed = self._is_frame(node)
        hidden = None
        if not framed and node.id in self._unsure:
            hidden = hidden_trouble(node, self._troubles)
        words = words_of(node, occurrences, trouble, not framed, hidden, self._largest, leads=not self.paper)
        if not framed:
            card = self._card(words, "full" if root else "compact", width)
            return Box(node, card, width, card.height, (), frozenset((node.id,)))
        return self._frame(node, occurrences, width, self._card(words, "frame", width))

    def _frame(self, node: Node, occurrences: Occurrences, width: float, header: Card) -> Box:
        lane = _lane(node)
        taken = lane + COLUMN_GAP if lane else 0.0
        widths = self._column_widths(node, occurrences, width - taken)
        many = len(widths) > 1 or lane > 0
        top = header.height + (BUS if many else 2)
        columns, x = [], PAD
        if lane:
            columns.append(Column(LANE, x, top, lane, 0, (), "", ""))
            x += taken
        for number in range(len(node.stacks)):
            column = self._column(node, number, inside(occurrences, number), (x, top, widths[number]))
            columns.append(column)
            x += widths[number] + COLUMN_GAP
        tallest = max((c.height for c in columns), default=EMPTY_HEIGHT)
        columns = [Column(c.stack, c.x, c.y, c.width, tallest, c.children, c.label, c.shape) for c in columns]
        below = BUS + MERGE if many else PAD
        ids = frozenset((node.id,)).union(*(p.box.ids for c in columns for p in c.children))
        return Box(node, header, width, top + tallest + below, tuple(columns), ids)

    def _column(
        self,
        parent: Node,
        number: int,
        occurrences: Mapping[str, Occurrences],
        place: tuple[float, float, float],
    ) -> Column:
        x, top, width = place
        children: list[Placed] = []
        y, leaving = 0.0, ""
        for node in parent.stacks[number]:
            known = occurrences.get(node.id)
            if known is None:
                continue
            box = self._box(node, known, width)
            if children:
                y += GAP
            children.append(Placed(x, top + y, box))
            y += box.height
            leaving = leaving if node.disabled else shape(known[-1].output)
        composite = parent.block
        label = str(composite.stack_label(number)) if isinstance(composite, Composite) else ""
        return Column(number, x, top, width, y if children else EMPTY_HEIGHT, tuple(children), label, leaving)

    def _column_widths(self, node: Node, occurrences: Occurrences, width: float) -> list[float]:
        natural = self._natural_columns(node, occurrences)
        room = width - 2 * PAD - COLUMN_GAP * (len(natural) - 1)
        spare = room - sum(natural)
        filled = [number for number, stack in enumerate(node.stacks) if stack] or list(range(len(natural)))
        return [w + (spare / len(filled) if number in filled else 0.0) for number, w in enumerate(natural)]

    def _natural_columns(self, node: Node, occurrences: Occurrences) -> list[float]:
        return [
            self._natural_column(stack, inside(occurrences, number), len(node.stacks))
            for number, stack in enumerate(node.stacks)
        ]

    def _natural_column(self, stack: Stack, occurrences: Mapping[str, Occurrences], beside: int) -> float:
        if not stack:
            return EMPTY_SIDE if beside > 1 else COLUMN_MAX
        widths = [COLUMN_MIN]
        for node in stack:
            known = occurrences.get(node.id)
            if known is not None:
                widths.append(self._natural(node, known, with_shape=beside < 3))
        return max(widths)

    def _natural(self, node: Node, occurrences: Occurrences, with_shape: bool = True) -> float:
        key = (node, occurrences, with_shape)
        known = self._naturals.get(key)
        if known is None:
            known = self._naturals[key] = self._measured(node, occurrences, with_shape)
        return known

    def _measured(self, node: Node, occurrences: Occurrences, with_shape: bool) -> float:
        if self._is_frame(node):
            columns = self._natural_columns(node, occurrences)
            lane = _lane(node)
            return sum(columns) + 2 * PAD + COLUMN_GAP * (len(columns) - 1 + (lane > 0)) + lane
        words = words_of(node, occurrences, None, True if node.stacks else None, largest=self._largest)
        return min(COLUMN_MAX, natural_width(words, with_shape))


def _lane(node: Node) -> float:
    """The width of the lane on which the trunk passes a side head."""
    return EMPTY_SIDE if isinstance(node.block, Composite) and node.block.root_only else 0.0


def _cut(trunk: tuple[Report, ...]) -> Iterator[tuple[Report, ...]]:
    """The trunk in sections.

    Whether one begins at a block depends on the block's id alone, so that an edit changes the section it is
    made in and leaves all others what they are.
    """
    starts = [
        at for at, report in enumerate(trunk) if at == 0 or crc32(report.node.id.encode()) % SECTION == 0
    ]
    for start, end in pairwise([*starts, len(trunk)]):
        yield trunk[start:end]


def _with_ancestors(stack: Stack, ids: frozenset[str]) -> Iterator[str]:
    """Those of the nodes, and of the composites around them."""
    for node in stack:
        if not ids.isdisjoint(node.ids):
            yield node.id
            for inner in node.stacks:
                yield from _with_ancestors(inner, ids)
