"""ReLU that lets a little of the negative side through."""

from __future__ import annotations

import numpy as np

from cnnstudio.blocks.leaky_relu import LeakyReLU as Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Pointwise
from cnnstudio.numpy_engine.weights import Draw


class LeakyReLU(Pointwise):
    """``max(0, x) + slope · min(0, x)``."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._slope = block.negative_slope

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, self._slope * x)

    def slope(self, x: Array) -> Array:
        return np.where(x > 0, x.dtype.type(1), x.dtype.type(self._slope))
