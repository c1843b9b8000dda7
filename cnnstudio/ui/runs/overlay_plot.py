"""The drawing of overlaid curves with pyqtgraph. Imported when there is something to draw."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.runs.overlay import Line, Overlaid
from cnnstudio.ui.theme import mix, theme, tokens
from cnnstudio.ui.train.curves import Quantity
from cnnstudio.ui.train.plot_range import AxisRange, epoch_range, nice_range, tick_text, ticks
from cnnstudio.ui.widgets.plot_look import paint_axes

_LIMITS = {"loss": (0.0, 1e30), "accuracy": (0.0, 100.0)}
_MOST_DOTS = 80
_BOLD = 2.0
_FEW = 3
_MOST_BOLD = 400
"""A pen wider than a pixel is slow, and more points than this are seen as well with a thin one."""


class OverlayPlot(pg.PlotWidget):
    """Train thin, validation bold, the best epoch as a ring; one colour a run."""

    hovered = Signal(object)
    """The epoch under the pointer, or None where it has left."""

    def __init__(self, quantity: Quantity, parent: QWidget) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._quantity = quantity
        self._runs: tuple[Overlaid, ...] = ()
        self._logarithmic = False
        self._items: list[pg.GraphicsObject] = []
        plot = self.getPlotItem()
        # It is made all the same, without a parent, and would outlive the window.
        plot.ctrlMenu.setParent(self)
        plot.ctrlMenu.hide()
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.setContentsMargins(0, 4, 10, 0)
        plot.disableAutoRange()
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        plot.addItem(self._cursor, ignoreBounds=True)
        self.viewport().setMouseTracking(True)
        theme().changed.connect(self._paint)
        self._paint()

    def show_runs(self, runs: tuple[Overlaid, ...], logarithmic: bool) -> None:
        """Draws other curves, the first ones on top."""
        self._runs, self._logarithmic = runs, logarithmic
        plot = self.getPlotItem()
        for item in self._items:
            plot.removeItem(item)
        self._items = [item for run in reversed(runs) for item in _drawn(run, len(runs))]
        for item in self._items:
            plot.addItem(item, ignoreBounds=True)
        self._set_ranges()

    def show_cursor(self, x: float | None) -> None:
        """A line through an epoch, in this plot and in the other."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            self._cursor.setPos(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells which epoch the pointer is on."""
        place = self.getPlotItem().getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint()))
        self.hovered.emit(max(0.0, place.x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_runs") and self._runs:
            self._set_ranges()

    def _set_ranges(self) -> None:
        plot = self.getPlotItem()
        spans = [span for run in self._runs if (span := run.span())[0] == span[0]]
        low = min((span[0] for span in spans), default=0.0)
        high = max((span[1] for span in spans), default=1.0)
        if self._logarithmic:
            y, marks = _log_range(low, high)
        else:
            y = nice_range(low, high, *_LIMITS[self._quantity])
            marks = ticks(y, " %" if self._quantity == "accuracy" else "")
        pad = 8.0 * (y.high - y.low) / max(32.0, plot.getViewBox().height())
        plot.setYRange(y.low - pad, y.high + pad, padding=0)
        plot.getAxis("left").setTicks([marks])
        last = max((run.last() for run in self._runs), default=1.0)
        x = epoch_range(last, max(1, ceil(last)))
        plot.setXRange(0, max(last, 1) * 1.02, padding=0)
        plot.getAxis("bottom").setTicks([[tick for tick in ticks(x) if tick[0] <= max(last, 1)]])

    def _paint(self) -> None:
        t = tokens()
        paint_axes(self, left_width=48)
        self._cursor.setPen(_pen(QColor(t.faint), 1, [2, 3]))


def _drawn(run: Overlaid, count: int) -> list[pg.GraphicsObject]:
    """Below the line what belongs to it."""
    t, colour = tokens(), QColor(run.colour)
    items: list[pg.GraphicsObject] = []
    if run.edges is not None:
        xs, _, lows, highs = run.edges
        fill = QColor(colour)
        fill.setAlpha(46)
        low, high = (_curve((xs, edge), QPen(Qt.PenStyle.NoPen)) for edge in (lows, highs))
        items += [low, high, pg.FillBetweenItem(low, high, brush=fill)]
    # Of many runs, the noise of training would hide what is compared.
    thin = QColor(mix(run.colour, t.surface, 0.5 if count <= _FEW else 0.22))
    items.append(_curve(run.train, _pen(thin, 1)))
    bold = _BOLD if len(run.val[0]) <= _MOST_BOLD else 1
    items.append(_curve(run.val, _pen(colour, bold)))
    dots = run.points if run.points[0] else run.val
    if 0 < len(dots[0]) <= _MOST_DOTS:
        points = pg.ScatterPlotItem(
            size=5,
            antialias=True,
            pen=None,
            brush=QColor(mix(run.colour, t.surface, 0.5)) if run.points[0] else colour,
        )
        points.setData(*_arrays(dots))
        items.append(points)
    for x in run.marks if count <= _FEW else ():
        items.append(
            pg.InfiniteLine(x, angle=90, pen=_pen(QColor(mix(run.colour, t.surface, 0.6)), 1, [2, 3]))
        )
    if run.best is not None:
        ring = pg.ScatterPlotItem(size=11, antialias=True, pen=_pen(colour, 1.6), brush=None)
        ring.setData([run.best[0]], [run.best[1]])
        items.append(ring)
    return items


def _curve(line: Line, pen: QPen) -> pg.PlotCurveItem:
    item = pg.PlotCurveItem(antialias=True)
    item.setPen(pen)
    item.setData(*_arrays(line), connect="finite")
    return item


def _pen(colour: QColor, width: float, dashes: list[float] | None = None) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern(dashes)
    return pen


def _arrays(line: Line) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(line[0], dtype=float), np.asarray(line[1], dtype=float)


def _log_range(low: float, high: float) -> tuple[AxisRange, list[tuple[float, str]]]:
    """From one nice number to another: 1, 2 and 5 of every power of ten, or only the powers of many."""
    digits: Sequence[float] = (1, 2, 5) if high - low < 3 else (1,)
    marks = [
        (float(power + np.log10(digit)), tick_text(digit * 10.0**power))
        for power in range(floor(low) - 1, ceil(high) + 2)
        for digit in digits
    ]
    below = [tick for tick in marks if tick[0] <= low + 1e-9][-1:]
    above = [tick for tick in marks if tick[0] >= high - 1e-9][:1]
    start, end = below[0][0], above[0][0]
    if end - start < 1e-9:
        end = start + 1
    kept = [tick for tick in marks if start - 1e-9 <= tick[0] <= end + 1e-9]
    return AxisRange(start, end, 1.0), kept
