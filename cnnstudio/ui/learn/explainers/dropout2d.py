"""Dropout of whole channels."""

from __future__ import annotations

from cnnstudio.ui.learn.explainers.dropout import Dropout


class Dropout2d(Dropout):
    """One draw for each channel."""
