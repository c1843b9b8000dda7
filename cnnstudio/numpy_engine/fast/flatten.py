"""Flatten with images last: nothing moves."""

from __future__ import annotations

from cnnstudio.numpy_engine.fast.fast_layer import FastLayer
from cnnstudio.numpy_engine.layer import Array


class Flatten(FastLayer):
    """(C, H, W, N) to (C·H·W, N)."""

    def forward(self, x: Array, training: bool = False) -> Array:
        self._shape = x.shape
        return x.reshape(-1, x.shape[-1])

    def backward(self, dy: Array) -> Array:
        return dy.reshape(self._shape)
