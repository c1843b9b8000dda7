"""Sigmoids and tanhs whose answers lie at the ends, where their slope is nearly zero."""

from math import isfinite

from cnnstudio.core.doctor.advice import Advice, Remedy
from cnnstudio.core.doctor.case import Case, named
from cnnstudio.core.doctor.remedies import only, replaced, settings, with_batch_norm
from cnnstudio.core.doctor.words import percent
from cnnstudio.core.document import Node, walk
from cnnstudio.core.health import BlockHealth, Histogram

RULE = "saturation"
SOURCE = "Glorot, Bengio, 'Understanding the difficulty of training deep feedforward neural networks', 2010"

ENDS = {"Sigmoid": (0.05, 0.95), "Tanh": (-0.9, 0.9)}
"""Beyond these the slope is below a fifth of the steepest: σ(1 − σ) = 0.0475 of 0.25, 1 − tanh² = 0.19."""
MOST = 0.5
"""Share of the answers at the ends: half of the gradient stops here, at each such layer."""


def look(case: Case) -> Advice | None:
    """The worst of the blocks at the last look; gates (branches that multiply) are meant to open and shut."""
    if case.latest is None:
        return None
    nodes = {node.id: node for node in walk(case.document.body)}
    gates = _gates(case.document.body)
    shares = [
        (share_at_ends(block.activations, *ENDS[block.kind]), block)
        for block in case.latest.blocks
        if block.kind in ENDS and block.activations is not None and block.node not in gates
    ]
    sick = [(share, block) for share, block in shares if share >= MOST]
    if not sick:
        return None
    share, worst = max(sick, key=lambda pair: pair[0])
    text = "{share} of what leaves {block} lies at the ends of its range, where the slope is nearly zero."
    values = {"share": percent(share), "block": named(nodes.get(worst.node), worst.path, worst.kind)}
    remedies = only(replaced(case, _nodes(sick, nodes), "ReLU"), with_batch_norm(case), _xavier(case))
    return Advice(RULE, "warning", text, values, worst.node, case.latest.epoch, remedies, SOURCE)


def _xavier(case: Case) -> Remedy | None:
    """The source's own initialisation, which keeps sums where these functions are steep."""
    return settings(case, init__name="xavier")


def share_at_ends(histogram: Histogram, low: float, high: float) -> float:
    """The share of a histogram's values outside of (low, high); a bin that is cut counts in proportion."""
    total = sum(histogram.counts)
    width = (histogram.high - histogram.low) / max(1, len(histogram.counts))
    if not total or not isfinite(width):
        return 0.0
    if width <= 0:
        return float(not low < histogram.low < high)
    outside = 0.0
    for index, count in enumerate(histogram.counts):
        left = histogram.low + index * width
        inside = max(0.0, min(left + width, high) - max(left, low))
        outside += count * (1 - min(1.0, inside / width))
    return outside / total


def _nodes(sick: list[tuple[float, BlockHealth]], nodes: dict[str, Node]) -> list[Node]:
    return [nodes[i] for i in dict.fromkeys(block.node for _, block in sick) if i in nodes]


def _gates(stack: tuple[Node, ...]) -> set[str]:
    return {
        inner.id
        for node in walk(stack)
        if getattr(node.block, "merge", "") == "multiply"
        for branch in node.stacks
        for inner in walk(branch)
    }
