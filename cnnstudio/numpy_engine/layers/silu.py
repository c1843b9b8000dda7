"""Sigmoid linear unit (swish)."""

from __future__ import annotations

from cnnstudio.core.block import Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Pointwise
from cnnstudio.numpy_engine.special import sigmoid
from cnnstudio.numpy_engine.weights import Draw


class SiLU(Pointwise):
    """``x · sigmoid(x)``."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()

    def value(self, x: Array) -> Array:
        return x * sigmoid(x)

    def slope(self, x: Array) -> Array:
        return sigmoid(x) * (1 + x * (1 - sigmoid(x)))
