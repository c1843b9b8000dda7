"""A second chain with the weights of the first, for another thread's images."""

from __future__ import annotations

import copy

from cnnstudio.numpy_engine.chain import Chain
from cnnstudio.numpy_engine.layer import Layer, Pointwise
from cnnstudio.numpy_engine.layers import conv2d, flatten, global_avg_pool2d, linear, pooling

_ALONE: tuple[type[Layer], ...] = (
    conv2d.Conv2d,
    flatten.Flatten,
    global_avg_pool2d.GlobalAvgPool2d,
    linear.Linear,
    pooling.Pooling,
    Pointwise,
)
"""Layers that treat each image by itself and draw nothing at random."""


def treats_images_alone(chain: Chain) -> bool:
    """Whether shares of a batch give what the whole batch would."""
    return all(isinstance(layer, _ALONE) for layer in chain.members)


def twin(chain: Chain) -> tuple[Chain, dict[Layer, Layer]]:
    """The same weights, other gradients and other memory; and which layer stands for which."""
    twins = {layer: _twin(layer) for layer in chain.members}
    return Chain(list(twins.values())), twins


def _twin(layer: Layer) -> Layer:
    other = copy.copy(layer)
    other.grads = {}
    return other
