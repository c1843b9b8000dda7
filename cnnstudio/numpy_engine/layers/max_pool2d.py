"""Maximum pooling: the largest value of a window goes on, and the gradient goes back to it alone."""

from __future__ import annotations

import numpy as np

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.layers.pooling import Pooling


class MaxPool2d(Pooling):
    """Padding never wins; of equal values the first does, in reading order."""

    def forward(self, x: Array, training: bool = False) -> Array:
        self._over = self._slide(x)
        windows = self._over.windows(x, fill=-np.inf)  # (N, C, OH, OW, FH, FW)
        self._windows_shape = windows.shape
        values = windows.reshape(*windows.shape[:4], -1)
        self._winners = values.argmax(axis=-1, keepdims=True)
        return np.take_along_axis(values, self._winners, axis=-1)[..., 0]

    def backward(self, dy: Array) -> Array:
        values = np.zeros((*dy.shape, np.prod(self._windows_shape[4:])), dtype=dy.dtype)
        np.put_along_axis(values, self._winners, dy[..., None], axis=-1)
        return self._over.spread(values.reshape(self._windows_shape))
