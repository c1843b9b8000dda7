"""The drawing of curves with pyqtgraph. Imported after the first paint only."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from cnnstudio.ui.theme import mix, theme, tokens, ui_font
from cnnstudio.ui.train.curves import Curves, Line, Quantity
from cnnstudio.ui.train.plot_range import AxisRange, epoch_range, settled

_LIMITS = {"loss": (0.0, 1e30), "accuracy": (0.0, 100.0)}
_LEAST_LOSS = 0.02
_LEAST_SHARE = 0.15
_LEAST_ACCURACY = 8.0
_MOST_DOTS = 60
_HALF_LABEL = 8.0


class CurvePlot(pg.PlotWidget):
    """Train (thin line and a point an epoch), test (dashed) and the best epoch, in fixed ranges."""

    def __init__(self, quantity: Quantity, parent: QWidget) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        self.setFrameShape(self.Shape.NoFrame)
        self._quantity = quantity
        self._y: AxisRange | None = None
        self._x: AxisRange | None = None
        self._drawn_height = 0
        self._curves = Curves()
        self._by_epoch: tuple[Line, Line, tuple[float, float] | None] | None = None
        plot = self.getPlotItem()
        # It is made all the same, without a parent, and would outlive the window.
        plot.ctrlMenu.setParent(self)
        plot.ctrlMenu.hide()
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.setContentsMargins(0, 4, 10, 0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._best_line = pg.InfiniteLine(angle=90, movable=False)
        self._train = pg.PlotCurveItem(antialias=True)
        self._train_points = pg.ScatterPlotItem(size=5, antialias=True)
        self._test = pg.PlotCurveItem(antialias=True)
        self._test_points = pg.ScatterPlotItem(size=5, antialias=True)
        self._best_point = pg.ScatterPlotItem(size=11, antialias=True)
        for item in (
            self._best_line,
            self._train,
            self._train_points,
            self._test,
            self._test_points,
            self._best_point,
        ):
            plot.addItem(item, ignoreBounds=True)
        plot.disableAutoRange()
        theme().changed.connect(self._paint)
        self._paint()

    def show_curves(self, curves: Curves) -> None:
        """Draws the curves; the ranges change only when a curve leaves them."""
        self._curves = curves
        self._set_ranges(curves)
        _set_line(self._train, curves.train)
        by_epoch = (curves.train_epochs, curves.test, curves.best)
        if by_epoch != self._by_epoch:
            self._by_epoch = by_epoch
            self._show_epochs(curves)

    def viewportEvent(self, event: QEvent) -> bool:
        """A tool tip tells the values under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.getPlotItem().getViewBox().mapSceneToView(self.mapToScene(event.pos()))
            QToolTip.showText(event.globalPos(), self._readout(place.x()), self)
            return True
        return bool(super().viewportEvent(event))

    def _readout(self, x: float) -> str:
        train, test = self._curves.at(x)
        lines = [self.tr("epoch {epoch}").format(epoch=f"{x:.1f}")]
        for name, value in ((self.tr("train"), train), (self.tr("test"), test)):
            if value is not None:
                shown = f"{value:.4g}" if self._quantity == "loss" else f"{value:.1f} %"
                lines.append(f"{name} {shown}")
        return "\n".join(lines) if len(lines) > 1 else ""

    def _show_epochs(self, curves: Curves) -> None:
        """What only changes once an epoch, and would cost as much as the rest if drawn anew each time."""
        _set_line(self._test, curves.test)
        # More points than can be told apart are a band, not a curve.
        dots = len(curves.test[0]) <= _MOST_DOTS
        for points, line in ((self._train_points, curves.train_epochs), (self._test_points, curves.test)):
            points.setVisible(dots and bool(line[0]))
            points.setData(*_arrays(line if dots else ((), ())))
        self._best_line.setVisible(curves.best is not None)
        self._best_point.setVisible(curves.best is not None)
        if curves.best is not None:
            self._best_line.setPos(curves.best[0])
            self._best_point.setData([curves.best[0]], [curves.best[1]])

    def forget_ranges(self) -> None:
        """Another run begins."""
        self._x = self._y = None
        self._by_epoch = None

    def _set_ranges(self, curves: Curves) -> None:
        low, high = curves.span()
        least = max(_LEAST_LOSS, _LEAST_SHARE * high) if self._quantity == "loss" else _LEAST_ACCURACY
        y = settled(self._y, low, high, _LIMITS[self._quantity], least)
        x = epoch_range(curves.now, curves.total)
        plot = self.getPlotItem()
        if (y, self.height()) != (self._y, self._drawn_height):
            # Room for half a label at both ends, else the outermost ones are left out.
            pad = _HALF_LABEL * (y.high - y.low) / max(4 * _HALF_LABEL, plot.getViewBox().height())
            plot.setYRange(y.low - pad, y.high + pad, padding=0)
            plot.getAxis("left").setTicks([_ticks(y, " %" if self._quantity == "accuracy" else "")])
        if x != self._x:
            plot.setXRange(x.low, x.high * 1.02, padding=0)
            plot.getAxis("bottom").setTicks([_ticks(x)])
        self._x, self._y, self._drawn_height = x, y, self.height()

    def _paint(self) -> None:
        t = tokens()
        self.setBackground(t.surface)
        plot = self.getPlotItem()
        for name in ("left", "bottom"):
            axis = plot.getAxis(name)
            axis.setPen(QPen(QColor(t.border)))
            axis.setTextPen(QColor(t.muted))
            axis.setTickFont(ui_font(11))
            axis.setZValue(-1)  # the grid lies below the curves
            axis.setStyle(tickLength=0, tickTextOffset=6, maxTickLevel=0)
        plot.getAxis("left").setWidth(44)
        plot.getAxis("left").setGrid(255)
        plot.getAxis("left").setTickPen(QPen(QColor(mix(t.border, t.surface, 0.8))))
        plot.getAxis("bottom").setHeight(22)
        train, test = QColor(t.train), QColor(t.test)
        self._train.setPen(_pen(train))
        self._test.setPen(_pen(test, [5, 4]))
        for points, colour in ((self._train_points, train), (self._test_points, test)):
            points.setPen(None)
            points.setBrush(colour)
        self._best_point.setPen(_pen(test))
        self._best_point.setBrush(None)
        self._best_line.setPen(_pen(QColor(mix(t.test, t.surface, 0.45)), [2, 3]))


def _pen(colour: QColor, dashes: list[float] | None = None) -> QPen:
    """One pixel, whatever the ranges: a wider pen costs a hundred times as much."""
    pen = QPen(colour, 1)
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern(dashes)
    return pen


def _set_line(item: pg.PlotCurveItem, line: Line) -> None:
    item.setData(*_arrays(line), connect="finite")


def _arrays(line: Line) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(line[0], dtype=float), np.asarray(line[1], dtype=float)


def _ticks(axis: AxisRange, unit: str = "") -> list[tuple[float, str]]:
    count = round((axis.high - axis.low) / axis.step)
    values = [axis.low + number * axis.step for number in range(count + 1)]
    return [(value, f"{round(value, 9):g}{unit}") for value in values if value <= axis.high + 1e-9]
