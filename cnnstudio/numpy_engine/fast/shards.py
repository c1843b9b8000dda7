"""Several threads, each with its share of a batch: NumPy computes without Python's lock, and so side by side.

One thread a share with single-threaded matrix products beats one after the other with products that use
several threads: pooling and activations are shared out too.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

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
        return np.concatenate(self._each(lambda quick, share: quick.forward(share, training), x))

    def backward(self, dy: Array) -> Array:
        first, *_ = self._each(lambda quick, share: quick.backward(share), dy)
        for members in self._members[1 : self._used]:
            _add_gradients(self._members[0], members)
        return first

    def _each(self, work: Callable[[Quick, Array], Array], batch: Array) -> list[Array]:
        """What each chain that is used makes of its share; the first one works in this thread."""
        first, *rest = zip(self._quick, np.array_split(batch, self._used), strict=False)
        if not rest:
            return [work(*first)]
        with _products().limit(limits=1, user_api="blas"):
            others = [self._pool.submit(work, *one) for one in rest]
            return [work(*first), *(future.result() for future in others)]

    def layers(self) -> Iterator[Layer]:
        return self._quick[0].layers()


@cache
def _products() -> ThreadpoolController:
    """NumPy's matrix products: they would take the cores that the other shares are on."""
    return ThreadpoolController()


def _twin(layer: Layer) -> Layer:
    """The same weights, other gradients and other memory."""
    twin = copy.copy(layer)
    twin.grads = {}
    return twin


def _add_gradients(to: Sequence[Layer], of: Sequence[Layer]) -> None:
    for layer, other in zip(to, of, strict=True):
        for name, gradient in other.grads.items():
            layer.grads[name] += gradient
