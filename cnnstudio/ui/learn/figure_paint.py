"""Paints the figures of a panel, on the screen and on paper alike."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.figure_layout import NOTE_LINE, NOTE_PAD, TITLE, Placed
from cnnstudio.ui.learn.mark_colours import edge_colour, mark_colour
from cnnstudio.ui.learn.numbers import short, unit_of
from cnnstudio.ui.learn.plot_paint import paint_bars, paint_curve
from cnnstudio.ui.learn.scene import Bars, Cell, Curve, Frame, Grid, Note, Picture, Sign
from cnnstudio.ui.theme import Tokens, mix, mono_font, tokens, ui_font

_READABLE = 22.0
"""Below so many pixels a cell shows its number by its shade only."""
_BOLD = QFont.Weight.DemiBold


Touched = Mapping[str, Collection[Cell]]
"""Cells of grids, by the grids' names, that are outlined."""


def paint_figures(painter: QPainter, figures: Iterable[Placed], touched: Touched | None = None) -> None:
    """Paints all of them in the theme's colours."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for placed in figures:
        match placed.figure:
            case Grid():
                _paint_grid(painter, placed, placed.figure)
                if touched:
                    _paint_touched(painter, placed, placed.figure, touched.get(placed.figure.name, ()))
            case Picture():
                _paint_picture(painter, placed, placed.figure)
            case Curve():
                _paint_title(painter, placed, placed.figure.title)
                paint_curve(painter, _below_title(placed), placed.figure)
            case Bars():
                _paint_title(painter, placed, placed.figure.title)
                paint_bars(painter, _below_title(placed), placed.figure)
            case Sign(text):
                _paint_sign(painter, placed.box, text)
            case Note(lines):
                _paint_note(painter, placed.box, lines)


def _below_title(placed: Placed) -> QRectF:
    return placed.box.adjusted(0, TITLE, 0, 0)


def _paint_grid(painter: QPainter, placed: Placed, grid: Grid) -> None:
    t = tokens()
    scale = grid.size or 1.0
    unit, written = unit_of(grid.largest or scale)
    _paint_title(painter, placed, grid.title + written)
    _paint_thumb(painter, placed, grid)
    font = mono_font(11 if placed.cell >= 30 else 10 if placed.cell >= 27 else 9)
    for i, row in enumerate(grid.values.tolist()):
        for j, value in enumerate(row):
            if math.isnan(value):
                continue  # a vector's last row is not full
            cell = grid.corner[0] + i, grid.corner[1] + j
            box = placed.cell_box(*cell)
            colour = _background(grid, cell, value, scale, placed.cell, t)
            painter.fillRect(box, QColor(colour))
            if placed.cell >= _READABLE:
                painter.setFont(font)
                painter.setPen(QColor(t.text))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, short(value / unit))
    _paint_lines(painter, placed, grid, t)
    _paint_gaps(painter, placed, grid, t)


def _paint_title(painter: QPainter, placed: Placed, title: str) -> None:
    font = ui_font(11)
    room = placed.title or placed.box
    painter.setFont(font)
    painter.setPen(QColor(tokens().muted))
    text = QFontMetricsF(font).elidedText(title, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_thumb(painter: QPainter, placed: Placed, grid: Grid) -> None:
    """The whole map, with the part that is shown framed."""
    if placed.thumb is None or grid.full is None:
        return
    painter.drawImage(placed.thumb, image_of(grid.full))
    side = placed.thumb.width() / grid.full.shape[1]
    rows, columns = grid.values.shape
    top, left = grid.corner[0] - grid.full_corner[0], grid.corner[1] - grid.full_corner[1]
    part = QRectF(left * side, top * side, columns * side, rows * side)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tokens().border), 1))
    painter.drawRect(placed.thumb)
    painter.setPen(QPen(QColor(tokens().accent), 1.5))
    painter.drawRect(part.translated(placed.thumb.topLeft()))


def image_of(values: Array, signed: bool = False) -> QImage:
    """A map as grey pixels from its least to its largest value; signed, with zero in the middle."""
    low, high = float(np.nanmin(values, initial=0.0)), float(np.nanmax(values, initial=0.0))
    if signed:
        high = max(abs(low), abs(high))
        low = -high
    elif np.isfinite(values).all():
        low, high = float(values.min()), float(values.max())
    grey = np.nan_to_num((values - low) / ((high - low) or 1.0) * 255).clip(0, 255).astype(np.uint8)
    height, width = grey.shape
    data = np.ascontiguousarray(grey).tobytes()
    return QImage(data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def _paint_picture(painter: QPainter, placed: Placed, picture: Picture) -> None:
    t = tokens()
    _paint_title(painter, placed, picture.title)
    rows, columns = picture.values.shape
    area = QRectF(placed.box.x(), placed.box.y() + TITLE, columns * placed.cell, rows * placed.cell)
    painter.drawImage(area, image_of(picture.values, picture.signed))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(t.border), 1))
    painter.drawRect(area)
    for frame in picture.frames:
        painter.setPen(QPen(QColor(edge_colour(frame.mark, t)), 2))
        painter.drawRect(_frame_box(frame, placed.cell).translated(area.topLeft()).intersected(area))


def _frame_box(frame: Frame, cell: float) -> QRectF:
    (top, left), (bottom, right) = frame.first, frame.last
    return QRectF(left * cell, top * cell, (right - left + 1) * cell, (bottom - top + 1) * cell)


def _paint_touched(painter: QPainter, placed: Placed, grid: Grid, cells: Collection[Cell]) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(edge_colour("touched", tokens())), 2))
    rows, columns = grid.values.shape
    for row, column in cells:
        if 0 <= row - grid.corner[0] < rows and 0 <= column - grid.corner[1] < columns:
            painter.drawRect(placed.cell_box(row, column).adjusted(1, 1, -1, -1))


def _background(grid: Grid, cell: Cell, value: float, scale: float, size: float, t: Tokens) -> str:
    mark = grid.marks.get(cell)
    base = mark_colour(mark, t) if mark else (t.canvas if t.dark else t.surface)
    if not grid.shaded and size >= _READABLE:
        return base
    strength = min(1.0, abs(value) / scale)
    return mix(t.accent if value >= 0 else t.danger, base, 0.55 * strength)


def _paint_lines(painter: QPainter, placed: Placed, grid: Grid, t: Tokens) -> None:
    rows, columns = grid.values.shape
    first = placed.cell_box(*grid.corner)
    left, top, cell = first.x(), first.y(), placed.cell
    painter.setPen(QPen(QColor(t.border), 1))
    for i in range(rows + 1):
        painter.drawLine(QPointF(left, top + i * cell), QPointF(left + columns * cell, top + i * cell))
    for j in range(columns + 1):
        painter.drawLine(QPointF(left + j * cell, top), QPointF(left + j * cell, top + rows * cell))


def _paint_gaps(painter: QPainter, placed: Placed, grid: Grid, t: Tokens) -> None:
    rows, columns = grid.values.shape
    first = placed.cell_box(*grid.corner)
    painter.setFont(ui_font(12))
    painter.setPen(QColor(t.muted))
    right, bottom = first.x() + columns * placed.cell, first.y() + rows * placed.cell
    if grid.gaps[1]:
        painter.drawText(QPointF(right + 2, first.y() + rows * placed.cell / 2 + 4), "…")
    if grid.gaps[0]:
        painter.drawText(QPointF(first.x() + columns * placed.cell / 2 - 2, bottom + 10), "⋮")


def _paint_sign(painter: QPainter, box: QRectF, text: str) -> None:
    painter.setFont(ui_font(22 if len(text) < 6 else 15))
    painter.setPen(QColor(tokens().text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _paint_note(painter: QPainter, box: QRectF, lines: tuple[str, ...]) -> None:
    t = tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(QColor(t.border), 1))
    painter.setBrush(QColor(t.canvas if not t.dark else t.hover))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.setPen(QColor(t.text))
    y = box.y() + NOTE_PAD
    for number, line in enumerate(lines):
        font = mono_font(12, _BOLD) if number == len(lines) - 1 else mono_font(12)
        painter.setFont(font)
        baseline = y + (NOTE_LINE + QFontMetricsF(font).ascent() - QFontMetricsF(font).descent()) / 2
        painter.drawText(QPointF(box.x() + NOTE_PAD, baseline), line)
        y += NOTE_LINE
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
