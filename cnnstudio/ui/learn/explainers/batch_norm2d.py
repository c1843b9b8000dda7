"""Batch norm: a channel's mean is taken off, its deviation divided by, then scale and shift are learnt."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.batch_norm2d import BatchNorm2d as Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.normalise import Normalised
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.maps import grid_of
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnBatchNorm2d", text)


class BatchNorm2d(Pointwise):
    """In evaluation by the running mean and variance, in training by those of the batch."""

    modes = ("forward", "training", "backward")
    block: Block

    def scene(self, view: View) -> Scene:
        if view.mode == "backward":
            return super().scene(view)
        layer, channel = self.passage.layer, view.channel
        training = view.mode == "training"
        map_ = self.passage.x[0, channel]
        if training:
            mean, variance = float(map_.mean()), float(map_.var())
        else:
            mean = float(layer.buffers["running_mean"][channel])
            variance = float(layer.buffers["running_var"][channel])
        output = self._in_training() if training else self.passage.y
        x, y = (self.value_at(values, view) for values in (self.passage.x, output))
        deviation = math.sqrt(variance + self.block.eps)
        lines = [
            _tr("(x − mean) / √(variance + ε)"),
            f"= ({exact(x)} − {exact(mean)}) / {exact(deviation)}",
            f"= {exact((x - mean) / deviation)}",
        ]
        if layer.params:
            scale, shift = (float(layer.params[name][channel]) for name in ("weight", "bias"))
            lines += [_tr("· γ + β"), f"· {exact(scale)} + {exact(shift)}"]
        figures = (
            grid_of("input", _tr("Input"), self.passage.x, channel, view.step, "window"),
            Sign("→"),
            grid_of(
                "training output" if training else "output",
                _tr("Output"),
                output,
                channel,
                view.step,
                "result",
            ),
            Note((*lines, f"= {exact(y)}")),
        )
        detail = _tr(
            "this map: mean {mean}, deviation {deviation} · running: mean {running}, variance {variance}"
        )
        told = detail.format(
            mean=exact(float(map_.mean())),
            deviation=exact(float(map_.std())),
            running=exact(float(layer.buffers["running_mean"][channel])),
            variance=exact(float(layer.buffers["running_var"][channel])),
        )
        if training:
            told = _tr(
                "by the batch, here this one image: mean {mean}, variance {variance} · the running ones"
                " follow by {momentum} of the way"
            ).format(mean=exact(mean), variance=exact(variance), momentum=f"{self.block.momentum:g}")
        text = _tr("{before} becomes {after}: what is usual for this channel becomes about 0.")
        return Scene(
            (Panel("batch-norm", _tr("Mean 0 and variance 1, channel by channel"), told, figures),),
            text.format(before=exact(x), after=exact(y)),
        )

    def _in_training(self) -> Array:
        """What the same layer gives in training, where the batch is this image."""
        layer, x = self.passage.layer, self.passage.x
        axes = (0, 2, 3)
        mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
        normalised = Normalised.of(x, mean, variance, self.block.eps, moves=True)
        return normalised.scaled(layer.params)

    def slope_says(self, value: float, slope: float) -> str:
        return _tr("γ / √(variance + ε) = {slope}").format(slope=exact(slope))
