"""Maximum pooling by windows of 2×2 that do not overlap: a knockout of two rounds."""

from __future__ import annotations

import numpy as np

from cnnstudio.numpy_engine.fast.fast_layer import FastLayer
from cnnstudio.numpy_engine.layer import Array


class MaxPool2d(FastLayer):
    """Left plays right in both rows of a window, then the upper winner plays the lower one.

    Who won is kept as three bits a window; backward they show the gradient its way. Of equal values the first
    in reading order wins, as everywhere.
    """

    def forward(self, x: Array, training: bool = False) -> Array:
        (a, b), (c, d) = _corners(x)
        shape = a.shape
        self._shape = x.shape
        upper, lower = (self._buffers.like(name, shape, x) for name in ("upper", "lower"))
        np.maximum(a, b, out=upper)
        np.maximum(c, d, out=lower)
        if training:
            self._won = [self._buffers.mask(name, shape) for name in ("b", "d", "second row")]
            np.greater(b, a, out=self._won[0])
            np.greater(d, c, out=self._won[1])
            np.greater(lower, upper, out=self._won[2])
        return np.maximum(upper, lower, out=upper)

    def backward(self, dy: Array) -> Array:
        dx = self._buffers.like("dx", self._shape, dy)
        right_above, right_below, below = self._won
        upper, lower = (self._buffers.like(name, dy.shape, dy) for name in ("upper share", "lower share"))
        np.multiply(dy, below, out=lower)
        np.subtract(dy, lower, out=upper)
        for share, right, (left_place, right_place) in zip(
            (upper, lower), (right_above, right_below), _corners(dx), strict=True
        ):
            np.multiply(share, right, out=right_place)
            np.subtract(share, right_place, out=left_place)
        return dx


def _corners(x: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """The four corners of all windows of (C, H, W, N), each (C, H/2, W/2, N); odd edges are left out."""
    even = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
    return (
        (even[:, 0::2, 0::2], even[:, 0::2, 1::2]),
        (even[:, 1::2, 0::2], even[:, 1::2, 1::2]),
    )
