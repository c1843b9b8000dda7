"""From the matrix back to maps, and what the matrix costs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.core.quantity import byte_text
from cnnstudio.ui.learn.convolution.numbers_at import NumbersAt
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Grid, Note, Panel, Sign

_ROWS = 6
_BATCH = 100


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnConv2d", text)


def reshape_panel(numbers: NumbersAt) -> Panel:
    """A column of the result becomes a map: row by row, then the filters come to the front."""
    view, cell, steps = numbers.view, numbers.cell, numbers.steps
    values = numbers.passage.y[0, view.output]
    first = max(0, min(view.step - 2, steps - _ROWS))
    column = values.reshape(-1, 1)[first : first + _ROWS]
    named = _tr("Map {number}")
    figures = (
        Grid(
            "column",
            _tr("Column {number}").format(number=view.output + 1),
            column,
            {(view.step, 0): "result"},
            (first, 0),
            (steps, 1),
            gaps=(first + _ROWS < steps, False),
        ),
        Sign("→"),
        around("map", named.format(number=view.output + 1), values, {cell: "result"}, (cell, cell), most=6),
        _shapes(numbers),
        _memory(numbers),
    )
    detail = _tr("the rows of the result are the pixels of the maps, one row of pixels after the other")
    return Panel("reshape", _tr("Reshape and transpose: back to maps"), detail, figures)


def _shapes(numbers: NumbersAt) -> Note:
    row, column = numbers.cell
    _, filters, height, width = numbers.passage.y.shape
    return Note(
        (
            f"({height * width}, {filters})",
            f".reshape(1, {height}, {width}, {filters})",
            ".transpose(0, 3, 1, 2)",
            f"= (1, {filters}, {height}, {width})  (N, FN, OH, OW)",
            _tr("row {step} = {row} · {width} + {column}").format(
                step=numbers.view.step, row=row, width=width, column=column
            ),
            f"out[0, {numbers.view.output}, {row}, {column}] = {exact(numbers.result)}",
        )
    )


def _memory(numbers: NumbersAt) -> Note:
    """What the input takes, and what the matrix takes: each pixel is copied into each window it lies in."""
    inputs = int(np.prod(numbers.passage.x.shape[1:]))
    entries = numbers.steps * int(np.prod(numbers.weights.shape)) * numbers.block.groups
    size = numbers.passage.x.itemsize
    return Note(
        (
            _tr("memory, one image"),
            _tr("input:  {size}").format(size=byte_text(inputs * size)),
            _tr("im2col: {size}").format(size=byte_text(entries * size)),
            _tr("{count} images: {size}").format(count=_BATCH, size=byte_text(_BATCH * entries * size)),
            _tr("= {times} × the input").format(times=exact(round(entries / inputs, 1))),
        )
    )
