"""LeakyReLU, number by number."""

from __future__ import annotations

from cnnstudio.ui.learn.explainers.pointwise import Pointwise


class LeakyReLU(Pointwise):
    """Its formula is the block's."""
