"""The blocks of a network as modules: where each is, what leaves it, and what of the picture it sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from cnnstudio.codegen import Generated
from cnnstudio.core.block import Block, Composite
from cnnstudio.core.document import Document, Node
from cnnstudio.core.infer import Report, StackReport, infer
from cnnstudio.core.reach import POINT, Reach, then
from cnnstudio.core.shape import Shape
from cnnstudio.engine.errors import LastingError

CONVOLUTIONS = ("Conv2d", "DepthwiseConv2d")


@dataclass(frozen=True, slots=True)
class BlockAt:
    """One block in one repetition: its module's path, its node, and what is known without running it.

    ``reach`` is what one number of its output sees of the input, None for all of it.
    """

    path: str
    node: str
    kind: str
    output: Shape
    reach: Reach | None
    passes_on: bool
    """Whether what leaves it is what leaves the last block inside (a Repeat, a Group)."""
    laid: tuple[int, int] | None = None
    """Height and width of the map whose places the numbers of a vector are, row by row: behind a Flatten."""

    def place(self, number: int, at: int) -> tuple[int, int]:
        """The row and column in the map that :attr:`reach` counts from: of place ``at`` in map ``number``, or
        of that number of a vector."""
        if self.laid is not None:
            return divmod(number % (self.laid[0] * self.laid[1]), self.laid[1])
        return divmod(at, self.output[2]) if len(self.output) == 3 else (0, 0)


def blocks_of(document: Document, generated: Generated) -> tuple[BlockAt, ...]:
    """All blocks that work on a picture, in the order in which they do; without side heads."""
    passed: dict[str, int] = defaultdict(int)
    found = []
    for node, block, output, reach, laid in _in_order(infer(document).body, POINT, None):
        paths = generated.paths.get(node.id, ())
        number = passed[node.id]
        passed[node.id] += 1
        if number < len(paths) and output is not None:
            inner = isinstance(block, Composite) and len(block.stacks) == 1 and not block.open_ended
            # Where the numbers of a vector lie is not known of all: then they may see all of the picture.
            seen = reach if len(output) == 3 or laid is not None else None
            found.append(BlockAt(paths[number], node.id, type(block).__name__, output, seen, inner, laid))
    return tuple(found)


def named(blocks: tuple[BlockAt, ...], path: str) -> BlockAt:
    """The block at a path; raises :class:`EngineError` where there is none."""
    for block in blocks:
        if block.path == path:
            return block
    raise LastingError(f"The network has no block at {path!r}: choose one of its blocks.")


_Laid = tuple[int, int] | None
_Found = tuple[Node, Block, Shape | None, Reach | None, _Laid]


def _in_order(stack: StackReport, entering: Reach | None, laid: _Laid) -> Iterator[_Found]:
    """Children first; ``entering`` is the reach of what goes in, and ``laid`` how, where it is a vector."""
    for report in stack.reports:
        if isinstance(report.block, Composite):
            if report.block.root_only:  # a side head: only training has it
                continue
            yield from _composite(report, report.block, entering, laid)
            entering, laid = then(entering, report.reach), None
        else:
            entering, laid = then(entering, report.reach), _laid(report, laid)
            yield report.node, report.block, report.output, entering, laid


def _laid(report: Report, entering: _Laid) -> _Laid:
    before, after = report.input, report.output
    if before is None or after is None or len(after) == 3:
        return None
    if len(before) == 3:
        return (before[1], before[2]) if prod(before) == after[0] else None
    return entering if before == after else None


def _composite(report: Report, block: Composite, entering: Reach | None, laid: _Laid) -> Iterator[_Found]:
    for turn in report.rounds:
        for _ in range(turn.times):
            for stack in turn.stacks:
                yield from _in_order(stack, entering, laid)
            inner = block.merged_reach([stack.reach for stack in turn.stacks]) if turn.stacks else POINT
            entering = then(entering, inner)
    yield report.node, block, report.output, entering, None
