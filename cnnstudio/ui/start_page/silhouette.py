"""An architecture at a glance, as papers draw it: from left to right a column a layer.

A column is as tall as the map and as thick as it has channels; what only passes values on is left out.
"""

from collections.abc import Iterator, Sequence
from math import log2, sqrt
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from cnnstudio.core.block import Category, Composite
from cnnstudio.core.infer import Inference, Report, StackReport
from cnnstudio.core.shape import Shape, is_map
from cnnstudio.ui.theme import Tokens, block_colour

_SHOWN = ("Convolution", "Pooling", "Dense")
_THICKEST = 2.4
"""Pixels for a doubling of the channels, in a network that leaves room."""
_FIXED = 5.0
"""Pixels of the input and of a vector."""
_GAP = 2.0
_LEAST = 0.14
"""Of the height: the smallest map is still seen."""
_TALLEST_VECTOR = 0.62


class Column(NamedTuple):
    """One layer: what colours it, and the shape that leaves it."""

    block: str
    category: Category | None
    """None for the input."""
    shape: Shape


def columns(inference: Inference) -> tuple[Column, ...]:
    """The layers of the trunk in order, each repetition for itself; the input comes first."""
    return (Column("", None, inference.document.input.shape), *_stack(inference.body))


def _stack(stack: StackReport) -> Iterator[Column]:
    for report in stack.reports:
        yield from _node(report)


def _node(report: Report) -> Iterator[Column]:
    block = report.block
    if isinstance(block, Composite):
        if not block.root_only:
            yield from _composite(report, block)
    elif block.category in _SHOWN and report.output is not None and report.output != report.input:
        if block.category != "Dense" or report.params:
            yield Column(type(block).__name__, block.category, report.output)
    elif block.category == "Convolution" and report.output is not None:
        yield Column(type(block).__name__, block.category, report.output)


def _composite(report: Report, block: Composite) -> Iterator[Column]:
    for part in report.rounds:
        inner = [tuple(_stack(stack)) for stack in part.stacks]
        # The longest branch stands for all of them, the body for its shortcut.
        chosen = max(inner, key=len, default=()) if block.open_ended else inner[0]
        for _ in range(part.times):
            yield from chosen


def draw(painter: QPainter, area: QRectF, layers: Sequence[Column], t: Tokens) -> None:
    """Paints the columns into an area, centred across, from its left edge on."""
    widest = max((max(layer.shape[1:]) for layer in layers if is_map(layer.shape)), default=1)
    # Columns too thin to be told apart become one stair.
    gap = _GAP if area.width() / len(layers) > 3 * _GAP else 1.0 if area.width() / len(layers) > 3 else 0.0
    x = area.left()
    for layer, thick in zip(layers, _thickness(layers, area.width() - gap * (len(layers) - 1))):
        height = area.height() * _height(layer.shape, widest)
        colour = block_colour(layer.block, layer.category) if layer.category else t.neutral
        seamless = thick if gap else thick + 0.5
        painter.fillRect(QRectF(x, area.center().y() - height / 2, seamless, height), QColor(colour))
        x += thick + gap


def _thickness(layers: Sequence[Column], room: float) -> list[float]:
    """Pixels: by the doublings of the channels for what computes on maps, always the same for the rest."""
    doublings = [
        log2(1 + layer.shape[0]) if layer.category and is_map(layer.shape) else 0.0 for layer in layers
    ]
    room -= _FIXED * doublings.count(0.0)
    unit = min(_THICKEST, room / (sum(doublings) or 1))
    return [unit * number or _FIXED for number in doublings]


def _height(shape: Shape, widest: int) -> float:
    """The share of the height: the root of the side, so that 7 pixels of 224 are more than a dot."""
    if is_map(shape):
        return max(_LEAST, sqrt(max(shape[1:]) / widest))
    return _TALLEST_VECTOR * min(1.0, max(0.2, log2(max(shape[0], 2)) / 12))
