"""The fast path for a single layer, with the images first as everywhere else."""

from __future__ import annotations

from cnnstudio.numpy_engine.fast.conv2d import Conv2d
from cnnstudio.numpy_engine.fast.fast_layer import FastLayer, images_first, images_last
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.layers import conv2d


class _Alone(FastLayer):
    def __init__(self, layer: Layer, fast: FastLayer) -> None:
        super().__init__(layer)
        self._fast = fast

    def forward(self, x: Array, training: bool = False) -> Array:
        return images_first(self._fast.forward(images_last(x), training))

    def backward(self, dy: Array) -> Array:
        return images_first(self._fast.backward(images_last(dy)))


def alone(layer: Layer) -> Layer:
    """What computes the same with the same weights and gradients, in memory that goes with it.

    The layer itself where the fast path knows nothing better for a few images.
    """
    if isinstance(layer, conv2d.Conv2d) and layer.groups == 1:
        return _Alone(layer, Conv2d(layer))
    return layer
