"""Functions of every value by itself: one number in, one number out, and the slope on the way back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import cells, channels, grid_of, place, plane, step_at
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Cell, Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnPointwise", text)


class Pointwise(Explainer):
    """Each step is one number."""

    sign = "f →"

    def steps(self, view: View) -> int:
        return cells(self.passage.x)

    def channels(self, view: View) -> int:
        return channels(self.passage.x)

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        step = step_at(self.passage.x, cell)
        return None if step is None else replace(view, step=step)

    def scene(self, view: View) -> Scene:
        return self._backward(view) if view.mode == "backward" else self._forward(view)

    # --- what the functions say differently

    def title(self) -> str:
        """What it does, in a few words."""
        return self.block.title

    def arithmetic(self, value: float) -> str:
        """How the output comes from one number."""
        return f"f({exact(value)})"

    def facts(self) -> str:
        """What is worth knowing of all the numbers of this image."""
        return self.block.formula

    def slope_says(self, value: float, slope: float) -> str:
        """What the slope does to the gradient."""
        return _tr("slope {slope}").format(slope=exact(slope))

    # ---

    def value_at(self, values: Array, view: View) -> float:
        """The number of a step."""
        return float(plane(values, view.channel)[place(values, view.step)])

    def _forward(self, view: View) -> Scene:
        x, y = (self.value_at(values, view) for values in (self.passage.x, self.passage.y))
        figures = (
            grid_of("input", _tr("Input"), self.passage.x, view.channel, view.step, "window"),
            Sign(self.sign),
            grid_of("output", _tr("Output"), self.passage.y, view.channel, view.step, "result"),
            Note((self.arithmetic(x), f"= {exact(y)}")),
        )
        panel = Panel("pointwise", self.title(), self.facts(), figures)
        return Scene((panel,), _tr("{before} becomes {after}.").format(before=exact(x), after=exact(y)))

    def _backward(self, view: View) -> Scene:
        passage = self.passage
        x, dy, dx = (self.value_at(values, view) for values in (passage.x, passage.dy, passage.dx))
        slope = dx / dy if dy else 0.0
        figures = (
            grid_of(
                "output gradient", _tr("Incoming gradient"), passage.dy, view.channel, view.step, "gradient"
            ),
            Sign(_tr("· slope =")),
            grid_of(
                "input gradient", _tr("Gradient of the input"), passage.dx, view.channel, view.step, "touched"
            ),
            Note((_tr("x = {value}").format(value=exact(x)), self.slope_says(x, slope), f"= {exact(dx)}")),
        )
        through = int(np.count_nonzero(passage.dx)) / max(1, int(np.count_nonzero(passage.dy)))
        detail = _tr("{share} % of the gradients go through").format(share=round(100 * through))
        panel = Panel("pointwise", _tr("The gradient times the slope"), detail, figures)
        text = _tr("The gradient {before} becomes {after}.")
        return Scene((panel,), text.format(before=exact(dy), after=exact(dx)))
