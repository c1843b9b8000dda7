"""What stands for a readable layer and shares its weights."""

from __future__ import annotations

import numpy as np

from cnnstudio.numpy_engine.fast.buffers import Buffers
from cnnstudio.numpy_engine.layer import Array, Layer


class FastLayer(Layer):
    """Images last: (C, H, W, N) or (features, N).

    ``first``: nothing before this layer learns, so :meth:`backward` need not say what comes out of it.
    """

    first = False

    def __init__(self, layer: Layer) -> None:
        self.params, self.grads, self.buffers = layer.params, layer.grads, layer.buffers
        self._buffers = Buffers()

    def _gradient(self, name: str) -> Array:
        """Where a gradient goes: always the same memory."""
        if name not in self.grads:
            self.grads[name] = np.zeros_like(self.params[name])
        return self.grads[name]


class Turned(FastLayer):
    """A readable layer among fast ones: the images come first for it and last again after it."""

    def __init__(self, layer: Layer) -> None:
        super().__init__(layer)
        self._layer = layer

    def forward(self, x: Array, training: bool = False) -> Array:
        return images_last(self._layer.forward(images_first(x), training))

    def backward(self, dy: Array) -> Array:
        return images_last(self._layer.backward(images_first(dy)))


def images_last(x: Array) -> Array:
    """(N, …) to (…, N), each image's values far apart."""
    return np.ascontiguousarray(np.moveaxis(x, 0, -1))


def images_first(x: Array) -> Array:
    """(…, N) to (N, …)."""
    return np.ascontiguousarray(np.moveaxis(x, -1, 0))
