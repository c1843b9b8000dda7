"""Convolution with images last: the im2col matrix is copied in long runs and stays in one place."""

from __future__ import annotations

from cnnstudio.numpy_engine.fast.convolution import Convolution
from cnnstudio.numpy_engine.layer import Array


class Conv2d(Convolution):
    """All output rows at once."""

    def forward(self, x: Array, training: bool = False) -> Array:
        y = self._buffers.like("y", self._begin(x), x)
        self._col = self._forward(slice(0, y.shape[1]), y)
        return y

    def backward(self, dy: Array) -> Array:
        self._begin_backward(dy)
        self._backward(slice(0, dy.shape[1]), dy, self._col)
        return self._end_backward(dy)
