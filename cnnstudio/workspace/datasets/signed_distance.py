"""Outlines as signed distances: negative inside, positive outside, in units of the shape's radius.

Every function takes coordinates `x` and `y` of any one shape (arrays, float32), already moved, turned and
scaled so that the shape fills about -1..1, and returns distances of the same shape. They are exact or close
enough for an antialiased edge one pixel wide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating[Any]]


def circle(x: Field, y: Field) -> Field:
    return np.hypot(x, y) - np.float32(0.9)


def ring(x: Field, y: Field) -> Field:
    return np.abs(np.hypot(x, y) - np.float32(0.74)) - np.float32(0.17)


def box(x: Field, y: Field, half_width: float, half_height: float) -> Field:
    return np.maximum(np.abs(x) - np.float32(half_width), np.abs(y) - np.float32(half_height))


def square(x: Field, y: Field) -> Field:
    return box(x, y, 0.75, 0.75)


def frame(x: Field, y: Field) -> Field:
    return np.abs(box(x, y, 0.66, 0.66)) - np.float32(0.16)


def cross(x: Field, y: Field) -> Field:
    return np.minimum(box(x, y, 0.95, 0.28), box(x, y, 0.28, 0.95))


def triangle(x: Field, y: Field) -> Field:
    return _polygon(x, y, sides=3, inner=0.5)


def stripes(x: Field, y: Field) -> Field:
    """Three parallel bars."""
    bars = np.minimum(np.abs(y), np.minimum(np.abs(y - np.float32(0.66)), np.abs(y + np.float32(0.66))))
    distance: Field = np.maximum(bars - np.float32(0.18), np.abs(x) - np.float32(0.85))
    return distance


def crescent(x: Field, y: Field) -> Field:
    bite = np.hypot(x - np.float32(0.5), y) - np.float32(0.72)
    distance: Field = np.maximum(circle(x, y), -bite)
    return distance


def star(x: Field, y: Field) -> Field:
    """Five points: the straight edge from a tip to the next notch, mirrored into every tenth of the turn."""
    tenth = np.float32(np.pi / 5)
    angle = np.abs((np.arctan2(x, -y) + tenth) % (2 * tenth) - tenth)
    radius = np.hypot(x, y)
    along, across = radius * np.cos(angle), radius * np.sin(angle)
    tip, notch = 1.05, 0.45
    notch_along, notch_across = notch * np.cos(np.pi / 5), notch * np.sin(np.pi / 5)
    length = np.hypot(tip - notch_along, notch_across)
    normal_along, normal_across = np.float32(notch_across / length), np.float32((tip - notch_along) / length)
    distance: Field = (along - np.float32(tip)) * normal_along + across * normal_across
    return distance


def heart(x: Field, y: Field) -> Field:
    """Two discs on the upper sides of a square that stands on its corner."""
    root = np.float32(np.sqrt(0.5))
    u, v = (x + (y - 0.1)) * root, ((y - 0.1) - x) * root
    lobes = np.minimum(np.hypot(u + 0.5, v), np.hypot(u, v + 0.5)) - np.float32(0.5)
    distance: Field = np.minimum(box(u, v, 0.5, 0.5), lobes)
    return distance


def _polygon(x: Field, y: Field, sides: int, inner: float) -> Field:
    """A regular polygon whose edges are `inner` away from the middle."""
    half = np.float32(np.pi / sides)
    angle = (np.arctan2(x, y) + half) % (2 * half) - half
    distance: Field = np.hypot(x, y) * np.cos(angle) - np.float32(inner)
    return distance


OUTLINES: Mapping[str, Callable[[Field, Field], Field]] = MappingProxyType(
    {
        "circle": circle,
        "square": square,
        "triangle": triangle,
        "cross": cross,
        "ring": ring,
        "star": star,
        "stripes": stripes,
        "crescent": crescent,
        "heart": heart,
        "frame": frame,
    }
)
