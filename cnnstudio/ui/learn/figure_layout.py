"""Where the figures of a panel stand: side by side, centred on one line, as large as the width allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from cnnstudio.ui.learn.scene import Bars, Cell, Curve, Figure, Grid, Note, Picture, Sign
from cnnstudio.ui.theme import mono_font, ui_font

CELL, LEAST_CELL = 30, 14
COMFORT = 23
"""Cells of so many pixels can be read; to keep them so, small pictures go and notes move below."""
GAP = 22.0
TITLE = 22.0
NOTE_LINE, NOTE_PAD = 19.0, 11.0
BAR_LINE = 18.0
ELLIPSIS = 12.0
"""Room for the dots that stand for rows or columns that are left out."""
THUMB, THUMB_GAP = 46.0, 8.0
_TITLE_MOST = 190.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A figure in its place; ``cell`` is the side of a grid's cells in pixels.

    ``box`` holds a grid's cells below its title; ``thumb`` is where the small picture of the whole map stands
    at their left, and ``title`` how much room the title has.
    """

    figure: Figure
    box: QRectF
    cell: float = 0.0
    thumb: QRectF | None = None
    title: QRectF | None = None

    def cell_box(self, row: int, column: int) -> QRectF:
        """The place of a grid's cell; row and column are those of the whole map."""
        assert isinstance(self.figure, Grid)
        top, left = self.figure.corner
        x = self.box.x() + (column - left) * self.cell
        y = self.box.y() + TITLE + (row - top) * self.cell
        return QRectF(x, y, self.cell, self.cell)

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell of the whole map under a point."""
        match self.figure:
            case Grid(values=values, corner=corner):
                row = int((point.y() - self.box.y() - TITLE) // self.cell)
                column = int((point.x() - self.box.x()) // self.cell)
                inside = 0 <= row < values.shape[0] and 0 <= column < values.shape[1]
                return (corner[0] + row, corner[1] + column) if inside else None
            case Picture(values=values):
                row = int((point.y() - self.box.y() - TITLE) // self.cell)
                column = int((point.x() - self.box.x()) // self.cell)
                inside = 0 <= row < values.shape[0] and 0 <= column < values.shape[1]
                return (row, column) if inside else None
        return None


def placed(figures: Sequence[Figure], width: float) -> tuple[tuple[Placed, ...], float]:
    """The figures within a width, and the height that they take."""
    notes = [figure for figure in figures if isinstance(figure, Note)]
    rest = [figure for figure in figures if not isinstance(figure, Note)]
    tries = [(row, thumbs) for row in (figures, rest) for thumbs in (True, False)]
    fitting = (one for one in tries if _total(one[0], COMFORT, one[1]) <= width)
    row, thumbs = next(fitting, (rest, False))
    lines = _lines(row, width, thumbs)
    if row is rest and notes:
        lines.append([*notes])
    found: list[Placed] = []
    height = 0.0
    for number, line in enumerate(lines):
        placed_ones, height = _row(
            line, width, _cell(line, thumbs, width), thumbs, height + 10 * (number > 0)
        )
        found += placed_ones
    return tuple(found), height + TITLE / 2


def _lines(figures: Sequence[Figure], width: float, thumbs: bool) -> list[list[Figure]]:
    """As few as can be read; a sign goes down with what comes after it."""
    lines: list[list[Figure]] = [[]]
    for figure in figures:
        line = lines[-1]
        if line and _total([*line, figure], COMFORT, thumbs) > width:
            last = [line.pop()] if isinstance(line[-1], Sign) and len(line) > 1 else []
            lines.append([*last, figure])
        else:
            line.append(figure)
    return lines


def _cell(figures: Sequence[Figure], thumbs: bool, width: float) -> int:
    for cell in range(CELL, LEAST_CELL, -1):
        if _total(figures, cell, thumbs) <= width:
            return cell
    return LEAST_CELL


def _total(figures: Sequence[Figure], cell: int, thumbs: bool) -> float:
    return sum(_width(figure, cell, thumbs) for figure in figures) + GAP * (len(figures) - 1)


def _row(
    figures: Sequence[Figure], width: float, cell: int, thumbs: bool, top: float
) -> tuple[tuple[Placed, ...], float]:
    high = max((_height(figure, cell) for figure in figures), default=0.0)
    x = max(0.0, (width - _total(figures, cell, thumbs)) / 2)
    found = []
    for figure in figures:
        wide, tall = _width(figure, cell, thumbs), _height(figure, cell)
        titled = isinstance(figure, Grid | Picture | Curve | Bars)
        y = top + (max(0.0, (high - tall) / 2) if titled else (high + TITLE - tall) / 2)
        found.append(_placed(figure, QRectF(x, y, wide, tall), cell, thumbs))
        x += wide + GAP
    return tuple(found), top + high


def _placed(figure: Figure, whole: QRectF, cell: int, thumbs: bool) -> Placed:
    title = QRectF(whole.x(), whole.y(), whole.width() + GAP - 6, TITLE - 5)
    match figure:
        case Grid():
            if not (thumbs and figure.full is not None):
                return Placed(figure, whole, cell, title=title)
            rows, columns = figure.full.shape
            scale = THUMB / max(rows, columns)
            thumb = QRectF(whole.x(), whole.y() + TITLE, columns * scale, rows * scale)
            return Placed(figure, whole.adjusted(THUMB + THUMB_GAP, 0, 0, 0), cell, thumb, title)
        case Picture(values=values, side=side):
            return Placed(figure, whole, side / max(values.shape), title=title)
        case Curve() | Bars():
            return Placed(figure, whole, title=title)
    return Placed(figure, whole, cell)


def title_width(text: str) -> float:
    """What a title asks for; longer ones are cut."""
    return min(_TITLE_MOST, QFontMetricsF(ui_font(11)).horizontalAdvance(text) + 4)


def _width(figure: Figure, cell: int, thumbs: bool) -> float:
    match figure:
        case Sign(text):
            return QFontMetricsF(ui_font(22 if len(text) < 6 else 15)).horizontalAdvance(text) + 2
        case Note(lines):
            metrics = QFontMetricsF(mono_font(12))
            return max(map(metrics.horizontalAdvance, lines), default=0.0) + 2 * NOTE_PAD
        case Picture(values=values, side=side):
            return max(float(values.shape[1] * side / max(values.shape)), title_width(figure.title))
        case Curve(size=(wide, _)) | Bars(width=wide):
            return wide
    beside = THUMB + THUMB_GAP if thumbs and figure.full is not None else 0.0
    cells = float(figure.values.shape[1] * cell) + beside + (ELLIPSIS if figure.gaps[1] else 0.0)
    return max(cells, title_width(figure.title + "00000"))


def _height(figure: Figure, cell: int) -> float:
    match figure:
        case Sign():
            return 30.0
        case Note(lines):
            return len(lines) * NOTE_LINE + 2 * NOTE_PAD
        case Picture(values=values, side=side):
            return TITLE + float(values.shape[0] * side / max(values.shape))
        case Curve(size=(_, tall)):
            return TITLE + tall
        case Bars(labels=labels):
            return TITLE + len(labels) * BAR_LINE
    return TITLE + float(figure.values.shape[0] * cell) + (ELLIPSIS if figure.gaps[0] else 0.0)
