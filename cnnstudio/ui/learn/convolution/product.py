"""The same as one matrix product: each window a row (im2col), each filter a column."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.core.quantity import byte_text, grouped
from cnnstudio.ui.learn.convolution.numbers_at import NumbersAt
from cnnstudio.ui.learn.scene import Grid, Panel, Sign

_ROWS, _COLUMNS, _FILTERS = 6, 12, 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnConv2d", text)


def product_panel(numbers: NumbersAt) -> Panel:
    """The matrix with the window's row, the filters with the filter's column, the result's cell."""
    rows, columns = numbers.steps, int(np.prod(numbers.weights.shape))
    filters = numbers.filters // numbers.block.groups
    step, chosen = numbers.view.step, numbers.view.output % filters
    first = max(0, min(step - 2, rows - _ROWS))
    last = min(rows, first + _ROWS)
    matrix = np.stack([numbers.at(row).window.ravel() for row in range(first, last)])
    group = slice(numbers.group * filters, (numbers.group + 1) * filters)
    weights = numbers.passage.layer.params["weight"][group].reshape(filters, -1).T
    result = numbers.passage.y[0, group].reshape(filters, -1).T
    shown = max(0, min(chosen - 1, filters - _FILTERS))
    some = slice(shown, shown + _FILTERS)
    figures = (
        Grid(
            "matrix",
            _tr("im2col"),
            matrix[:, :_COLUMNS],
            {(step, j): "window" for j in range(_COLUMNS)},
            (first, 0),
            (rows, columns),
            gaps=(last < rows, columns > _COLUMNS),
        ),
        Sign("×"),
        Grid(
            "filters",
            _tr("Filters"),
            weights[:_ROWS, some],
            {(i, chosen): "filter" for i in range(_ROWS)},
            (0, shown),
            (columns, filters),
            gaps=(columns > _ROWS, shown + _FILTERS < filters),
        ),
        Sign(_tr("+ b =") if numbers.bias is not None else "="),
        Grid(
            "result",
            _tr("Output"),
            result[first:last, some],
            {(step, chosen): "result"},
            (first, shown),
            (rows, filters),
            gaps=(last < rows, shown + _FILTERS < filters),
        ),
    )
    return Panel("product", _tr("The same as one matrix product (im2col)"), _sizes(numbers), figures)


def _sizes(numbers: NumbersAt) -> str:
    _, channels, height, width = numbers.passage.x.shape
    _, _, out_h, out_w = numbers.passage.y.shape
    rows, columns = numbers.steps, int(np.prod(numbers.weights.shape))
    filters = numbers.filters // numbers.block.groups
    text = _tr(
        "one row per window: {rows} × {columns} · filters as columns: {columns} × {filters}"
        " → {rows} × {filters} → {height}×{width}×{filters} · {before} become {after}"
    )
    itemsize = numbers.passage.x.itemsize
    return text.format(
        rows=grouped(rows),
        columns=grouped(columns),
        filters=filters,
        height=out_h,
        width=out_w,
        before=byte_text(channels * height * width * itemsize),
        after=byte_text(rows * columns * numbers.block.groups * itemsize),
    )
