"""Functions that NumPy lacks."""

from __future__ import annotations

import math

import numpy as np

from cnnstudio.numpy_engine.layer import Array

_erf = np.frompyfunc(math.erf, 1, 1)


def sigmoid(x: Array) -> Array:
    """``1 / (1 + e⁻ˣ)``, without overflow on either side."""
    small = np.exp(-np.abs(x))
    share: Array = np.where(x >= 0, 1, small) / (1 + small)
    return share


def normal_share(x: Array) -> Array:
    """Φ(x): how likely a standard normal variable is below x."""
    erf: Array = _erf(x / math.sqrt(2)).astype(x.dtype)
    return (1 + erf) / 2


def normal_density(x: Array) -> Array:
    """The density of a standard normal variable at x."""
    return np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
