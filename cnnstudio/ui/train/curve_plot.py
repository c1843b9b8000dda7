"""The drawing of curves with pyqtgraph. Imported after the first paint only."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from cnnstudio.app.series import Line
from cnnstudio.ui.theme import mix, theme, tokens
from cnnstudio.ui.train.curves import Curves, Quantity
from cnnstudio.ui.train.plot_hover import PlotHover
from cnnstudio.ui.train.plot_legend import head_colour
from cnnstudio.ui.train.plot_marks import PlotMarks
from cnnstudio.ui.train.plot_options import PlotOptions
from cnnstudio.ui.train.plot_range import (
    AxisRange,
    epoch_range,
    log_ticks,
    settled,
    settled_log,
    ticks,
)
from cnnstudio.ui.train.plot_readings import readings
from cnnstudio.ui.widgets.plot_look import paint_axes

_LIMITS = {"loss": (0.0, 1e30), "accuracy": (0.0, 100.0)}
_LEAST_LOSS = 0.02
_LEAST_SHARE = 0.15
_LEAST_ACCURACY = 8.0
_MOST_DOTS = 60
_BOLD_UP_TO = 300
_HALF_LABEL = 8.0
_TINY = 1e-12


class CurvePlot(pg.PlotWidget):
    """Train (thin), test (bold, dashed), side heads, the best epoch and what happened, in fixed ranges."""

    def __init__(self, quantity: Quantity, parent: QWidget) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        self.setFrameShape(self.Shape.NoFrame)
        self._quantity = quantity
        self._options = PlotOptions()
        self._y: AxisRange | None = None
        self._x: AxisRange | None = None
        self._drawn_height = 0.0
        self._curves = Curves()
        self._by_epoch: tuple[object, ...] = ()
        plot = self.getPlotItem()
        # It is made all the same, without a parent, and would outlive the window.
        plot.ctrlMenu.setParent(self)
        plot.ctrlMenu.hide()
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.setContentsMargins(0, 4, 10, 0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._marks = PlotMarks(plot)
        self._raw = pg.PlotCurveItem()
        self._best_line = pg.InfiniteLine(angle=90, movable=False)
        self._train = pg.PlotCurveItem(antialias=True)
        self._heads: list[pg.PlotCurveItem] = []
        self._train_points = pg.ScatterPlotItem(size=5, antialias=True)
        self._test = pg.PlotCurveItem(antialias=True)
        self._test_points = pg.ScatterPlotItem(size=5, antialias=True)
        self._best_point = pg.ScatterPlotItem(size=11, antialias=True)
        self._peak = pg.ScatterPlotItem(size=7, symbol="t1", antialias=True)
        for item in (
            self._raw,
            self._best_line,
            self._train,
            self._train_points,
            self._test,
            self._test_points,
            self._best_point,
            self._peak,
        ):
            plot.addItem(item, ignoreBounds=True)
        plot.disableAutoRange()
        plot.getViewBox().sigResized.connect(self._fit)
        self._hover = PlotHover(self.viewport())
        self._pointer: float | None = None
        theme().changed.connect(self._paint)
        self._paint()

    @property
    def y_range(self) -> AxisRange | None:
        """The range of the curves' axis; exponents of ten on a logarithmic one."""
        return self._y

    def show_curves(self, curves: Curves, options: PlotOptions | None = None) -> None:
        """Draws the curves; the ranges change only when a curve leaves them."""
        options = options or self._options
        if options != self._options:
            self._options = options
            self.forget_ranges()
        self._curves = curves
        self._set_ranges(curves)
        shown = "train" not in options.hidden
        self._set_line(self._train, curves.train, shown)
        self._set_line(self._raw, curves.raw, shown and options.raw)
        self._show_heads(curves)
        self._show_peak(curves, shown and options.raw)
        by_epoch = (curves.train_epochs, curves.test, curves.best, curves.marks, self._x, self._y, options)
        if by_epoch != self._by_epoch:
            self._by_epoch = by_epoch
            self._show_epochs(curves)
        self._update_hover()

    def forget_ranges(self) -> None:
        """Another run begins, or the axes become others."""
        self._x = self._y = None
        self._by_epoch = ()

    def viewportEvent(self, event: QEvent) -> bool:
        """The values under the pointer stand beside it."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._pointer = event.position().x()
            self._update_hover()
        elif event.type() == QEvent.Type.Leave:
            self._pointer = None
            self._hover.hide()
        return bool(super().viewportEvent(event))

    def _update_hover(self) -> None:
        if self._pointer is None:
            return
        box = self.getPlotItem().getViewBox()
        area = self.mapFromScene(box.sceneBoundingRect()).boundingRect()
        place = box.mapSceneToView(self.mapToScene(round(self._pointer), 0)).x()
        found = readings(self._curves, self._quantity, place, self._options.hidden)
        inside = area.left() <= self._pointer <= area.right()
        self._hover.show(round(self._pointer), area.top(), area.bottom(), found if inside else ())

    def _show_epochs(self, curves: Curves) -> None:
        """What only changes once an epoch, and would cost as much as the rest if drawn anew each time."""
        hidden = self._options.hidden
        tested = "test" not in hidden
        self._test.setPen(self._test_pen(len(curves.test[0])))
        self._set_line(self._test, curves.test, tested)
        # More points than can be told apart are a band, not a curve.
        dots = len(curves.test[0]) <= _MOST_DOTS
        for name, points, line in (
            ("train", self._train_points, curves.train_epochs),
            ("test", self._test_points, curves.test),
        ):
            shown = dots and bool(line[0]) and name not in hidden
            points.setVisible(shown)
            points.setData(*self._arrays(line if shown else ((), ())))
        best = curves.best if tested else None
        self._best_line.setVisible(best is not None)
        self._best_point.setVisible(best is not None)
        if best is not None:
            self._best_line.setPos(best[0])
            self._best_point.setData(*self._arrays(([best[0]], [best[1]])))
        if self._x is not None and self._y is not None:
            self._marks.show(curves.marks, self._x, self._y)

    def _show_heads(self, curves: Curves) -> None:
        plot = self.getPlotItem()
        while len(self._heads) < len(curves.heads):
            item = pg.PlotCurveItem(antialias=True)
            item.setPen(_pen(QColor(head_colour(len(self._heads)))))
            plot.addItem(item, ignoreBounds=True)
            self._heads.append(item)
        for number, item in enumerate(self._heads):
            name, line = curves.heads[number] if number < len(curves.heads) else ("", ((), ()))
            self._set_line(item, line, bool(name) and name not in self._options.hidden)

    def _show_peak(self, curves: Curves, shown: bool) -> None:
        """Where the highest step lies beyond the range, an arrow at the edge tells."""
        steps, values = curves.raw
        highest = max(range(len(values)), key=values.__getitem__, default=None) if shown else None
        y = self._y
        if highest is None or y is None or self._scaled([values[highest]])[0] <= y.high:
            self._peak.setVisible(False)
            return
        self._peak.setData([steps[highest]], [y.high])
        self._peak.setVisible(True)

    def _fit(self) -> None:
        """The room for half a label is another share of another height."""
        if self._y is not None:
            self._set_ranges(self._curves)

    def _set_ranges(self, curves: Curves) -> None:
        low, high = curves.span(self._options.hidden)
        if self._options.log:
            y = settled_log(self._y, low, high)
        else:
            least = max(_LEAST_LOSS, _LEAST_SHARE * high) if self._quantity == "loss" else _LEAST_ACCURACY
            y = settled(self._y, low, high, _LIMITS[self._quantity], least)
        x = epoch_range(curves.now, curves.total)
        plot = self.getPlotItem()
        height = plot.getViewBox().height()
        if (y, height) != (self._y, self._drawn_height):
            # Room for half a label at both ends, else the outermost ones are left out.
            pad = _HALF_LABEL * (y.high - y.low) / max(4 * _HALF_LABEL, height)
            plot.setYRange(y.low - pad, y.high + pad, padding=0)
            unit = " %" if self._quantity == "accuracy" else ""
            plot.getAxis("left").setTicks([log_ticks(y) if self._options.log else ticks(y, unit)])
        if x != self._x:
            plot.setXRange(x.low, x.high * 1.02, padding=0)
            plot.getAxis("bottom").setTicks([ticks(x)])
        self._x, self._y, self._drawn_height = x, y, height

    def _set_line(self, item: pg.PlotCurveItem, line: Line, shown: bool) -> None:
        item.setVisible(shown)
        if shown:
            item.setData(*self._arrays(line), connect="finite")

    def _arrays(self, line: Line) -> tuple[np.ndarray, np.ndarray]:
        return np.asarray(line[0], dtype=float), self._scaled(line[1])

    def _scaled(self, values: Sequence[float]) -> np.ndarray:
        found = np.asarray(values, dtype=float)
        return np.log10(np.maximum(found, _TINY)) if self._options.log else found

    def _paint(self) -> None:
        t = tokens()
        paint_axes(self)
        train, test = QColor(t.train), QColor(t.test)
        self._train.setPen(_pen(train))
        self._raw.setPen(_pen(QColor(mix(t.train, t.surface, 0.22))))
        self._test.setPen(self._test_pen(len(self._curves.test[0])))
        for points, colour in ((self._train_points, train), (self._test_points, test)):
            points.setPen(None)
            points.setBrush(colour)
        self._best_point.setPen(_pen(test))
        self._best_point.setBrush(None)
        self._best_line.setPen(_pen(QColor(mix(t.test, t.surface, 0.45)), [2, 3]))
        self._peak.setPen(None)
        self._peak.setBrush(QColor(mix(t.train, t.surface, 0.6)))
        self._marks.paint()

    @staticmethod
    def _test_pen(points: int) -> QPen:
        """Bold, as long as the line has so few points that it costs nothing."""
        return _pen(QColor(tokens().test), [4, 3], 2 if points <= _BOLD_UP_TO else 1)


def _pen(colour: QColor, dashes: list[float] | None = None, width: int = 1) -> QPen:
    """One pixel for what has many points, whatever the ranges: a wider pen costs a hundred times as much."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern([length / width for length in dashes])
    return pen
