"""Global average pooling: one number a channel."""

from __future__ import annotations

import numpy as np

from cnnstudio.core.block import Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class GlobalAvgPool2d(Layer):
    """(N, C, H, W) to (N, C)."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()

    def forward(self, x: Array, training: bool = False) -> Array:
        self._shape = x.shape
        y: Array = x.mean(axis=(2, 3))
        return y

    def backward(self, dy: Array) -> Array:
        _, _, height, width = self._shape
        return np.broadcast_to((dy / (height * width))[:, :, None, None], self._shape)
