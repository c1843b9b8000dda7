"""Paints the figures of a panel, on the screen and on paper alike."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from cnnstudio.ui.learn.figure_layout import NOTE_LINE, NOTE_PAD, TITLE, Placed
from cnnstudio.ui.learn.numbers import short, unit_of
from cnnstudio.ui.learn.scene import Cell, Grid, Mark, Note, Sign
from cnnstudio.ui.theme import Tokens, mix, mono_font, tokens, ui_font

_READABLE = 22.0
"""Below so many pixels a cell shows its number by its shade only."""
_BOLD = QFont.Weight.DemiBold


def paint_figures(painter: QPainter, figures: Iterable[Placed]) -> None:
    """Paints all of them in the theme's colours."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for placed in figures:
        match placed.figure:
            case Grid():
                _paint_grid(painter, placed, placed.figure)
            case Sign(text):
                _paint_sign(painter, placed.box, text)
            case Note(lines):
                _paint_note(painter, placed.box, lines)


def mark_colour(mark: Mark, t: Tokens) -> str:
    """The background of a marked cell."""
    base = t.canvas if t.dark else t.surface
    shares: dict[Mark, tuple[str, float]] = {
        "window": (t.accent, 0.18),
        "filter": ("#e08a00", 0.16),
        "result": (t.success, 0.25),
        "gradient": (t.danger, 0.18),
        "touched": ("#8b5cf6", 0.18),
        "padding": (t.muted, 0.10),
    }
    colour, share = shares[mark]
    return mix(colour, base, share + (0.1 if t.dark else 0))


def _paint_grid(painter: QPainter, placed: Placed, grid: Grid) -> None:
    t = tokens()
    painter.setFont(ui_font(11))
    painter.setPen(QColor(t.muted))
    heading = QRectF(placed.box.x(), placed.box.y(), max(placed.box.width(), 170), TITLE - 5)
    scale = float(np.nanmax(np.abs(grid.values), initial=0.0)) or 1.0
    unit, written = unit_of(scale)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(heading, left, grid.title + written)
    font = mono_font(11 if placed.cell >= 30 else 9)
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
    painter.setFont(ui_font(22))
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
