"""The residual block: what the body computes is added to what the shortcut passes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cnnstudio.blocks.residual import Residual as Block
from cnnstudio.numpy_engine.chain import Chain
from cnnstudio.numpy_engine.layer import Array, Layer


class Residual(Layer):
    """``activation(F(x) + shortcut(x))``; backward, the gradient takes both ways and is added."""

    def __init__(self, block: Block, stacks: Sequence[Chain]) -> None:
        super().__init__()
        self._body, self._shortcut = stacks
        self._relu = block.activation == "ReLU"

    def forward(self, x: Array, training: bool = False) -> Array:
        total = self._body.forward(x, training) + self._shortcut.forward(x, training)
        self._positive = total > 0
        return np.maximum(total, 0) if self._relu else total

    def backward(self, dy: Array) -> Array:
        if self._relu:
            dy = dy * self._positive
        return self._body.backward(dy) + self._shortcut.backward(dy)

    def layers(self) -> Iterator[Layer]:
        yield self
        yield from self._body.layers()
        yield from self._shortcut.layers()
