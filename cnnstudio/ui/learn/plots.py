"""Functions and distributions as figures."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layer import Array, Pointwise
from cnnstudio.ui.learn.scene import Curve

_POINTS, _BINS = 121, 32
_LEAST_REACH, _STRAIGHT = 4.0, 2


def function_curve(layer: Pointwise, values: Array, x: float, slope: float | None = None) -> Curve:
    """What a layer makes of every number between the largest of ``values`` and its negative, and of x."""
    reach = max(float(np.abs(values).max(initial=0.0)), abs(x)) or 1.0
    if len(np.unique(layer.slope(np.linspace(-_LEAST_REACH, _LEAST_REACH, _POINTS)))) > _STRAIGHT:
        reach = max(reach, _LEAST_REACH)  # a bent function looks straight from too near
    xs = np.linspace(-reach, reach, _POINTS)
    y = float(layer.value(np.array([x]))[0])
    title = QCoreApplication.translate("LearnPlots", "The function, and this number on it")
    return Curve("function", title, xs, layer.value(xs), (x, y), slope)


def histogram(name: str, title: str, values: Array, x: float | None = None) -> Curve:
    """How many of the numbers are how large; ``x`` is marked."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if high - low < 1e-12:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(finite, bins=_BINS, range=(low, high))
    xs, ys = np.repeat(edges, 2), np.concatenate([[0], np.repeat(counts, 2), [0]])
    point = None
    if x is not None:
        at = int(np.clip(np.searchsorted(edges, x, side="right") - 1, 0, _BINS - 1))
        point = x, float(counts[at])
    return Curve(name, title, xs, ys.astype(np.float64), point, filled=True)
