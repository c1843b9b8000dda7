"""The way back: dx by col2im's overlapping sums, dW by the windows that were seen, db by adding up."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.core.fields import pair
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.convolution.numbers_at import NumbersAt
from cnnstudio.ui.learn.convolution.overlaps import overlaps_panel
from cnnstudio.ui.learn.convolution.sliding import filter_grid, window_marks
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.scene import Cell, Figure, Grid, Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnConv2d", text)


def backward_scene(numbers: NumbersAt) -> Scene:
    """What one output pixel's gradient does: to the input, to the filter, to the bias."""
    row, column = numbers.cell
    sentence = _tr(
        "The gradient {value} of output row {row}, column {column} goes to the {count} pixels that it saw."
    ).format(value=exact(_gradient(numbers)), row=row + 1, column=column + 1, count=numbers.weights[0].size)
    return Scene((_to_input(numbers), overlaps_panel(numbers), _to_weights(numbers)), sentence)


def _gradient(numbers: NumbersAt) -> float:
    return float(numbers.passage.dy[0, numbers.view.output, *numbers.cell])


def _incoming(numbers: NumbersAt) -> Grid:
    title = _tr("Incoming gradient, channel {channel}").format(channel=numbers.view.output + 1)
    cell = numbers.cell
    values = numbers.passage.dy[0, numbers.view.output]
    return around("output gradient", title, values, {cell: "gradient"}, (cell, cell), most=5)


def _to_input(numbers: NumbersAt) -> Panel:
    value, weights = _gradient(numbers), numbers.weights[numbers.view.channel]
    at = _largest(weights)
    height, width = pair(numbers.block.padding)
    dx = np.pad(numbers.passage.dx[0, numbers.channel], [(height, height), (width, width)])
    title = _tr("dx, channel {channel}: all windows")
    figures: tuple[Figure, ...] = (
        _incoming(numbers),
        Sign("·"),
        filter_grid(numbers),
        Sign("→"),
        around(
            "input gradient",
            title.format(channel=numbers.channel + 1),
            dx,
            window_marks(numbers, "touched"),
            numbers.corners,
            origin=(-height, -width),
            most=7,
        ),
        Note(
            (
                _tr("by its largest weight"),
                _tr("this window adds"),
                f"{exact(value)} · {bracketed(float(weights[at]))}",
                f"= {exact(value * float(weights[at]))}",
            )
        ),
    )
    most = int(_overlaps(numbers).max(initial=0))
    detail = _tr("col2im: windows overlap, a pixel here lies in up to {count}, and their shares are added")
    return Panel("to-input", _tr("To the input"), detail.format(count=most), figures)


def _largest(values: Array) -> Cell:
    row, column = np.unravel_index(int(np.abs(values).argmax()), values.shape)
    return int(row), int(column)


def _overlaps(numbers: NumbersAt) -> Array:
    """How many windows saw each pixel (H, W)."""
    from cnnstudio.numpy_engine.sliding import Slide

    _, _, height, width = numbers.passage.x.shape
    slide = Slide((1, 1, height, width), numbers.block.windows())
    rows, columns = numbers.block.windows()
    counts: Array = slide.spread(np.ones((1, 1, *slide.output, rows.kernel, columns.kernel)))[0, 0]
    return counts


def _to_weights(numbers: NumbersAt) -> Panel:
    value, channel = _gradient(numbers), numbers.view.channel
    window = numbers.window[channel]
    total: Array = numbers.passage.layer.grads["weight"][numbers.view.output, channel]
    rows, columns = total.shape
    at = _largest(window)
    figures: list[Figure] = [
        _incoming(numbers),
        Sign("·"),
        Grid(
            "window",
            _tr("What it saw"),
            window,
            {(i, j): "window" for i in range(rows) for j in range(columns)},
        ),
        Sign("Σ →"),
        Grid(
            "weight gradient",
            _tr("dW of filter {number}").format(number=numbers.view.output + 1),
            total,
            {(i, j): "filter" for i in range(rows) for j in range(columns)},
        ),
    ]
    lines = [
        _tr("dW, row {row}, column {column}:").format(row=at[0] + 1, column=at[1] + 1),
        _tr("this window adds"),
        f"{exact(value)} · {bracketed(float(window[at]))}",
        f"= {exact(value * float(window[at]))}",
        _tr("all windows: {value}").format(value=exact(float(total[at]))),
    ]
    bias = numbers.passage.layer.grads.get("bias")
    if bias is not None:
        lines.append(_tr("db = Σ dy = {value}").format(value=exact(float(bias[numbers.view.output]))))
    figures.append(Note(tuple(lines)))
    detail = _tr("the same matrix product, turned round: dW = im2colᵀ × dy")
    return Panel("to-weights", _tr("To the filter and the bias"), detail, tuple(figures))
