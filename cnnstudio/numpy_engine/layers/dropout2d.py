"""Dropout of whole channels."""

from __future__ import annotations

from cnnstudio.numpy_engine.layers.dropout import Dropout


class Dropout2d(Dropout):
    """One draw for each channel of each image."""

    def _drawn(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (*shape[:2], 1, 1)
