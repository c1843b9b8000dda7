"""The residual block: what the body computes is added to what the shortcut passes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cnnstudio.blocks.residual import Residual as Block
from cnnstudio.numpy_engine.chain import Chain
from cnnstudio.numpy_engine.layer import Array, Layer


class Residual(Layer):
    """``activation(F(x) + shortcut(x))``; backward, the gradient takes both ways and is added.

    ``outputs`` and ``shares`` are what the body and the shortcut gave last, forward and backward.
    """

    def __init__(self, block: Block, stacks: Sequence[Chain]) -> None:
        super().__init__()
        self._body, self._shortcut = stacks
        self._relu = block.activation == "ReLU"

    def forward(self, x: Array, training: bool = False) -> Array:
        self.outputs = self._body.forward(x, training), self._shortcut.forward(x, training)
        total = self.outputs[0] + self.outputs[1]
        self._positive = total > 0
        return np.maximum(total, 0) if self._relu else total

    def backward(self, dy: Array) -> Array:
        if self._relu:
            dy = dy * self._positive
        self.shares = self._body.backward(dy), self._shortcut.backward(dy)
        return self.shares[0] + self.shares[1]

    def layers(self) -> Iterator[Layer]:
        yield self
        yield from self._body.layers()
        yield from self._shortcut.layers()
