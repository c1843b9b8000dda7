"""Local response normalisation (Krizhevsky, Sutskever and Hinton, 2012), with PyTorch's averaging."""

from __future__ import annotations

import numpy as np

from cnnstudio.blocks.local_response_norm import LocalResponseNorm as Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class LocalResponseNorm(Layer):
    """``y = x · d^−β`` with ``d = k + α/size · Σ x²`` over ``size`` neighbouring channels."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._size, self._alpha, self._beta, self._k = block.size, block.alpha, block.beta, block.k

    def forward(self, x: Array, training: bool = False) -> Array:
        self._x = x
        before, after = self._size // 2, (self._size - 1) // 2
        self._d = self._k + self._alpha / self._size * _sums(x * x, before, after)
        return x * self._d**-self._beta

    def backward(self, dy: Array) -> Array:
        # Channel c lies in the windows of the channels from c − after to c + before.
        before, after = (self._size - 1) // 2, self._size // 2
        through = _sums(dy * self._x * self._d ** (-self._beta - 1), before, after)
        return dy * self._d**-self._beta - 2 * self._alpha * self._beta / self._size * self._x * through


def _sums(x: Array, before: int, after: int) -> Array:
    """For each channel, the sum from so many channels before it to so many after it."""
    padded = np.pad(x, [(0, 0), (before, after), (0, 0), (0, 0)])
    sums: Array = np.lib.stride_tricks.sliding_window_view(padded, before + after + 1, axis=1).sum(axis=-1)
    return sums
