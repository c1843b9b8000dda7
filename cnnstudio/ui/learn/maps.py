"""What many explainers do alike: one channel of a map as a grid, or a vector as a column that wraps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.scene import Cell, Figure, Grid, Mark

_NOTHING_BELOW = 20.0
"""So many times smaller numbers would have a single digit."""


def is_map(values: Array) -> bool:
    """Whether a batch holds maps (N, C, H, W) rather than features (N, features)."""
    return values.ndim == 4


def channels(values: Array) -> int:
    """How many maps one image has; 0 for features."""
    return int(values.shape[1]) if is_map(values) else 0


def cells(values: Array) -> int:
    """How many numbers a grid of :func:`plane` has: those of a channel, or all features."""
    return int(np.prod(values.shape[2:])) if is_map(values) else int(values.shape[1])


def plane(values: Array, channel: int) -> Array:
    """One channel (H, W), or the features as rows of ten."""
    if is_map(values):
        chosen: Array = values[0, channel]
        return chosen
    features = values[0]
    rows = -(-len(features) // 10)
    filled = np.full(rows * 10, np.nan, dtype=features.dtype)
    filled[: len(features)] = features
    shaped: Array = filled.reshape(rows, 10)
    return shaped if rows > 1 else shaped[:, : len(features)]


def place(values: Array, step: int) -> Cell:
    """Where the number of a step stands in the grid."""
    width = int(values.shape[3]) if is_map(values) else min(10, int(values.shape[1]))
    return divmod(step, width)


def step_at(values: Array, cell: Cell) -> int | None:
    """The step whose number stands in a cell; None where there is none."""
    width = int(values.shape[3]) if is_map(values) else min(10, int(values.shape[1]))
    step = cell[0] * width + cell[1]
    return step if step < cells(values) else None


def busiest(values: Array, step: int) -> int:
    """The step itself, or where the largest number of a grid stands if that step's is zero."""
    flat = np.nan_to_num(values).ravel()
    return step if step < flat.size and flat[step] else int(np.abs(flat).argmax())


def in_one_unit(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """What is added up or handed on is written in the same unit, unless some of it would read as nothing."""
    sizes = {i: one.size for i, one in enumerate(figures) if isinstance(one, Grid)}
    largest = max(sizes.values(), default=0.0)
    alike = {i for i, size in sizes.items() if size * _NOTHING_BELOW >= largest > 0}
    return tuple(
        replace(one, largest=largest) if i in alike and isinstance(one, Grid) else one
        for i, one in enumerate(figures)
    )


def grid_of(name: str, title: str, values: Array, channel: int, step: int, mark: Mark, most: int = 9) -> Grid:
    """The grid around the number of a step, which is marked; the channel's number is put to the title."""
    cell = place(values, step)
    if is_map(values):
        of = QCoreApplication.translate("Learn", "{title}, channel {channel}")
        title = of.format(title=title, channel=channel + 1)
    grid = around(name, title, plane(values, channel), {cell: mark}, (cell, cell), most=most)
    return grid if is_map(values) else replace(grid, full=None)  # a vector is no picture
