"""Softmax over the features, or over the channels of each pixel."""

from __future__ import annotations

import numpy as np

from cnnstudio.core.block import Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.loss import log_softmax
from cnnstudio.numpy_engine.weights import Draw


class Softmax(Layer):
    """``exp(x[c]) / Σ exp(x)``."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()

    def forward(self, x: Array, training: bool = False) -> Array:
        self._y = np.exp(log_softmax(x))
        return self._y

    def backward(self, dy: Array) -> Array:
        common: Array = (dy * self._y).sum(axis=1, keepdims=True)
        return self._y * (dy - common)
