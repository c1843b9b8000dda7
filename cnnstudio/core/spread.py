"""What several measurements of the same thing say together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, isfinite, sqrt


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, sample standard deviation (n − 1; None of a single value), extremes and how many there are."""

    mean: float
    deviation: float | None
    low: float
    high: float
    count: int


def spread(values: Iterable[float | None]) -> Spread | None:
    """Of those that are known and finite; None where there is none."""
    known = [value for value in values if value is not None and isfinite(value)]
    if not known:
        return None
    # Each divided before the sum, which could be too large.
    mean = fsum(value / len(known) for value in known)
    mean = min(max(mean, min(known)), max(known))
    deviation = None
    if len(known) > 1:
        deviation = sqrt(fsum((value - mean) ** 2 / (len(known) - 1) for value in known))
    return Spread(mean, deviation, min(known), max(known), len(known))


def band(
    curves: Sequence[Sequence[tuple[float, float]]],
) -> tuple[list[float], list[float], list[float], list[float]]:
    """x, mean, mean − deviation, mean + deviation of curves of points ``(x, y)``, where two are known."""
    at: dict[float, list[float]] = {}
    for curve in curves:
        for x, y in curve:
            if isfinite(y):
                at.setdefault(x, []).append(y)
    xs, means, lows, highs = [], [], [], []
    for x in sorted(at):
        found = spread(at[x])
        if found is not None and found.deviation is not None:
            xs.append(x)
            means.append(found.mean)
            lows.append(found.mean - found.deviation)
            highs.append(found.mean + found.deviation)
    return xs, means, lows, highs
