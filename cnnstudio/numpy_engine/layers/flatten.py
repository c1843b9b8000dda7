"""Flatten: the same numbers in one row."""

from __future__ import annotations

from cnnstudio.core.block import Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class Flatten(Layer):
    """(N, C, H, W) to (N, C·H·W), channel by channel."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()

    def forward(self, x: Array, training: bool = False) -> Array:
        self._shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy: Array) -> Array:
        return dy.reshape(self._shape)
