"""The fully connected layer with images last: one matrix product each way."""

from __future__ import annotations

import numpy as np

from cnnstudio.numpy_engine.fast.fast_layer import FastLayer
from cnnstudio.numpy_engine.layer import Array


class Linear(FastLayer):
    """``y = W x + b`` for columns x."""

    def forward(self, x: Array, training: bool = False) -> Array:
        self._x = x
        weight = self.params["weight"]
        y = self._buffers.like("y", (len(weight), x.shape[1]), x)
        np.matmul(weight, x, out=y)
        if "bias" in self.params:
            y += self.params["bias"][:, None]
        return y

    def backward(self, dy: Array) -> Array:
        np.matmul(dy, self._x.T, out=self._gradient("weight"))
        if "bias" in self.params:
            np.sum(dy, axis=1, out=self._gradient("bias"))
        if self.first:
            return dy
        dx = self._buffers.like("dx", self._x.shape, dy)
        np.matmul(self.params["weight"].T, dy, out=dx)
        return dx
