"""What an explainer shows at one step, as data: grids of numbers, signs between them, notes beside them.

Explainers make scenes and know nothing of widgets; the board paints scenes and knows nothing of blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from cnnstudio.numpy_engine.layer import Array

Mark = Literal["window", "filter", "result", "gradient", "touched", "padding"]
"""What a cell is at this step, which decides its colour."""
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Numbers in rows and columns.

    ``values`` may be a part of a larger map: ``corner`` is the place of its first cell there, ``whole`` the
    size of that map. Cells and marks are told in the places of the whole map. ``shaded``: each cell's
    background shows its value, for maps that are read as pictures.
    """

    name: str
    title: str
    values: Array
    marks: dict[Cell, Mark] = field(default_factory=dict)
    corner: Cell = (0, 0)
    whole: Cell | None = None
    shaded: bool = False
    gaps: tuple[bool, bool] = (False, False)
    """Whether rows, and columns, are left out below and right of what is shown."""
    full: Array | None = None
    """The whole map where only a part is shown, for a small picture beside it."""
    largest: float | None = None
    """The size that decides in which unit numbers are written; grids that are added share it."""
    full_corner: Cell = (0, 0)
    """The place of the first cell of :attr:`full`, negative where padding comes first."""

    @property
    def size(self) -> float:
        """Of its largest number, whatever the sign; 0 where there is none."""
        return float(np.nanmax(np.abs(self.values), initial=0.0))


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on a picture: its first and its last cell."""

    first: Cell
    last: Cell
    mark: Mark = "window"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A map (H, W) as an image, dark to light from its least to its largest value."""

    name: str
    title: str
    values: Array
    frames: tuple[Frame, ...] = ()
    side: float = 150.0
    """Of its longer side, in pixels."""
    signed: bool = False
    """Zero is grey: for filters and what they answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A function by its points, with the place on it that is looked at.

    ``slope``: the tangent there is drawn. ``filled``: the area below is, as in a histogram.
    """

    name: str
    title: str
    xs: Array
    ys: Array
    point: tuple[float, float] | None = None
    slope: float | None = None
    filled: bool = False
    size: tuple[float, float] = (250.0, 150.0)


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Named numbers as lines of bars, to the left where they are negative; some of them are marked."""

    name: str
    title: str
    labels: tuple[str, ...]
    values: Array
    marks: dict[int, Mark] = field(default_factory=dict)
    width: float = 330.0


@dataclass(frozen=True, slots=True)
class Sign:
    """``×``, ``+ b =`` …, between two figures."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Lines of arithmetic in a box; the last one is the result."""

    lines: tuple[str, ...]


Figure = Grid | Sign | Note | Picture | Curve | Bars


@dataclass(frozen=True, slots=True)
class Panel:
    """One card: a title with what is to be known beside it, and figures in a row."""

    name: str
    title: str
    detail: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is shown at one step. ``sentence`` says it in words, for those who do not see it too."""

    panels: tuple[Panel, ...]
    sentence: str
