"""Ranges and ticks of the plots: round numbers that stay put while a curve grows inside them."""

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_FILLED = 0.4
_RAN_AWAY = 1000.0
_EPOCHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class AxisRange:
    """From, to, and the distance of its ticks."""

    low: float
    high: float
    step: float


def nice_range(low: float, high: float, floor_at: float, ceiling: float, intervals: int = 4) -> AxisRange:
    """The smallest round range with some ``intervals`` ticks that holds both ends, inside the two limits."""
    low, high = max(floor_at, min(low, high)), min(ceiling, max(low, high))
    if not high - low > 1e-12:
        pad = max(abs(high) * 0.1, 1e-3)
        low, high = max(floor_at, low - pad), min(ceiling, high + pad)
    step = _round_up((high - low) / intervals)
    start, end = floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step
    return AxisRange(max(floor_at, start), min(ceiling, end), step)


def settled(
    old: AxisRange | None, low: float, high: float, limits: tuple[float, float], least: float
) -> AxisRange:
    """The old range as long as the data lie in it and fill a good part of it, else a new one.

    A range is never smaller than ``least``: the noise of a few steps is no curve.
    """
    if not (isfinite(low) and isfinite(high)):
        return old or AxisRange(0, 1, 0.25)
    low = max(limits[0], min(low, high - least))
    high = min(limits[1], max(high, low + least))
    if old is not None and _fits(old, low, high):
        return old
    return nice_range(low, high, *limits)


def _fits(old: AxisRange, low: float, high: float) -> bool:
    inside = low >= old.low - 1e-12 and high <= old.high + 1e-12
    return inside and high - low >= _FILLED * (old.high - old.low)


def settled_log(old: AxisRange | None, low: float, high: float) -> AxisRange:
    """As :func:`settled` for a logarithmic axis: the range and its ends are powers of ten, as exponents."""
    if not (isfinite(low) and isfinite(high)) or high <= 0:
        return old or AxisRange(-1, 0, 1)
    least = high * 1e-6 if low <= 0 else low
    start, end = _log_down(least), _log_up(high)
    if (
        old is not None
        and old.low <= start
        and end <= old.high
        and end - start >= _FILLED * (old.high - old.low)
    ):
        return old
    return AxisRange(start, end if end > start else start + log10(2), 1)


def tick_text(value: float) -> str:
    """As short as can be, for the axis is narrow: 1.2e26, not 1.2e+26."""
    mantissa, _, exponent = f"{value:g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def loss_text(loss: float) -> str:
    """``1.426``; of a loss that ran away only its size: ``7.84e7``."""
    return f"{loss:.3f}" if abs(loss) < _RAN_AWAY else tick_text(float(f"{loss:.3g}"))


def ticks(axis: AxisRange, unit: str = "") -> list[tuple[float, str]]:
    """Evenly, from one end to the other."""
    count = round((axis.high - axis.low) / axis.step)
    values = [axis.low + number * axis.step for number in range(count + 1)]
    return [(value, f"{tick_text(round(value, 9))}{unit}") for value in values if value <= axis.high + 1e-9]


def log_ticks(axis: AxisRange) -> list[tuple[float, str]]:
    """1, 2 and 5 of every decade in a short range, else the decades."""
    digits = (1, 2, 5) if axis.high - axis.low <= 2.5 else (1,)
    found = [
        (decade + log10(digit), tick_text(digit * 10.0**decade))
        for decade in range(floor(axis.low), ceil(axis.high) + 1)
        for digit in digits
    ]
    return [(place, text) for place, text in found if axis.low - 1e-9 <= place <= axis.high + 1e-9]


def _log_down(value: float) -> float:
    decade = floor(log10(value))
    return decade + max(log10(digit) for digit in (1, 2, 5) if digit * 10.0**decade <= value * (1 + 1e-9))


def _log_up(value: float) -> float:
    decade = floor(log10(value))
    return decade + min(log10(digit) for digit in (1, 2, 5, 10) if digit * 10.0**decade >= value * (1 - 1e-9))


def epoch_range(now: float, total: int) -> AxisRange:
    """All epochs of a short run; of a long one as many as leave room to grow."""
    if total <= 10:
        return AxisRange(0, max(1, total), 1)
    end = _next_epochs(now * 1.15, total)
    return AxisRange(0, end, max(1, round(_round_up(end / 6))))


def _next_epochs(now: float, total: int) -> int:
    scale = 1
    while True:
        for count in _EPOCHS:
            if count * scale >= max(now, 5):
                return min(total, count * scale)
        scale *= 10


def _round_up(size: float) -> float:
    unit = 10.0 ** floor(log10(size))
    return next(step * unit for step in _STEPS if step * unit >= size * (1 - 1e-9))
