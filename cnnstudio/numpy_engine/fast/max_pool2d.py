"""Maximum pooling by windows of 2×2 that do not overlap, and ReLU after it in the same pass."""

from __future__ import annotations

from cnnstudio.numpy_engine.fast.fast_layer import FastLayer
from cnnstudio.numpy_engine.fast.knockout import Knockout
from cnnstudio.numpy_engine.layer import Array, Layer


class MaxPool2d(FastLayer):
    """Backward the winners, kept from forward, show the gradient its way."""

    def __init__(self, layer: Layer, rectify: bool = False) -> None:
        super().__init__(layer)
        self._knockout = Knockout(self._buffers, rectify)

    def forward(self, x: Array, training: bool = False) -> Array:
        channels, height, width, images = self._shape = x.shape
        y = self._buffers.like("y", (channels, height // 2, width // 2, images), x)
        self._winners = self._knockout.winners("winners", y.shape) if training else None
        self._knockout.forward(x, y, self._winners)
        return y

    def backward(self, dy: Array) -> Array:
        assert self._winners is not None, "a step of training comes first"
        dx = self._buffers.like("dx", self._shape, dy)
        self._knockout.backward(dy, self._winners, dx)
        return dx
