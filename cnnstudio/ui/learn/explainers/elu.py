"""ELU, number by number."""

from __future__ import annotations

from cnnstudio.ui.learn.explainers.pointwise import Pointwise


class ELU(Pointwise):
    """Its formula is the block's."""
