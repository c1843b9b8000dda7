"""Several threads, each with its share of a batch: NumPy computes without Python's lock, and so side by side.

One thread a share with single-threaded matrix products beats one after the other with products that use
several threads: pooling and activations are shared out too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from cnnstudio.numpy_engine.chain import Chain
from cnnstudio.numpy_engine.fast.quicken import Quick, quicken
from cnnstudio.numpy_engine.layer import Array, Layer, Pointwise
from cnnstudio.numpy_engine.layers import conv2d, flatten, global_avg_pool2d, linear, pooling

LEAST_IMAGES = 8
"""Of a share: smaller ones are not worth a thread's start."""
_ALONE: tuple[type[Layer], ...] = (
    conv2d.Conv2d,
    flatten.Flatten,
    global_avg_pool2d.GlobalAvgPool2d,
    linear.Linear,
    pooling.Pooling,
    Pointwise,
)
"""Layers that treat each image by itself and draw nothing at random."""


def can_be_shared(chain: Chain) -> bool:
    """Whether shares of a batch give what the whole batch would: not with batch norm or dropout."""
    return all(isinstance(layer, _ALONE) for layer in chain.members)


class Shards(Layer):
    """As a quick chain; the weights are the same for all shares, the gradients are added up."""

    def __init__(self, chain: Chain, threads: int) -> None:
        super().__init__()
        others = [Chain([_twin(layer) for layer in chain.members]) for _ in range(threads - 1)]
        self._quick: tuple[Quick, ...] = (quicken(chain), *map(quicken, others))
        self._members = [tuple(each.members) for each in (chain, *others)]
        self._pool = ThreadPoolExecutor(threads - 1, thread_name_prefix="numpy share")
        self._used = 1

    def forward(self, x: Array, training: bool = False) -> Array:
        self._used = max(1, min(len(self._quick), len(x) // LEAST_IMAGES))
        shares = np.array_split(x, self._used)
        rest = [
            self._pool.submit(quick.forward, share, training)
            for quick, share in zip(self._quick[1:], shares[1:], strict=False)
        ]
        first = self._quick[0].forward(shares[0], training)
        return np.concatenate([first, *(future.result() for future in rest)]) if rest else first

    def backward(self, dy: Array) -> Array:
        shares = np.array_split(dy, self._used)
        rest = [
            self._pool.submit(quick.backward, share)
            for quick, share in zip(self._quick[1:], shares[1:], strict=False)
        ]
        first = self._quick[0].backward(shares[0])
        for future in rest:
            future.result()
        for members in self._members[1 : self._used]:
            _add_gradients(self._members[0], members)
        return first

    def layers(self) -> Iterator[Layer]:
        return self._quick[0].layers()


def _twin(layer: Layer) -> Layer:
    """The same weights, other gradients and other memory."""
    twin = copy.copy(layer)
    twin.grads = {}
    return twin


def _add_gradients(to: Sequence[Layer], of: Sequence[Layer]) -> None:
    for layer, other in zip(to, of, strict=True):
        for name, gradient in other.grads.items():
            layer.grads[name] += gradient
