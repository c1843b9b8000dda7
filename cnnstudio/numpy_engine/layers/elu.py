"""Exponential linear unit."""

from __future__ import annotations

import numpy as np

from cnnstudio.blocks import elu
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Pointwise
from cnnstudio.numpy_engine.weights import Draw


class ELU(Pointwise):
    """``x``, below zero ``α · (eˣ − 1)``."""

    def __init__(self, block: elu.ELU, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._alpha = block.alpha

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, self._alpha * np.expm1(np.minimum(x, 0)))

    def slope(self, x: Array) -> Array:
        return np.where(x > 0, x.dtype.type(1), self._alpha * np.exp(np.minimum(x, 0)))
