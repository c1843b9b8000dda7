"""The blocks of a network as modules: where each is, what leaves it, and what of the picture it sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from cnnstudio.codegen import Generated
from cnnstudio.core.block import Block, Composite
from cnnstudio.core.document import Document, Node
from cnnstudio.core.infer import Report, StackReport, infer
from cnnstudio.core.reach import POINT, Reach, then
from cnnstudio.core.shape import Shape
from cnnstudio.engine.errors import EngineError

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


def blocks_of(document: Document, generated: Generated) -> tuple[BlockAt, ...]:
    """All blocks that work on a picture, in the order in which they do; without side heads."""
    passed: dict[str, int] = defaultdict(int)
    found = []
    for node, block, output, reach in _in_order(infer(document).body, POINT):
        paths = generated.paths.get(node.id, ())
        number = passed[node.id]
        passed[node.id] += 1
        if number < len(paths) and output is not None:
            inner = isinstance(block, Composite) and len(block.stacks) == 1 and not block.open_ended
            found.append(BlockAt(paths[number], node.id, type(block).__name__, output, reach, inner))
    return tuple(found)


def named(blocks: tuple[BlockAt, ...], path: str) -> BlockAt:
    """The block at a path; raises :class:`EngineError` where there is none."""
    for block in blocks:
        if block.path == path:
            return block
    raise EngineError(f"The network has no block at {path!r}: choose one of its blocks.")


_Found = tuple[Node, Block, Shape | None, Reach | None]


def _in_order(stack: StackReport, entering: Reach | None) -> Iterator[_Found]:
    """Children first; ``entering`` is the reach of what goes in."""
    for report in stack.reports:
        if isinstance(report.block, Composite):
            if report.block.root_only:  # a side head: only training has it
                continue
            yield from _composite(report, report.block, entering)
            entering = then(entering, report.reach)
        else:
            entering = then(entering, report.reach)
            yield report.node, report.block, report.output, entering


def _composite(report: Report, block: Composite, entering: Reach | None) -> Iterator[_Found]:
    for turn in report.rounds:
        for _ in range(turn.times):
            for stack in turn.stacks:
                yield from _in_order(stack, entering)
            inner = block.merged_reach([stack.reach for stack in turn.stacks]) if turn.stacks else POINT
            entering = then(entering, inner)
    yield report.node, block, report.output, entering
