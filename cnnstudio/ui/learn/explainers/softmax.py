"""Softmax as a block: numbers become shares of 1."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.maps import grid_of, is_map, place
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnSoftmax", text)


class Softmax(Pointwise):
    """Over the features, or over the channels of each pixel."""

    alone = False

    def scene(self, view: View) -> Scene:
        if view.mode == "backward":
            return super().scene(view)
        values = self._together(view)
        total = float(np.exp(values - values.max()).sum())
        x, y = (self.value_at(one, view) for one in (self.passage.x, self.passage.y))
        figures = (
            grid_of("input", _tr("Input"), self.passage.x, view.channel, view.step, "window", most=10),
            Sign(_tr("softmax →")),
            grid_of("output", _tr("Output"), self.passage.y, view.channel, view.step, "result", most=10),
            Note(
                (
                    _tr("exp(x − largest) / Σ exp(x − largest)"),
                    f"= exp({exact(x - float(values.max()))}) / {exact(total)}",
                    f"= {exact(y)}",
                )
            ),
        )
        detail = _tr("{count} numbers share 1 among them").format(count=len(values))
        panel = Panel("softmax", _tr("Numbers become shares of 1"), detail, figures)
        return Scene((panel,), _tr("{before} becomes {after}.").format(before=exact(x), after=exact(y)))

    def slope_says(self, value: float, slope: float) -> str:
        return _tr("y · (dy − Σ dy · y): each depends on all")

    def _together(self, view: View) -> Array:
        values: Array = self.passage.x[0]
        if is_map(self.passage.x):
            row, column = place(self.passage.x, view.step)
            values = values[:, row, column]
        return values
