"""What everything that computes has: a forward pass, a backward pass, and the numbers it learns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


class Layer:
    """One block at work.

    ``params`` are learnt; ``grads`` has the same names after :meth:`backward`; ``buffers`` are kept with the
    weights without being learnt (running means). Names are PyTorch's.
    """

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.buffers: dict[str, Array] = {}

    def forward(self, x: Array, training: bool = False) -> Array:
        """What leaves for input ``x``; in training, what :meth:`backward` needs is kept."""
        raise NotImplementedError

    def backward(self, dy: Array) -> Array:
        """The gradient of the loss by the last ``x``, from the gradient by what left; fills ``grads``."""
        raise NotImplementedError

    def layers(self) -> Iterator[Layer]:
        """This one and all inside it, in the order in which they compute."""
        yield self


class Pointwise(Layer):
    """A function of every value by itself."""

    def forward(self, x: Array, training: bool = False) -> Array:
        self._x = x
        return self.value(x)

    def backward(self, dy: Array) -> Array:
        return dy * self.slope(self._x)

    def value(self, x: Array) -> Array:
        """The function."""
        raise NotImplementedError

    def slope(self, x: Array) -> Array:
        """Its derivative."""
        raise NotImplementedError
