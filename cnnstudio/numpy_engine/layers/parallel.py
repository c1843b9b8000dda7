"""Branches side by side: their outputs are concatenated, added or multiplied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cnnstudio.blocks.parallel import Parallel as Block
from cnnstudio.numpy_engine.chain import Chain
from cnnstudio.numpy_engine.layer import Array, Layer


class Parallel(Layer):
    """Every branch gets the same input, so its gradient is the sum over the branches.

    ``outputs`` are what the branches gave last, ``shares`` what each gave to the gradient of the input.
    """

    def __init__(self, block: Block, stacks: Sequence[Chain]) -> None:
        super().__init__()
        self._branches = tuple(stacks)
        self._merge = block.merge

    def forward(self, x: Array, training: bool = False) -> Array:
        self.outputs = outputs = [branch.forward(x, training) for branch in self._branches]
        if self._merge == "concat":
            return np.concatenate(outputs, axis=1)
        total = outputs[0]
        for y in outputs[1:]:
            total = total + y if self._merge == "add" else total * y
        return total

    def backward(self, dy: Array) -> Array:
        parts = zip(self._branches, self._parts(dy), strict=True)
        self.shares = [branch.backward(part) for branch, part in parts]
        return sum(self.shares[1:], start=self.shares[0])

    def _parts(self, dy: Array) -> list[Array]:
        """What comes back to each branch."""
        if self._merge == "concat":
            ends = np.cumsum([y.shape[1] for y in self.outputs])
            return np.split(dy, ends[:-1], axis=1)
        if self._merge == "add":
            return [dy for _ in self.outputs]
        return [_narrowed(dy * self._product_without(i), y.shape) for i, y in enumerate(self.outputs)]

    def _product_without(self, index: int) -> Array:
        product = np.ones((), dtype=self.outputs[0].dtype)
        for i, y in enumerate(self.outputs):
            if i != index:
                product = product * y
        return product

    def layers(self) -> Iterator[Layer]:
        yield self
        for branch in self._branches:
            yield from branch.layers()


def _narrowed(gradient: Array, shape: tuple[int, ...]) -> Array:
    """A C×1×1 branch weighed every pixel of its channel: their gradients are added."""
    gradient = np.broadcast_to(gradient, np.broadcast_shapes(gradient.shape, shape))
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1 != gradient.shape[axis])
    return gradient.sum(axis=axes, keepdims=True) if axes else gradient
