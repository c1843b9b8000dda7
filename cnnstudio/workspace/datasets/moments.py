"""Mean and standard deviation of images, exact, from as many parts as they come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images

Floats = tuple[float, ...]
_WHITE = 255


@dataclass(frozen=True, slots=True)
class Moments:
    """Of bytes, for each channel: how many, their sum and the sum of their squares; whole, so exact."""

    values: int
    sums: tuple[int, ...]
    squares: tuple[int, ...]

    def __add__(self, other: Moments) -> Moments:
        """Of both."""
        return Moments(
            self.values + other.values,
            tuple(a + b for a, b in zip(self.sums, other.sums, strict=True)),
            tuple(a + b for a, b in zip(self.squares, other.squares, strict=True)),
        )

    @property
    def mean_std(self) -> tuple[Floats, Floats]:
        """For pixels scaled to 0..1. A channel that never changes gets a standard deviation of 1, so that
        dividing by it is harmless.
        """
        n = max(1, self.values)
        # In whole numbers up to the last division: a difference of large floats would lose its digits.
        variances = [max(0, n * square - total * total) for total, square in zip(self.sums, self.squares)]
        mean = tuple(total / (n * _WHITE) for total in self.sums)
        return mean, tuple((variance**0.5) / (n * _WHITE) or 1.0 for variance in variances)


def moments(images: Images) -> Moments:
    """Of images `(…, C)`; numpy lets other threads run meanwhile."""
    # A channel at a time, though it is not together in memory: sums along a short axis are slow.
    channels = [np.ascontiguousarray(images[..., channel]) for channel in range(images.shape[-1])]
    sums = tuple(int(channel.sum(dtype=np.uint64)) for channel in channels)
    squares = tuple(
        int(np.multiply(channel, channel, dtype=np.uint16).sum(dtype=np.uint64)) for channel in channels
    )
    return Moments(channels[0].size, sums, squares)


def nothing(channels: int) -> Moments:
    """Of no images."""
    return Moments(0, (0,) * channels, (0,) * channels)
