"""What a plot shows, as plain numbers: the lines of loss or accuracy over epochs, thinned to its width."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from types import MappingProxyType
from typing import Literal

from cnnstudio.app.run_history import Mark, RunHistory
from cnnstudio.app.series import Line, Series
from cnnstudio.core.messages import Held

Quantity = Literal["loss", "accuracy"]
Smoothing = Literal["none", "little", "automatic", "strong"]

_LEAST_WINDOW = 8.0
_IMAGES = 1500
_SHARE = 40
_WINDOWS: Mapping[Smoothing, float] = MappingProxyType(
    {"none": 0.0, "little": 0.25, "automatic": 1.0, "strong": 5.0}
)
_NOTHING: Line = ((), ())


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines in epochs (x) and their unit (y): accuracies in percent."""

    train: Line = _NOTHING
    """By step: smoothed, or without smoothing the lowest and highest of what falls together."""
    raw: Line = _NOTHING
    """The lowest and highest steps behind a smoothed line."""
    train_epochs: Line = _NOTHING
    test: Line = _NOTHING
    """On the images that the run is validated on, which :attr:`held` names."""
    heads: tuple[tuple[str, Line], ...] = ()
    rate: Line = _NOTHING
    best: tuple[float, float] | None = None
    marks: tuple[tuple[float, Mark], ...] = ()
    """Place and happening."""
    held: Held = "test"
    now: float = 0.0
    total: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return not self.train[0] and not self.test[0]

    def at(self, x: float) -> tuple[float | None, float | None]:
        """Train and test near a place on the axis of epochs; None where a line has not come so far."""
        epochs, tests = self.test
        place = _nearest(epochs, x)
        test = tests[place] if place is not None and abs(epochs[place] - x) <= 0.5 else None
        return value_at(self.train, x), test

    def span(self, hidden: frozenset[str] = frozenset()) -> tuple[float, float]:
        """The lowest and the highest value of the lines that are not hidden."""
        heads = [line for name, line in self.heads if name not in hidden]
        train = [] if "train" in hidden else [self.train, self.train_epochs]
        test = [] if "test" in hidden else [self.test]
        ends = [end for line in (*train, *test, *heads) for end in _ends(line)]
        return (min(ends), max(ends)) if ends else (nan, nan)


def curves_of(
    history: RunHistory, quantity: Quantity, width: int, smoothing: Smoothing = "automatic"
) -> Curves:
    """The curves of a run for a plot that is ``width`` pixels wide."""
    per_epoch = history.steps_per_epoch
    scale = 1.0 if quantity == "loss" else 100.0
    series = history.loss if quantity == "loss" else history.accuracy
    images = history.step.images if history.step else 1

    def line(of: Series) -> Line:
        if smoothing == "none":
            return _placed(thinned(*of.points(), width), per_epoch, scale)
        window = _window(of, images) * _WINDOWS[smoothing]
        return _placed(thinned(*of.smoothed(window), width), per_epoch, scale)

    best = history.best
    by_epoch = history.by_epoch
    names = history.started.heads if history.started and quantity == "loss" else ()
    return Curves(
        train=line(series),
        raw=_NOTHING if smoothing == "none" else _placed(thinned(*series.points(), width), per_epoch, scale),
        # The mean over an epoch belongs to its middle, where the line passes.
        train_epochs=_epochs(by_epoch.get(f"train_{quantity}"), width, scale, -0.5),
        test=_epochs(by_epoch.get(f"val_{quantity}"), width, scale),
        heads=tuple((name, line(head)) for name, head in zip(names, history.heads, strict=False)),
        rate=_placed(thinned(*history.rate.smoothed(0), width), per_epoch, 1.0),
        best=(float(best.epoch), getattr(best, f"val_{quantity}") * scale) if best else None,
        marks=tuple((mark.step / per_epoch, mark) for mark in history.marks),
        held=history.held,
        now=history.last_step / per_epoch,
        total=history.total_epochs,
    )


def value_at(line: Line, x: float) -> float | None:
    """The value of the first point from a place on; None behind the end."""
    place = bisect_left(line[0], x)
    return line[1][place] if place < len(line[0]) else None


def thinned(xs: Sequence[float], ys: Sequence[float], width: int) -> Line:
    """At most two points a pixel, the lowest and the highest of what falls on it, in their order."""
    if len(xs) <= 2 * width or width < 1:
        return xs, ys
    size = -(-len(xs) // width)
    kept: list[int] = []
    for start in range(0, len(xs), size):
        part = range(start, min(start + size, len(xs)))
        low, high = min(part, key=ys.__getitem__), max(part, key=ys.__getitem__)
        kept.extend(sorted({low, high}))
    if kept[-1] != len(xs) - 1:
        kept.append(len(xs) - 1)
    return [xs[i] for i in kept], [ys[i] for i in kept]


def _window(series: Series, images_per_step: int) -> float:
    """In steps: enough images for a steady mean, yet no more than a small part of the curve."""
    wanted = _IMAGES / max(1, images_per_step)
    return max(_LEAST_WINDOW, min(wanted, series.count / 8), series.count / _SHARE / 4)


def _placed(line: Line, per_epoch: int, scale: float) -> Line:
    return [step / per_epoch for step in line[0]], [value * scale for value in line[1]]


def _epochs(series: Series | None, width: int, scale: float, shift: float = 0.0) -> Line:
    if series is None:
        return _NOTHING
    epochs, values = thinned(*series.points(), width)
    return [epoch + shift for epoch in epochs], [value * scale for value in values]


def _ends(line: Line) -> tuple[float, ...]:
    values = [value for value in line[1] if isfinite(value)]
    return (min(values), max(values)) if values else ()


def _nearest(xs: Sequence[float], x: float) -> int | None:
    place = bisect_left(xs, x)
    near = [i for i in (place - 1, place) if 0 <= i < len(xs)]
    return min(near, key=lambda i: abs(xs[i] - x), default=None)
