"""Lines across a plot for what happened in the run: one item for all of them, and a few labels."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPen

from cnnstudio.app.run_history import Mark
from cnnstudio.ui.theme import tokens, ui_font
from cnnstudio.ui.train.mark_words import mark_label
from cnnstudio.ui.train.plot_range import AxisRange

_MOST_LABELS = 8
_APART = 0.16
"""As a share of the axis: a label that would stand closer to the one before goes below it."""
_ROWS = 3
"""Of labels; who finds no room in any is left out."""
_ROW_HEIGHT = 15.0
_GROUND = 200


class PlotMarks:
    """Follows the ranges, so that the lines always cross the whole plot."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._lines = pg.PlotCurveItem()
        plot.addItem(self._lines, ignoreBounds=True)
        self._labels: list[pg.TextItem] = []
        self.paint()

    def show(self, marks: Sequence[tuple[float, Mark]], x: AxisRange, y: AxisRange) -> None:
        """The marks at their places."""
        places = np.asarray([place for place, _ in marks], dtype=float)
        pad = y.high - y.low
        ends = np.tile([y.low - pad, y.high + pad], len(places))
        self._lines.setData(np.repeat(places, 2), ends, connect="pairs")
        labels = legible(marks, x)
        step = _ROW_HEIGHT * (y.high - y.low) / max(_ROWS * _ROW_HEIGHT, self._plot.getViewBox().height())
        while len(self._labels) < len(labels):
            self._labels.append(self._label())
        for number, item in enumerate(self._labels):
            item.setVisible(number < len(labels))
            if number < len(labels):
                place, text, row = labels[number]
                # The right half of the plot has its labels at the left of their lines.
                item.setAnchor((1, 0) if place > 0.75 * x.high else (0, 0))
                item.setText(text)
                item.setPos(place, y.high - row * step)

    def paint(self) -> None:
        """The colours of the theme."""
        pen = QPen(QColor(tokens().warning), 1)
        pen.setCosmetic(True)
        pen.setDashPattern([3, 3])
        self._lines.setPen(pen)
        for item in self._labels:
            self._colour(item)

    def _label(self) -> pg.TextItem:
        item = pg.TextItem()
        item.setFont(ui_font(11))
        self._colour(item)
        self._plot.addItem(item, ignoreBounds=True)
        return item

    @staticmethod
    def _colour(item: pg.TextItem) -> None:
        """On a ground of its own, for lines and curves pass below it."""
        t = tokens()
        ground = QColor(t.surface)
        ground.setAlpha(_GROUND)
        item.fill = pg.mkBrush(ground)
        item.setColor(QColor(t.warning))


def legible(marks: Sequence[tuple[float, Mark]], x: AxisRange) -> list[tuple[float, str, int]]:
    """Place, text and row of the labels. Of marks at one place the texts stand together; what finds no room
    in any row is told by the pointer only.
    """
    together: dict[float, list[str]] = {}
    for place, mark in marks:
        if mark_label(mark):
            together.setdefault(place, []).append(mark_label(mark))
    ends = [float("-inf")] * _ROWS
    found: list[tuple[float, str, int]] = []
    for place, words in together.items():
        for row, end in enumerate(ends):
            if place - end >= _APART * (x.high - x.low):
                ends[row] = place
                found.append((place, " · ".join(words), row))
                break
    return found[-_MOST_LABELS:]
