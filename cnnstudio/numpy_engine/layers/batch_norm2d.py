"""Batch normalisation (Ioffe and Szegedy, 2015), with running statistics as PyTorch keeps them."""

from __future__ import annotations

import numpy as np

from cnnstudio.blocks.batch_norm2d import BatchNorm2d as Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.normalise import Normalised
from cnnstudio.numpy_engine.weights import Draw

_PER_CHANNEL = (0, 2, 3)


class BatchNorm2d(Layer):
    """Each channel gets mean 0 and variance 1: over the batch in training, by the running ones else."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._eps, self._momentum = block.eps, block.momentum
        channels = x[0]
        if block.affine:
            self.params = {"weight": draw.ones(channels), "bias": draw.zeros(channels)}
        self.buffers = {
            "running_mean": draw.zeros(channels),
            "running_var": draw.ones(channels),
            "num_batches_tracked": np.zeros((), dtype=np.int64),
        }

    def forward(self, x: Array, training: bool = False) -> Array:
        if training:
            mean, variance = x.mean(axis=_PER_CHANNEL), x.var(axis=_PER_CHANNEL)
            self._follow(mean, variance, x.size // x.shape[1])
        else:
            mean, variance = self.buffers["running_mean"], self.buffers["running_var"]
        self._normalised = Normalised.of(x, _wide(mean), _wide(variance), self._eps, training)
        return self._normalised.scaled(self.params)

    def backward(self, dy: Array) -> Array:
        return self._normalised.backward(dy, _PER_CHANNEL, self.params, self.grads)

    def _follow(self, mean: Array, variance: Array, values: int) -> None:
        """The running variance is the unbiased one, as in PyTorch."""
        unbiased = variance * (values / max(1, values - 1))
        for name, now in (("running_mean", mean), ("running_var", unbiased)):
            old = self.buffers[name]
            old += self._momentum * (now - old)
        self.buffers["num_batches_tracked"] += 1


def _wide(per_channel: Array) -> Array:
    return per_channel[None, :, None, None]
