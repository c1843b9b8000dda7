"""The part of a map that is shown: as much as can be read, around what matters."""

from __future__ import annotations

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.scene import Cell, Grid, Mark

MOST = 9
"""Rows and columns that are shown at once."""


def around(
    name: str,
    title: str,
    values: Array,
    marks: dict[Cell, Mark],
    focus: tuple[Cell, Cell],
    most: int = MOST,
    origin: Cell = (0, 0),
) -> Grid:
    """A grid with ``focus`` (first and last cell) in sight, as near to its middle as the map's edges allow.

    ``origin`` is the place that the values' first cell has in the map, negative where padding comes first.
    """
    rows = _span(values.shape[0], focus[0][0] - origin[0], focus[1][0] - origin[0], most)
    columns = _span(values.shape[1], focus[0][1] - origin[1], focus[1][1] - origin[1], most)
    shown = values[rows.start : rows.stop, columns.start : columns.stop]
    corner = rows.start + origin[0], columns.start + origin[1]
    return Grid(
        name,
        title,
        shown,
        marks,
        corner,
        (values.shape[0], values.shape[1]),
        gaps=(rows.stop < values.shape[0], columns.stop < values.shape[1]),
        full=None if shown.shape == values.shape else values,
        full_corner=origin,
    )


def _span(size: int, first: int, last: int, most: int) -> range:
    length = min(size, max(most, last - first + 1))
    start = (first + last + 1 - length) // 2
    start = max(0, min(start, size - length))
    return range(start, start + length)
