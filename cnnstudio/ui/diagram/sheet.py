"""A sheet: the network's blocks in their places on paper, with the wires between and a caption above."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from cnnstudio.app.steps import Steps, at_once
from cnnstudio.app.store import INPUT_ID, OUTPUT_ID
from cnnstudio.core.infer import Inference
from cnnstudio.core.quantity import grouped, short
from cnnstudio.ui.build.card import Card
from cnnstudio.ui.build.layout import ROOT_GAP, Box, Layout, Layouter
from cnnstudio.ui.build.say import shape
from cnnstudio.ui.build.tensor_glyph import Glyph, glyph_of
from cnnstudio.ui.build.texts import Face, width
from cnnstudio.ui.build.words import Trouble
from cnnstudio.ui.diagram.columns import Span, column_height, columns_of

MARGIN = 24.0
CAPTION = 54.0
"""Height of the caption with the room below it."""
GUTTER = 56.0
"""Between two columns, where the wire to the next one climbs."""
MOST_COLUMNS = 8
_WIDEST_CAPTION = 640.0

_tr = QCoreApplication.translate
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands above the network."""

    title: str
    facts: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the trunk, the input or the output, with its top left corner on the sheet."""

    x: float
    y: float
    block_id: str
    what: Box | Card


@dataclass(frozen=True, slots=True)
class Wire:
    """Runs from block to block; the shape that flows through is written at a point.

    The small block that shows it has its right end at ``glyph_at``, in the middle of its height.
    """

    points: tuple[Point, ...]
    shape: str
    at: Point
    glyph: Glyph | None
    glyph_at: Point


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything to be painted, in pixels of the canvas."""

    width: float
    height: float
    caption: Caption
    blocks: tuple[Block, ...]
    wires: tuple[Wire, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A network laid out for paper: nothing is selected, and no fixes are offered."""

    caption: Caption
    trunk: tuple[tuple[str, Box | Card], ...]
    shapes: tuple[str, ...]
    """What flows into each element but the first."""
    glyphs: tuple[Glyph | None, ...]

    @property
    def heights(self) -> tuple[float, ...]:
        """Of the blocks of the trunk, input and output included."""
        return tuple(what.height for _, what in self.trunk)


def diagram_of(inference: Inference, folded: Collection[str]) -> Diagram:
    """Lays the document of an inference out, with the composites collapsed that are so on the canvas."""
    return at_once(diagram_steps(inference, folded))


def diagram_steps(inference: Inference, folded: Collection[str]) -> Steps[Diagram]:
    """The same in small steps."""
    troubles: dict[str, Trouble] = {}
    for problem in inference.problems:
        troubles.setdefault(problem.node or "", Trouble(problem, ()))
    layout: Layout = yield from Layouter(paper=True).steps(inference, troubles, folded)
    trunk: list[tuple[str, Box | Card]] = [(INPUT_ID, layout.input)]
    trunk += [(placed.box.node.id, placed.box) for placed in layout.boxes]
    trunk.append((OUTPUT_ID, layout.output))
    size = inference.document.input
    glyphs = tuple(glyph_of(flow, max(size.height, size.width)) for flow in layout.flows)
    return Diagram(_caption(inference), tuple(trunk), layout.shapes, glyphs)


def _caption(inference: Inference) -> Caption:
    document = inference.document
    facts = _tr("Diagram", "{params} parameters · {macs} MACs · input {size}").format(
        params=grouped(inference.params), macs=short(inference.macs), size=shape(document.input.shape)
    )
    return Caption(document.name, facts)


def sheet_of(diagram: Diagram, columns: int = 1) -> Sheet:
    """Places a diagram in so many columns."""
    spans = columns_of(diagram.heights, ROOT_GAP, columns)
    widths = [max(what.width for _, what in diagram.trunk[slice(*span)]) for span in spans]
    # From the second column on, the wire enters from above.
    tops = [MARGIN + CAPTION + (ROOT_GAP if number else 0) for number in range(len(spans))]
    content = sum(widths) + GUTTER * (len(spans) - 1)
    wide = max(content, _caption_width(diagram.caption))
    blocks: list[Block] = []
    left = MARGIN + (wide - content) / 2
    for span, column, top in zip(spans, widths, tops, strict=True):
        blocks += _column(diagram, span, left + column / 2, top)
        left += column + GUTTER
    bottom = max(
        top + column_height(diagram.heights, ROOT_GAP, span) for span, top in zip(spans, tops, strict=True)
    )
    # The wire to the next column leaves below the last block.
    below = MARGIN if len(spans) == 1 else max(MARGIN, ROOT_GAP)
    ends = {last for _, last in spans}
    wires = tuple(
        _climbing(upper, lower, what, left=min(b.x for b in _together(blocks, spans, number)))
        if number in ends
        else _straight(upper, lower, what)
        for number, (upper, lower, what) in enumerate(
            zip(blocks, blocks[1:], zip(diagram.shapes, diagram.glyphs, strict=True), strict=False), start=1
        )
    )
    return Sheet(wide + 2 * MARGIN, bottom + below, diagram.caption, tuple(blocks), wires)


def fitting_sheet(diagram: Diagram, wide: float, high: float) -> tuple[Sheet, float]:
    """The sheet whose columns fill a page best, and the scale at which it fits: never above 1."""
    return largest_sheet(diagram, lambda sheet: min(1.0, wide / sheet.width, high / sheet.height))


def largest_sheet(diagram: Diagram, scale_of: Callable[[Sheet], float]) -> tuple[Sheet, float]:
    """The sheet with as few columns as allow the largest scale, and that scale."""
    best: tuple[Sheet, float] | None = None
    for columns in range(1, MOST_COLUMNS + 1):
        sheet = sheet_of(diagram, columns)
        scale = scale_of(sheet)
        if best is None or scale > best[1] * 1.02:  # fewer columns read better
            best = sheet, scale
    assert best is not None
    return best


def _caption_width(caption: Caption) -> float:
    widest = max(width(caption.title, Face.TITLE) * 1.3, width(caption.facts, Face.SMALL))
    return min(_WIDEST_CAPTION, widest + 2)


def _column(diagram: Diagram, span: Span, middle: float, top: float) -> list[Block]:
    blocks, y = [], top
    for block_id, what in diagram.trunk[slice(*span)]:
        blocks.append(Block(middle - what.width / 2, y, block_id, what))
        y += what.height + ROOT_GAP
    return blocks


def _together(blocks: list[Block], spans: tuple[Span, ...], number: int) -> list[Block]:
    """The blocks of the column that begins at a number."""
    return next(blocks[first:last] for first, last in spans if first == number)


def _middle(block: Block) -> float:
    return block.x + block.what.width / 2


def _straight(upper: Block, lower: Block, what: tuple[str, Glyph | None]) -> Wire:
    x, start = _middle(upper), upper.y + upper.what.height
    middle = (start + lower.y) / 2
    return Wire(((x, start), (x, lower.y)), what[0], (x + 8, middle + 4.5), what[1], (x - 8, middle))


def _climbing(upper: Block, lower: Block, what: tuple[str, Glyph | None], left: float) -> Wire:
    """From the foot of a column to the head of the next, whose blocks begin at ``left``."""
    x, start, end = _middle(upper), upper.y + upper.what.height, _middle(lower)
    half, gutter = ROOT_GAP / 2, left - GUTTER / 2
    points = (
        (x, start),
        (x, start + half),
        (gutter, start + half),
        (gutter, lower.y - half),
        (end, lower.y - half),
        (end, lower.y),
    )
    text, glyph = what
    # The wire comes from the left: both stand at its right.
    behind = end + 16 + width(text, Face.SHAPE) + (glyph.across if glyph else 0)
    return Wire(points, text, (end + 8, lower.y - half + 4.5), glyph, (behind, lower.y - half))
