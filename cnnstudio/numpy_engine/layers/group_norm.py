"""Group normalisation (Wu and He, 2018): by the statistics of each image's own groups of channels."""

from __future__ import annotations

from cnnstudio.blocks.group_norm import GroupNorm as Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.normalise import Normalised
from cnnstudio.numpy_engine.weights import Draw


class GroupNorm(Layer):
    """Maps (N, C, H, W) or features (N, C)."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._groups, self._eps = block.num_groups, block.eps
        if block.affine:
            self.params = {"weight": draw.ones(x[0]), "bias": draw.zeros(x[0])}

    def forward(self, x: Array, training: bool = False) -> Array:
        groups = self._grouped(x)
        mean, variance = groups.mean(axis=2, keepdims=True), groups.var(axis=2, keepdims=True)
        self._normalised = Normalised.of(groups, mean, variance, self._eps, moves=True)
        self._normalised = self._normalised.shaped(x.shape)
        return self._normalised.scaled(self.params)

    def backward(self, dy: Array) -> Array:
        dx = self._normalised.gradient_of_scale(dy, self.params, self.grads)
        by_group = self._normalised.shaped((len(dy), self._groups, -1))
        return by_group.unscaled(self._grouped(dx), (2,)).reshape(dy.shape)

    def _grouped(self, x: Array) -> Array:
        return x.reshape(len(x), self._groups, -1)
