"""Gaussian error linear unit."""

from __future__ import annotations

from cnnstudio.core.block import Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Pointwise
from cnnstudio.numpy_engine.special import normal_density, normal_share
from cnnstudio.numpy_engine.weights import Draw


class GELU(Pointwise):
    """``x · Φ(x)``."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()

    def value(self, x: Array) -> Array:
        return x * normal_share(x)

    def slope(self, x: Array) -> Array:
        return normal_share(x) + x * normal_density(x)
