"""A curve of any length in bounded memory: means of equal buckets that double when they are too many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import isfinite

Line = tuple[Sequence[float], Sequence[float]]
"""Places and values, of one length."""


@dataclass(slots=True)
class _Bucket:
    """Samples in a row: where they begin and end, their mean, and where the extremes are."""

    first: int
    last: int
    mean: float
    low: float
    low_at: int
    high: float
    high_at: int

    def with_next(self, other: "_Bucket") -> "_Bucket":
        low = self if self.low <= other.low else other
        high = self if self.high >= other.high else other
        mean = (self.mean + other.mean) / 2
        return _Bucket(self.first, other.last, mean, low.low, low.low_at, high.high, high.high_at)


class Series:
    """Values by step, kept as the means and the exact extremes of at most ``most`` buckets.

    A step costs the same whether it is the tenth or the ten-millionth, and so does drawing.
    """

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._size = 1
        self._buckets: list[_Bucket] = []
        self._open: list[float] = []
        self._open_at: list[int] = []
        self._last = 0.0  # the latest value that was a number
        self.count = 0
        """The last step; the number of steps where every one was told."""

    @property
    def bucket(self) -> int:
        """Samples in a bucket."""
        return self._size

    def add(self, value: float, step: int | None = None) -> None:
        """The value of the next step, or of a later one; what is not finite counts as the one before it."""
        self.count = self.count + 1 if step is None else step
        if isfinite(value):
            self._last = value
        self._open.append(self._last)
        self._open_at.append(self.count)
        if len(self._open) < self._size:
            return
        self._buckets.append(_closed(self._open, self._open_at))
        self._open, self._open_at = [], []
        if len(self._buckets) >= self._most:
            self._merge()

    def cut(self, count: int) -> None:
        """Forgets what came after a step, to the bucket: those steps are taken again."""
        while self._buckets and self._buckets[-1].last > count:
            self._buckets.pop()
        kept = [at for at in self._open_at if at <= count]
        self._open, self._open_at = self._open[: len(kept)], kept
        self.count = (kept or [self._buckets[-1].last if self._buckets else 0])[-1]

    def smoothed(self, window: float) -> Line:
        """Steps and values of a line: means over some ``window`` samples around, so that it does not lag.

        The steps are the middles of the buckets; the last, unfinished bucket is left out until it is full.
        """
        means = [bucket.mean for bucket in self._buckets]
        keep = max(0.0, 1 - 2 * self._size / max(window, 2 * self._size))
        left = _leaky_sums(means, keep)
        right = _leaky_sums(means[::-1], keep)
        weights = _leaky_sums([1.0] * len(means), keep)
        line = [
            (before + after - mean) / (weight + weight_after - 1)
            for before, after, mean, weight, weight_after in zip(
                left, right[::-1], means, weights, weights[::-1], strict=True
            )
        ]
        return [(bucket.first + bucket.last) / 2 for bucket in self._buckets], line

    def points(self) -> Line:
        """The lowest and the highest sample of each bucket, as they were and where they were, in order."""
        steps: list[float] = []
        values: list[float] = []
        for bucket in self._all():
            low, high = (bucket.low_at, bucket.low), (bucket.high_at, bucket.high)
            for at, value in sorted({low, high}):
                steps.append(at)
                values.append(value)
        return steps, values

    def extremes(self) -> tuple[tuple[int, float], tuple[int, float]] | None:
        """Step and value of the lowest and of the highest sample of all."""
        found = list(self._all())
        if not found:
            return None
        low = min(found, key=lambda bucket: bucket.low)
        high = max(found, key=lambda bucket: bucket.high)
        return (low.low_at, low.low), (high.high_at, high.high)

    def _all(self) -> Iterator[_Bucket]:
        yield from self._buckets
        if self._open:
            yield _closed(self._open, self._open_at)

    def _merge(self) -> None:
        """Two buckets become one."""
        if len(self._buckets) % 2:
            raise AssertionError("an odd number of buckets cannot be halved")
        pairs = zip(self._buckets[::2], self._buckets[1::2], strict=True)
        self._buckets = [first.with_next(second) for first, second in pairs]
        self._size *= 2


def _closed(values: list[float], steps: list[int]) -> _Bucket:
    low, high = min(values), max(values)
    return _Bucket(
        first=steps[0],
        last=steps[-1],
        mean=sum(values) / len(values),
        low=low,
        low_at=steps[values.index(low)],
        high=high,
        high_at=steps[values.index(high)],
    )


def _leaky_sums(values: list[float], keep: float) -> list[float]:
    """Running sums that forget by ``keep`` a step."""
    return list(accumulate(values, lambda total, value: keep * total + value))
