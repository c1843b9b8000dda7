"""Functions of every value by itself: one number in, one number out, and the slope on the way back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.layer import Pointwise as Function
from cnnstudio.ui.build.say import block_formula
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import busiest, cells, channels, grid_of, in_one_unit, place, plane, step_at
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.plots import function_curve, histogram
from cnnstudio.ui.learn.scene import Cell, Figure, Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnPointwise", text)


class Pointwise(Explainer):
    """Each step is one number."""

    sign = "f →"
    alone = True
    """Whether a number's output depends on that number alone."""

    def steps(self, view: View) -> int:
        return cells(self.passage.x)

    def channels(self, view: View) -> int:
        return channels(self.passage.x)

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        step = step_at(self.passage.x, cell)
        return None if step is None else replace(view, step=step)

    def opening(self, view: View) -> int:
        values = self.passage.dy if view.mode == "backward" else self.passage.x
        return busiest(plane(values, view.channel), view.step)

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
        return block_formula(self.block)

    def slope_says(self, value: float, slope: float) -> str:
        """What the slope does to the gradient."""
        return _tr("slope {slope}").format(slope=exact(slope))

    def slope_at(self, view: View) -> float:
        """What a small step of the input does to the output."""
        layer = self.passage.layer
        if isinstance(layer, Function):
            return float(layer.slope(np.array([self.value_at(self.passage.x, view)]))[0])
        dx, dy = (self.value_at(values, view) for values in (self.passage.dx, self.passage.dy))
        return dx / dy if dy else 0.0

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
        text = _tr("{before} becomes {after}.").format(before=exact(x), after=exact(y))
        return Scene((panel, self._plots(view)), text)

    def _plots(self, view: View, slope: float | None = None) -> Panel:
        """The function, where it is one, and how large the channel's numbers are before and after."""
        x, y = (self.value_at(values, view) for values in (self.passage.x, self.passage.y))
        before, after = (plane(values, view.channel) for values in (self.passage.x, self.passage.y))
        several = np.isfinite(before).sum() > 1
        figures: tuple[Figure, ...] = (
            histogram("before", _tr("How often: before"), before, x),
            Sign("→"),
            histogram("after", _tr("How often: after"), after, y),
        )
        if isinstance(self.passage.layer, Function):
            curve = function_curve(self.passage.layer, before[np.isfinite(before)], x, slope)
            figures = (curve, *figures) if several else (curve,)
        detail = _tr("red: the slope here, {slope}").format(slope=exact(slope)) if slope is not None else ""
        return Panel(
            "plots", _tr("All numbers of this channel"), detail or block_formula(self.block), figures
        )

    def _backward(self, view: View) -> Scene:
        passage = self.passage
        x, dy, dx = (self.value_at(values, view) for values in (passage.x, passage.dy, passage.dx))
        slope = self.slope_at(view)
        figures = (
            grid_of(
                "output gradient", _tr("Incoming gradient"), passage.dy, view.channel, view.step, "gradient"
            ),
            Sign(_tr("· slope =") if self.alone else "→"),
            grid_of(
                "input gradient", _tr("Gradient of the input"), passage.dx, view.channel, view.step, "touched"
            ),
            Note((_tr("x = {value}").format(value=exact(x)), self.slope_says(x, slope), f"= {exact(dx)}")),
        )
        if not self.alone:
            title, detail = _tr("The gradient comes from many outputs"), block_formula(self.block)
            panel = Panel("pointwise", title, detail, figures)
            return Scene((panel,), _tr("The gradient of the input is {value} here.").format(value=exact(dx)))
        through = int(np.count_nonzero(passage.dx)) / max(1, int(np.count_nonzero(passage.dy)))
        detail = _tr("{share} % of the gradients go through").format(share=round(100 * through))
        panel = Panel("pointwise", _tr("The gradient times the slope"), detail, in_one_unit(figures))
        text = _tr("The gradient {before} becomes {after}.")
        function = isinstance(passage.layer, Function)
        panels = (panel, self._plots(view, slope)) if function else (panel,)
        return Scene(panels, text.format(before=exact(dy), after=exact(dx)))
