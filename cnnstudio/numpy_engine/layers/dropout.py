"""Dropout: random values are zero in training, the others larger by as much."""

from __future__ import annotations

from cnnstudio.blocks.dropout import Dropout as Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class Dropout(Layer):
    """Without effect outside training."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._p, self._random = block.p, draw.random

    def forward(self, x: Array, training: bool = False) -> Array:
        self._mask: Array | None = None
        if not training or self._p == 0:
            return x
        kept = self._random.generator.random(self._drawn(x.shape)) >= self._p
        self._mask = kept.astype(x.dtype) / x.dtype.type(1 - self._p)
        return x * self._mask

    def backward(self, dy: Array) -> Array:
        return dy if self._mask is None else dy * self._mask

    def _drawn(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """One draw for each value."""
        return shape
