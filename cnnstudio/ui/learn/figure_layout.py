"""Where the figures of a panel stand: side by side, centred on one line, as large as the width allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from cnnstudio.ui.learn.scene import Cell, Figure, Grid, Note, Sign
from cnnstudio.ui.theme import mono_font, ui_font

CELL, LEAST_CELL = 34.0, 15.0
GAP = 26.0
TITLE = 22.0
NOTE_LINE, NOTE_PAD = 19.0, 11.0
ELLIPSIS = 12.0
"""Room for the dots that stand for rows or columns that are left out."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A figure in its place; ``cell`` is the side of a grid's cells in pixels."""

    figure: Figure
    box: QRectF
    cell: float = 0.0

    def cell_box(self, row: int, column: int) -> QRectF:
        """The place of a grid's cell; row and column are those of the whole map."""
        assert isinstance(self.figure, Grid)
        top, left = self.figure.corner
        x = self.box.x() + (column - left) * self.cell
        y = self.box.y() + TITLE + (row - top) * self.cell
        return QRectF(x, y, self.cell, self.cell)

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell of the whole map under a point."""
        if not isinstance(self.figure, Grid):
            return None
        row = int((point.y() - self.box.y() - TITLE) // self.cell)
        column = int((point.x() - self.box.x()) // self.cell)
        rows, columns = self.figure.values.shape
        if not (0 <= row < rows and 0 <= column < columns):
            return None
        return self.figure.corner[0] + row, self.figure.corner[1] + column


def placed(figures: Sequence[Figure], width: float) -> tuple[tuple[Placed, ...], float]:
    """The figures within a width, and the height that they take."""
    columns = sum(figure.values.shape[1] for figure in figures if isinstance(figure, Grid))
    rest = sum(_fixed_width(figure) for figure in figures) + GAP * (len(figures) - 1)
    cell = min(CELL, max(LEAST_CELL, (width - rest) / columns)) if columns else CELL
    cell = float(int(cell))
    sizes = [_size(figure, cell) for figure in figures]
    height = max((size[1] for size in sizes), default=0.0)
    x = max(0.0, (width - rest - cell * columns) / 2)
    found = []
    for figure, (wide, high) in zip(figures, sizes, strict=True):
        lift = TITLE / 2 if isinstance(figure, Grid) else 0.0
        top = max(0.0, (height - high) / 2 - lift + TITLE / 2)
        found.append(Placed(figure, QRectF(x, top, wide, high), cell))
        x += wide + GAP
    return tuple(found), height + TITLE / 2


def _fixed_width(figure: Figure) -> float:
    match figure:
        case Sign(text):
            return QFontMetricsF(ui_font(22)).horizontalAdvance(text)
        case Note(lines):
            metrics = QFontMetricsF(mono_font(12))
            return max(map(metrics.horizontalAdvance, lines), default=0.0) + 2 * NOTE_PAD
    return ELLIPSIS if figure.gaps[1] else 0.0


def _size(figure: Figure, cell: float) -> tuple[float, float]:
    match figure:
        case Sign():
            return _fixed_width(figure), 30.0
        case Note(lines):
            return _fixed_width(figure), len(lines) * NOTE_LINE + 2 * NOTE_PAD
    rows, columns = figure.values.shape
    return (
        columns * cell + _fixed_width(figure),
        TITLE + rows * cell + (ELLIPSIS if figure.gaps[0] else 0.0),
    )
