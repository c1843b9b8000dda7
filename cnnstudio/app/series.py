"""A curve of any length in bounded memory: means of equal buckets that double when they are too many."""

from collections.abc import Sequence


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
        self.count = 0
        """Steps so far."""

    @property
    def bucket(self) -> int:
        """Steps in a bucket."""
        return self._size

    def add(self, value: float) -> None:
        """The value of the next step."""
        self.count += 1
        self._open.append(value)
        if len(self._open) < self._size:
            return
        self._means.append(sum(self._open) / self._size)
        self._lows.append(min(self._open))
        self._highs.append(max(self._open))
        self._open = []
        if len(self._means) >= self._most:
            self._merge()

    def smoothed(self, window: float) -> tuple[list[float], list[float]]:
        """Steps and values of a line: an exponential mean over some ``window`` steps, without a cold start.

        The steps are the ends of the buckets; the last, unfinished bucket is left out until it is full.
        """
        keep = max(0.0, 1 - self._size / max(window, self._size))
        steps, line = [], []
        total = weight = 0.0
        for number, mean in enumerate(self._means, start=1):
            total = keep * total + mean
            weight = keep * weight + 1
            steps.append(float(number * self._size))
            line.append(total / weight)
        return steps, line

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


def _pairs(values: list[float]) -> list[tuple[float, float]]:
    return list(zip(values[::2], values[1::2], strict=True))
