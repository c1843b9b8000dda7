"""ReLU into kept memory."""

from __future__ import annotations

import numpy as np

from cnnstudio.numpy_engine.fast.fast_layer import FastLayer
from cnnstudio.numpy_engine.layer import Array


class ReLU(FastLayer):
    """``max(0, x)``."""

    def forward(self, x: Array, training: bool = False) -> Array:
        self._positive = np.greater(x, 0, out=self._buffers.mask("positive", x.shape))
        return np.maximum(x, 0, out=self._buffers.like("y", x.shape, x))

    def backward(self, dy: Array) -> Array:
        return np.multiply(dy, self._positive, out=self._buffers.like("dx", dy.shape, dy))
