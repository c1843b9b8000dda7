"""A curve of any length in bounded memory: means of equal buckets that double when they are too many."""

from collections.abc import Sequence
from itertools import accumulate
from math import isfinite


class Series:
    """Values by step, kept as the means and extremes of at most ``most`` buckets.

    A step costs the same whether it is the tenth or the ten-millionth, and so does drawing.
    """

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._size = 1
        self._means: list[float] = []
        self._lows: list[float] = []
        self._highs: list[float] = []
        self._open: list[float] = []
        self._last = 0.0
        self.count = 0
        """Steps so far."""

    @property
    def bucket(self) -> int:
        """Steps in a bucket."""
        return self._size

    def add(self, value: float) -> None:
        """The value of the next step; what is not finite counts as the one before it."""
        self.count += 1
        if isfinite(value):
            self._last = value
        self._open.append(self._last)
        if len(self._open) < self._size:
            return
        self._means.append(sum(self._open) / self._size)
        self._lows.append(min(self._open))
        self._highs.append(max(self._open))
        self._open = []
        if len(self._means) >= self._most:
            self._merge()

    def cut(self, count: int) -> None:
        """Forgets what came after the first ``count`` steps, to the bucket: they are taken again."""
        whole = min(len(self._means), count // self._size)
        del self._means[whole:], self._lows[whole:], self._highs[whole:]
        self._open = []
        self.count = whole * self._size

    def smoothed(self, window: float) -> tuple[list[float], list[float]]:
        """Steps and values of a line: means over some ``window`` steps around, so that it does not lag.

        The steps are the middles of the buckets; the last, unfinished bucket is left out until it is full.
        """
        keep = max(0.0, 1 - 2 * self._size / max(window, 2 * self._size))
        left = _leaky_sums(self._means, keep)
        right = _leaky_sums(self._means[::-1], keep)
        weights = _leaky_sums([1.0] * len(self._means), keep)
        line = [
            (before + after - mean) / (weight + weight_after - 1)
            for before, after, mean, weight, weight_after in zip(
                left, right[::-1], self._means, weights, weights[::-1], strict=True
            )
        ]
        half = (self._size - 1) / 2
        return [number * self._size - half for number in range(1, len(line) + 1)], line

    def extremes(self) -> tuple[Sequence[float], Sequence[float]]:
        """The lowest and the highest value of each full bucket."""
        return self._lows, self._highs

    def _merge(self) -> None:
        """Two buckets become one."""
        if len(self._means) % 2:
            raise AssertionError("an odd number of buckets cannot be halved")
        self._means = [(a + b) / 2 for a, b in _pairs(self._means)]
        self._lows = [min(pair) for pair in _pairs(self._lows)]
        self._highs = [max(pair) for pair in _pairs(self._highs)]
        self._size *= 2


def _leaky_sums(values: list[float], keep: float) -> list[float]:
    """Running sums that forget by ``keep`` a step."""
    return list(accumulate(values, lambda total, value: keep * total + value))


def _pairs(values: list[float]) -> list[tuple[float, float]]:
    return list(zip(values[::2], values[1::2], strict=True))
