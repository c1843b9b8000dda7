"""Batch norm: a channel's mean is taken off, its deviation divided by, then scale and shift are learnt."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.batch_norm2d import BatchNorm2d as Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.normalise import Normalised
from cnnstudio.numpy_engine.trace import InBatch
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.maps import grid_of
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.plots import histogram
from cnnstudio.ui.learn.scale_and_shift import scale_and_shift
from cnnstudio.ui.learn.scene import Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnBatchNorm2d", text)


class BatchNorm2d(Pointwise):
    """In evaluation by the running mean and variance, in training by those of the batch."""

    modes = ("forward", "training", "backward")
    block: Block

    def scene(self, view: View) -> Scene:
        if view.mode == "backward":
            return self._both_ways(view)
        layer, channel = self.passage.layer, view.channel
        training = view.mode == "training"
        batch = self._batch()
        before = batch.x if training else self.passage.x
        map_ = before[0, channel]
        if training:
            mean, variance = float(batch.mean[channel]), float(batch.variance[channel])
        else:
            mean = float(layer.buffers["running_mean"][channel])
            variance = float(layer.buffers["running_var"][channel])
        output = self._in_training(batch) if training else self.passage.y
        x, y = (self.value_at(values, view) for values in (before, output))
        deviation = math.sqrt(variance + self.block.eps)
        lines = [
            _tr("(x − mean) / √(variance + ε)"),
            f"= ({exact(x)} − {bracketed(mean)}) / {exact(deviation)}",
            f"= {exact((x - mean) / deviation)}",
        ]
        if layer.params:
            scale, shift = (float(layer.params[name][channel]) for name in ("weight", "bias"))
            lines += [_tr("· γ + β"), f"· {bracketed(scale)} + {bracketed(shift)}"]
        figures = (
            grid_of(
                "input in training" if training else "input",
                _tr("Input"),
                before,
                channel,
                view.step,
                "window",
            ),
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
                "by the batch of {images}: mean {mean}, variance {variance} · the running ones"
                " follow by {momentum} of the way"
            ).format(
                images=batch.images,
                mean=exact(mean),
                variance=exact(variance),
                momentum=f"{self.block.momentum:g}",
            )
        text = _tr("{before} becomes {after}: what is usual for this channel becomes about 0.")
        if not training and (mean, variance) == (0, 1):
            text = _tr(
                "{before} becomes {after}: no batch has been seen yet, so mean 0 and variance 1 stand in."
                " In training, the batch's own are taken."
            )
        spread = (
            histogram("before", _tr("How often: before"), map_, x),
            Sign("→"),
            histogram("after", _tr("How often: after"), output[0, channel], y),
        )
        return Scene(
            (
                Panel("batch-norm", _tr("Mean 0 and variance 1, channel by channel"), told, figures),
                Panel("plots", _tr("All numbers of this channel"), _tr("moved and stretched alike"), spread),
            ),
            text.format(before=exact(x), after=exact(y)),
        )

    def _both_ways(self, view: View) -> Scene:
        """To the input, and to what is learnt."""
        scene = super().scene(view)
        if not self.passage.layer.params:
            return scene
        mean, deviation = self._running()
        wide = [values[None, :, None, None] for values in (mean, deviation)]
        normalised = (self.passage.x - wide[0]) / wide[1]
        own = scale_and_shift(self.passage, normalised, view.channel, view)
        return Scene((*scene.panels, own), scene.sentence)

    def _running(self) -> tuple[Array, Array]:
        """Mean and deviation of each channel in evaluation."""
        buffers = self.passage.layer.buffers
        return buffers["running_mean"], np.sqrt(buffers["running_var"] + self.block.eps)

    def slope_at(self, view: View) -> float:
        scale = self.passage.layer.params.get("weight")
        own = 1.0 if scale is None else float(scale[view.channel])
        return own / float(self._running()[1][view.channel])

    def _batch(self) -> InBatch:
        """The batch that is known; else one of this image alone."""
        if self.about.batch is not None:
            return self.about.batch
        x, axes = self.passage.x, (0, 2, 3)
        return InBatch(x, x.mean(axis=axes), x.var(axis=axes), 1)

    def _in_training(self, batch: InBatch) -> Array:
        """What the same layer gives for this image in training."""
        mean, variance = (values[None, :, None, None] for values in (batch.mean, batch.variance))
        normalised = Normalised.of(batch.x, mean, variance, self.block.eps, moves=True)
        return normalised.scaled(self.passage.layer.params)

    def slope_says(self, value: float, slope: float) -> str:
        return _tr("γ / √(variance + ε) = {slope}").format(slope=exact(slope))
