"""Memory that is kept from step to step: fresh memory costs more than the arithmetic that fills it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.numpy_engine.layer import Array

Mask = NDArray[np.bool_]


class Buffers:
    """Arrays by name and shape, for one layer."""

    def __init__(self) -> None:
        self._arrays: dict[tuple[str, tuple[int, ...], type], Any] = {}

    def like(self, name: str, shape: tuple[int, ...], example: Array) -> Array:
        """The array of this name and shape, of the example's type; it holds what was left in it."""
        kept: Array = self._kept(name, shape, example.dtype.type)
        return kept

    def mask(self, name: str, shape: tuple[int, ...]) -> Mask:
        """As :meth:`like`, of yes and no."""
        kept: Mask = self._kept(name, shape, np.bool_)
        return kept

    def _kept(self, name: str, shape: tuple[int, ...], kind: type) -> Any:
        key = name, shape, kind
        if key not in self._arrays:
            self._arrays[key] = np.zeros(shape, dtype=kind)
        return self._arrays[key]
