"""Average pooling: the mean of a window goes on, and the gradient is shared out equally."""

from __future__ import annotations

import numpy as np

from cnnstudio.core.window import Window
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.layers.pooling import Pooling


class AvgPool2d(Pooling):
    """Padding counts as zeros; what hangs over the padding's edge (ceil mode) does not count."""

    def forward(self, x: Array, training: bool = False) -> Array:
        self._over = self._slide(x)
        windows = self._over.windows(x)
        self._windows_shape = windows.shape
        rows, columns = (
            _counted(side, count, size)
            for side, count, size in zip(self.sides, self._over.output, x.shape[2:], strict=True)
        )
        self._counted = (rows[:, None] * columns).astype(x.dtype)
        total: Array = windows.sum(axis=(4, 5))
        return total / self._counted

    def backward(self, dy: Array) -> Array:
        share = (dy / self._counted)[..., None, None]
        return self._over.spread(np.broadcast_to(share, self._windows_shape))


def _counted(side: Window, count: int, size: int) -> Array:
    """How many pixels of each window lie within the map and its padding."""
    starts = np.arange(count) * side.stride - side.padding
    return np.minimum(starts + side.kernel, size + side.padding) - starts
