"""Who wins a window of 2×2: left plays right in both rows, then the upper winner plays the lower one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnstudio.numpy_engine.fast.buffers import Buffers, Mask
from cnnstudio.numpy_engine.layer import Array


class Knockout:
    """The maximum of windows that do not overlap; of equal values the first in reading order wins.

    ``rectify``: zero plays too, and when it wins nobody gets the gradient. So ReLU costs one look at a
    quarter of the values.
    """

    def __init__(self, buffers: Buffers, rectify: bool) -> None:
        self._buffers = buffers
        self._rectify = rectify

    def forward(self, x: Array, out: Array, winners: Sequence[Mask] | None) -> None:
        """``out`` (C, H/2, W/2, N) becomes the maximum; ``winners``, one for each corner, who it was."""
        a, b, c, d = corners(x)
        upper, lower = (self._buffers.like(name, a.shape, x) for name in ("upper", "lower"))
        np.maximum(a, b, out=upper)
        np.maximum(c, d, out=lower)
        if winners is not None:
            self._tell(winners, (a, b, c, d), upper, lower)
        np.maximum(upper, lower, out=out)
        if self._rectify:
            np.maximum(out, 0, out=out)

    def backward(self, dy: Array, winners: Sequence[Mask], dx: Array) -> None:
        """``dx`` (C, H, W, N) becomes the gradient: all of ``dy`` goes to the winners, others have zero."""
        dx[:, dy.shape[1] * 2 :] = 0  # odd edges
        dx[:, :, dy.shape[2] * 2 :] = 0
        for corner, winner in zip(corners(dx), winners, strict=True):
            np.multiply(dy, winner, out=corner)

    def winners(self, name: str, shape: tuple[int, ...]) -> list[Mask]:
        """Room for the winners of so many windows."""
        return [self._buffers.mask(f"{name}, corner {corner}", shape) for corner in range(4)]

    def _tell(self, winners: Sequence[Mask], players: Sequence[Array], upper: Array, lower: Array) -> None:
        a, b, c, d = players
        above, below = (self._buffers.mask(name, upper.shape) for name in ("above", "below"))
        np.greater(lower, upper, out=below)
        np.logical_not(below, out=above)
        if self._rectify:
            np.logical_and(below, np.greater(lower, 0), out=below)
            np.logical_and(above, np.greater(upper, 0), out=above)
        for row, left, right, one, other in (
            (above, *winners[:2], a, b),
            (below, *winners[2:], c, d),
        ):
            np.greater(other, one, out=right)
            np.logical_and(right, row, out=right)
            np.greater(row, right, out=left)


def corners(x: Array) -> tuple[Array, Array, Array, Array]:
    """The corners of all windows of (C, H, W, N), in reading order, each (C, H/2, W/2, N); no odd edges."""
    even = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
    return even[:, 0::2, 0::2], even[:, 0::2, 1::2], even[:, 1::2, 0::2], even[:, 1::2, 1::2]
