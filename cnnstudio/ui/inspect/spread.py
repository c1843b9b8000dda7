"""How the numbers of one block are spread at every look: histograms on one common scale."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from cnnstudio.core.health import BlockHealth, Health, Histogram

BINS = 48
_TAIL = 0.002
"""The share of numbers that may lie beyond either end of the scale."""
_WIDEST = 4.0
"""A look counts for the scale with so many times the usual width: one that ran away would hide the rest."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """``shares`` (looks, bins) of all numbers from ``low`` to ``high``; NaN where a look has none."""

    path: str
    low: float
    high: float
    shares: Floats

    def edges(self) -> Floats:
        """Where the bins begin and end."""
        return np.linspace(self.low, self.high, BINS + 1)


def histogram_of(block: BlockHealth, gradients: bool) -> Histogram | None:
    """Of what leaves the block, or of its gradients; None where there is none."""
    found = block.gradients if gradients else block.activations
    return found if found is not None and sum(found.counts) > 0 and found.high >= found.low else None


class Spreads:
    """Of all blocks; each is worked out when it is asked for, so that deep networks cost what is seen."""

    def __init__(self, health: tuple[Health, ...] = (), gradients: bool = False) -> None:
        found: dict[str, list[Histogram | None]] = {}
        for number, look in enumerate(health):
            for block in look.blocks:
                one = histogram_of(block, gradients)
                if one is not None:
                    found.setdefault(block.path, [None] * len(health))[number] = one
        order = [block.path for block in health[-1].blocks] if health else []
        self._found = {path: found[path] for path in order if path in found}
        self._known: dict[str, Spread] = {}

    @property
    def paths(self) -> list[str]:
        """The blocks that have numbers, in reading order."""
        return list(self._found)

    def of(self, path: str) -> Spread | None:
        """None where no look has the numbers."""
        if path not in self._found:
            return None
        if path not in self._known:
            self._known[path] = _spread(path, self._found[path])
        return self._known[path]


def _spread(path: str, found: list[Histogram | None]) -> Spread:
    low, high = _scale([one for one in found if one is not None])
    edges = np.linspace(low, high, BINS + 1)
    nothing = np.full(BINS, np.nan)
    shares = [nothing if one is None else shares_between(one, edges) for one in found]
    return Spread(path, low, high, np.array(shares))


def shares_between(histogram: Histogram, edges: Floats) -> Floats:
    """The share of the numbers in each bin; a histogram's own bins are divided in proportion.

    What lies beyond the ends is left out, so that the sum may be less than 1.
    """
    return np.diff(below(histogram, edges))


def below(histogram: Histogram, values: Floats) -> Floats:
    """The share of the numbers that are below each value."""
    counts = np.array(histogram.counts, np.float64)
    total = counts.sum()
    if histogram.high <= histogram.low:  # all of them are one number
        # In the bin that begins with it, or holds it; the last edge belongs to the last bin.
        inside = values > histogram.low
        inside[-1] = inside[-1] or values[-1] >= histogram.low
        return inside.astype(np.float64)
    own = np.linspace(histogram.low, histogram.high, len(counts) + 1)
    shares: Floats = np.interp(values, own, np.concatenate([[0.0], np.cumsum(counts) / total]))
    return shares


def quantile(histogram: Histogram, share: float) -> float:
    """The number below which a share of all lies."""
    counts = np.array(histogram.counts, np.float64)
    if histogram.high <= histogram.low:
        return histogram.low
    if counts[0] >= share * counts.sum():  # as a ReLU's zeros: nothing lies between the edge and them
        return histogram.low
    if counts[-1] >= (1 - share) * counts.sum():
        return histogram.high
    own = np.linspace(histogram.low, histogram.high, len(counts) + 1)
    return float(np.interp(share, np.concatenate([[0.0], np.cumsum(counts) / counts.sum()]), own))


def _scale(known: list[Histogram]) -> tuple[float, float]:
    lows = [quantile(one, _TAIL) for one in known]
    highs = [quantile(one, 1 - _TAIL) for one in known]
    width = _WIDEST * median(high - low for low, high in zip(lows, highs, strict=True))
    if width > 0:
        middle = median(lows + highs)
        lows = [max(low, middle - width) for low in lows]
        highs = [min(high, middle + width) for high in highs]
    low, high = min(lows), max(highs)
    if high - low <= 1e-6 * max(abs(low), abs(high), 1e-30):
        room = max(abs(low), abs(high), 1e-6) / 2
        return low - room, high + room
    return low, high
