"""The axes that every plot has. Imported with pyqtgraph, long after the first paint."""

from __future__ import annotations

from collections.abc import Collection

import pyqtgraph as pg
from PySide6.QtGui import QColor, QPen

from cnnstudio.ui.theme import mix, tokens, ui_font


def paint_axes(widget: pg.PlotWidget, left_width: int = 44, grids: Collection[str] = ("left",)) -> None:
    """Background, axes and grid lines in the theme's colours; called again when it changes."""
    t = tokens()
    widget.setBackground(t.surface)
    plot = widget.getPlotItem()
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setPen(QPen(QColor(t.border)))
        axis.setTextPen(QColor(t.muted))
        axis.setTickFont(ui_font(11))
        axis.setZValue(-1)  # the grid lies below the curves
        axis.setStyle(tickLength=0, tickTextOffset=6, maxTickLevel=0)
        if name in grids:
            axis.setGrid(255)
            axis.setTickPen(QPen(QColor(mix(t.border, t.surface, 0.8))))
    plot.getAxis("left").setWidth(left_width)
    plot.getAxis("bottom").setHeight(22)
