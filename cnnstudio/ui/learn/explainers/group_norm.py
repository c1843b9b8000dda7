"""Group norm: as batch norm, but by the statistics of this image's own group of channels."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.group_norm import GroupNorm as Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.maps import grid_of, is_map
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.scale_and_shift import scale_and_shift
from cnnstudio.ui.learn.scene import Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnGroupNorm", text)


class GroupNorm(Pointwise):
    """Other images do not matter, so that it is the same in training and in evaluation."""

    alone = False
    block: Block

    def scene(self, view: View) -> Scene:
        if view.mode == "backward":
            return self._both_ways(view)
        channel = view.channel if is_map(self.passage.x) else view.step
        group, values = self._group(channel)
        mean, deviation = float(values.mean()), math.sqrt(float(values.var()) + self.block.eps)
        x, y = (self.value_at(one, view) for one in (self.passage.x, self.passage.y))
        lines = [
            _tr("(x − mean) / √(variance + ε)"),
            f"= ({exact(x)} − {bracketed(mean)}) / {exact(deviation)}",
            f"= {exact((x - mean) / deviation)}",
        ]
        if self.passage.layer.params:
            scale, shift = (float(self.passage.layer.params[name][channel]) for name in ("weight", "bias"))
            lines += [_tr("· γ + β"), f"· {bracketed(scale)} + {bracketed(shift)}"]
        figures = (
            grid_of("input", _tr("Input"), self.passage.x, view.channel, view.step, "window"),
            Sign("→"),
            grid_of("output", _tr("Output"), self.passage.y, view.channel, view.step, "result"),
            Note((*lines, f"= {exact(y)}")),
        )
        detail = _tr("group {group} of {groups}: mean {mean}, deviation {deviation}").format(
            group=group + 1, groups=self.block.num_groups, mean=exact(mean), deviation=exact(deviation)
        )
        panel = Panel("group-norm", _tr("Mean 0 and variance 1 in each group of channels"), detail, figures)
        text = _tr("{before} becomes {after}, by the statistics of this image alone.")
        return Scene((panel,), text.format(before=exact(x), after=exact(y)))

    def _both_ways(self, view: View) -> Scene:
        """To the input, and to what is learnt."""
        scene = super().scene(view)
        if not self.passage.layer.params:
            return scene
        normalised = np.empty_like(self.passage.x)
        for channel in range(normalised.shape[1]):
            _, values = self._group(channel)
            deviation = math.sqrt(float(values.var()) + self.block.eps)
            normalised[0, channel] = (self.passage.x[0, channel] - values.mean()) / deviation
        channel = view.channel if is_map(self.passage.x) else view.step
        own = scale_and_shift(self.passage, normalised, channel, view)
        return Scene((*scene.panels, own), scene.sentence)

    def _group(self, channel: int) -> tuple[int, Array]:
        """The number of a channel's group, and all the numbers in it."""
        share = int(self.passage.x.shape[1]) // self.block.num_groups
        group = channel // share
        values: Array = self.passage.x[0, group * share : (group + 1) * share]
        return group, values

    def slope_says(self, value: float, slope: float) -> str:
        return _tr("mean and deviation of the group move along")
