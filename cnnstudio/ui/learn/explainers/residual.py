"""Residual: F(x) + x, number by number; the gradient takes both ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.residual import Residual as Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.layers.residual import Residual as Layer
from cnnstudio.ui.build.say import headline
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.maps import busiest, cells, channels, grid_of, in_one_unit, plane
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.scene import Note, Panel, Picture, Scene, Sign

_MOST = 7
"""Rows and columns of each map, so that three of them stand side by side in a small window too."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnResidual", text)


class Residual(Pointwise):
    """What the body adds to what the shortcut passes on."""

    block: Block

    def steps(self, view: View) -> int:
        return cells(self.passage.y)

    def channels(self, view: View) -> int:
        return channels(self.passage.y)

    def opening(self, view: View) -> int:
        values = self.passage.dy if view.mode == "backward" else self.passage.y
        return busiest(plane(values, view.channel), view.step)

    def scene(self, view: View) -> Scene:
        body, shortcut = self._ways(backward=view.mode == "backward")
        passage = self.passage
        if view.mode == "backward":
            return self._back(body, shortcut, view)
        f, x, y = (self.value_at(values, view) for values in (body, shortcut, passage.y))
        relu = self.block.activation == "ReLU"
        lines = [f"{exact(f)} + {bracketed(x)}", f"= {exact(f + x)}"]
        if relu:
            lines += [_tr("then ReLU"), f"= {exact(y)}"]
        total = (
            grid_of("body", _tr("F(x)"), body, view.channel, view.step, "window", _MOST),
            Sign("+"),
            grid_of("shortcut", _tr("Shortcut"), shortcut, view.channel, view.step, "filter", _MOST),
            Sign(_tr("ReLU →") if relu else "="),
            grid_of("output", _tr("Output"), passage.y, view.channel, view.step, "result", _MOST),
            Note(tuple(lines)),
        )
        panel = Panel(
            "residual", _tr("What the body adds to its input"), headline(self.block), in_one_unit(total)
        )
        text = _tr("{body} from the body and {shortcut} from the shortcut make {output}.")
        words = text.format(body=exact(f), shortcut=exact(x), output=exact(y))
        return Scene((panel, self._maps(body, shortcut, view)), words)

    def _back(self, body: Array, shortcut: Array, view: View) -> Scene:
        """What comes through each way, and their sum."""
        dx = self.passage.dx
        at = self._bounded(dx, view)
        cell = replace(view, channel=at[0], step=at[1])
        f, x, total = (self.value_at(one, cell) for one in (body, shortcut, dx))
        figures = (
            grid_of("body", _tr("dy through the body"), body, *at, "gradient", _MOST),
            Sign("+"),
            grid_of("shortcut", _tr("dy along the shortcut"), shortcut, *at, "gradient", _MOST),
            Sign("="),
            grid_of("input gradient", _tr("dx"), dx, *at, "touched", _MOST),
            Note((f"{exact(f)} + {bracketed(x)}", f"= {exact(total)}")),
        )
        strength = [float(np.abs(way).mean()) for way in (body, shortcut)]
        detail = _tr("mean size: {body} through the body, {shortcut} along the shortcut").format(
            body=exact(strength[0]), shortcut=exact(strength[1])
        )
        panel = Panel(
            "residual", _tr("The gradient takes both ways and is added"), detail, in_one_unit(figures)
        )
        text = _tr("{body} through the body and {shortcut} along the shortcut make dx {value}.")
        return Scene((panel,), text.format(body=exact(f), shortcut=exact(x), value=exact(total)))

    def _maps(self, body: Array, shortcut: Array, view: View) -> Panel:
        """The same as pictures of the whole channel."""
        maps = (("F(x)", body), (_tr("Shortcut"), shortcut), (_tr("Output"), self.passage.y))
        pictures = [
            Picture(f"picture {i}", title, plane(values, view.channel), side=130, signed=True)
            for i, (title, values) in enumerate(maps)
        ]
        size = [exact(float(np.abs(values).mean())) for values in (body, shortcut)]
        detail = _tr("mean size: {body} from the body, {shortcut} from the shortcut")
        relu = self.block.activation == "ReLU"
        figures = (pictures[0], Sign("+"), pictures[1], Sign(_tr("ReLU →") if relu else "="), pictures[2])
        title = _tr("The body only has to learn what is to be changed")
        return Panel("maps", title, detail.format(body=size[0], shortcut=size[1]), figures)

    def _ways(self, *, backward: bool) -> tuple[Array, Array]:
        """What came out of body and shortcut; backward, what each gave to dx."""
        layer = self.passage.layer
        assert isinstance(layer, Layer)
        return layer.shares if backward else layer.outputs

    def _bounded(self, values: Array, view: View) -> tuple[int, int]:
        """Channel and step within another map: a projection changes both."""
        return (
            min(view.channel, max(0, channels(values) - 1)),
            min(view.step, cells(values) - 1),
        )
