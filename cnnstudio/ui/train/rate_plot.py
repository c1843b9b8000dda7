"""The loss over rising learning rates, with the one that is chosen. Imported when the finder opens."""

from math import log10

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from cnnstudio.core.messages import RateCurve
from cnnstudio.ui.theme import theme, tokens
from cnnstudio.ui.train.plot_range import AxisRange, log_ticks, settled, ticks
from cnnstudio.ui.widgets.plot_look import paint_axes

_LOWEST, _HIGHEST = -6.0, 1.0
"""Of the axis before there is a curve, as exponents of ten."""
_EXPLODED = 1.6
"""Of the first loss: what is higher says only that the rate was too large."""


class RatePlot(pg.PlotWidget):
    """A press chooses the rate under the pointer."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setObjectName("ratePlot")
        self.setAccessibleName(self.tr("Loss over the learning rate"))
        self.setMinimumHeight(240)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot = self.getPlotItem()
        plot.ctrlMenu.setParent(self)
        plot.ctrlMenu.hide()
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.setContentsMargins(0, 4, 10, 0)
        plot.disableAutoRange()
        self._curve = pg.PlotCurveItem(antialias=True)
        self._line = pg.InfiniteLine(angle=90, movable=False)
        for item in (self._curve, self._line):
            plot.addItem(item, ignoreBounds=True)
        self._line.hide()
        self._rates = AxisRange(_LOWEST, _HIGHEST, 1)
        self._losses: AxisRange | None = None
        theme().changed.connect(self._paint)
        self._paint()
        self._set_ranges()

    def show_curve(self, curve: RateCurve) -> None:
        """The curve so far."""
        if not curve.rates:
            return
        rates = np.log10(np.maximum(np.asarray(curve.rates, dtype=float), 1e-12))
        losses = np.asarray(curve.losses, dtype=float)
        usable = losses[np.isfinite(losses)]
        first = float(usable[0]) if usable.size else 1.0
        shown = usable[usable <= _EXPLODED * first] if usable.size else np.asarray([1.0])
        low, high = float(shown.min()), float(max(shown.max(), first))
        self._losses = settled(self._losses, low, high, (0.0, 1e30), 0.1 * high)
        low, high = float(np.floor(rates[0])), float(np.ceil(rates[-1]))
        # While it grows the curve has all the room that it may need.
        self._rates = AxisRange(low, max(high, low + 2 if curve.done else _HIGHEST), 1)
        self._curve.setData(rates, losses, connect="finite")
        self._set_ranges()

    def show_rate(self, rate: float | None) -> None:
        """The rate that would be used."""
        self._line.setVisible(rate is not None and rate > 0)
        if rate is not None and rate > 0:
            self._line.setPos(log10(rate))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses the rate at the pointer, to two digits."""
        place = self.getPlotItem().getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint()))
        if self._rates.low <= place.x() <= self._rates.high:
            self.chosen.emit(float(f"{10 ** place.x():.2g}"))

    def _set_ranges(self) -> None:
        plot, y = self.getPlotItem(), self._losses
        plot.setXRange(
            self._rates.low, self._rates.high, padding=0.04
        )  # else the outermost labels are left out
        plot.getAxis("bottom").setTicks([_decades(self._rates)])
        plot.getAxis("left").setTicks([[]])
        if y is not None:
            plot.setYRange(y.low, y.high, padding=0.04)
            plot.getAxis("left").setTicks([ticks(y)])

    def _paint(self) -> None:
        t = tokens()
        paint_axes(self, grids=("left", "bottom"))
        self._curve.setPen(_cosmetic(t.train, 2))
        self._line.setPen(_cosmetic(t.success, 2))


def _decades(axis: AxisRange) -> list[tuple[float, str]]:
    return [tick for tick in log_ticks(AxisRange(axis.low, axis.high + 3, 1)) if tick[0] <= axis.high]


def _cosmetic(colour: str, width: int) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    return pen
