"""Hyperbolic tangent."""

from __future__ import annotations

import numpy as np

from cnnstudio.core.block import Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Pointwise
from cnnstudio.numpy_engine.weights import Draw


class Tanh(Pointwise):
    """``tanh(x)``."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()

    def value(self, x: Array) -> Array:
        return np.tanh(x)

    def slope(self, x: Array) -> Array:
        return 1 - np.tanh(x) ** 2
