"""Adaptive average pooling: as many windows as it takes to reach a size; they may overlap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnnstudio.blocks.adaptive_avg_pool2d import AdaptiveAvgPool2d as Block
from cnnstudio.core.fields import pair
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class AdaptiveAvgPool2d(Layer):
    """Window i reaches from ⌊i·in/out⌋ to ⌈(i + 1)·in/out⌉."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._size = pair(block.output_size)

    def forward(self, x: Array, training: bool = False) -> Array:
        self._shape = x.shape
        y = np.empty((*x.shape[:2], *self._size), dtype=x.dtype)
        for i, rows in self._windows(0):
            for j, columns in self._windows(1):
                y[:, :, i, j] = x[:, :, rows, columns].mean(axis=(2, 3))
        return y

    def backward(self, dy: Array) -> Array:
        dx = np.zeros(self._shape, dtype=dy.dtype)
        for i, rows in self._windows(0):
            for j, columns in self._windows(1):
                window = dx[:, :, rows, columns]
                window += (dy[:, :, i, j] / (window.shape[2] * window.shape[3]))[:, :, None, None]
        return dx

    def _windows(self, side: int) -> Iterator[tuple[int, slice]]:
        size, out = self._shape[2 + side], self._size[side]
        for i in range(out):
            yield i, slice(i * size // out, -(-(i + 1) * size // out))
