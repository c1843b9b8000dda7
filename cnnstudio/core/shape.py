"""Shapes of what flows between blocks, as torch orders them, without the batch.

A map is ``(channels, height, width)``; a flat vector is ``(features,)``.
"""

from math import prod
from typing import Literal

Shape = tuple[int, ...]
Order = Literal["hwc", "nchw"]

BYTES_PER_VALUE = 4  # float32


def is_map(shape: Shape) -> bool:
    """Whether the shape is an image-like ``(channels, height, width)``."""
    return len(shape) == 3


def count(shape: Shape) -> int:
    """How many values one image has in this shape."""
    return prod(shape)


def shape_text(shape: Shape | None, order: Order = "hwc") -> str:
    """How people read a shape: ``32×32×3`` as the tutorials do, or ``N,3,32,32`` as torch does.

    An unknown shape (behind a faulty block) is ``?``.
    """
    if shape is None:
        return "?"
    if order == "nchw":
        return ",".join(["N", *map(str, shape)])
    if is_map(shape):
        channels, height, width = shape
        return f"{height}×{width}×{channels}"
    return "×".join(map(str, shape))
