"""What a plot shows, as plain numbers: the lines of loss or accuracy over epochs, thinned to its width."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from cnnstudio.app.run_history import RunHistory
from cnnstudio.app.series import Series

Quantity = Literal["loss", "accuracy"]
Line = tuple[Sequence[float], Sequence[float]]

_LEAST_WINDOW = 8.0
_IMAGES = 1500
_SHARE = 40


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines in epochs (x) and their unit (y): accuracies in percent."""

    train: Line = ((), ())
    """Smoothed, by step."""
    train_epochs: Line = ((), ())
    test: Line = ((), ())
    best: tuple[float, float] | None = None
    now: float = 0.0
    total: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return not self.train[0] and not self.test[0]

    def at(self, x: float) -> tuple[float | None, float | None]:
        """Train and test near a place on the axis of epochs; None where a line has not come so far."""
        xs, ys = self.train
        place = bisect_left(xs, x)
        train = ys[place] if place < len(xs) else None
        epochs, tests = self.test
        nearest = min(range(len(epochs)), key=lambda i: abs(epochs[i] - x), default=None)
        test = tests[nearest] if nearest is not None and abs(epochs[nearest] - x) <= 0.5 else None
        return train, test

    def span(self) -> tuple[float, float]:
        """The lowest and the highest value of any line."""
        values = [v for line in (self.train, self.train_epochs, self.test) for v in line[1] if isfinite(v)]
        return (min(values), max(values)) if values else (float("nan"), float("nan"))


def curves_of(history: RunHistory, quantity: Quantity, width: int) -> Curves:
    """The curves of a run for a plot that is ``width`` pixels wide."""
    per_epoch = history.steps_per_epoch
    series = history.loss if quantity == "loss" else history.accuracy
    scale = 1.0 if quantity == "loss" else 100.0
    images = history.step.images if history.step else 1
    steps, values = series.smoothed(_window(series, images))
    steps, values = thinned(steps, values, width)
    epochs = [float(e.epoch) for e in history.epochs]
    best = history.best
    return Curves(
        train=([(s + history.first_step) / per_epoch for s in steps], [v * scale for v in values]),
        # The mean over an epoch belongs to its middle, where the line passes.
        train_epochs=(
            [e - 0.5 for e in epochs],
            [getattr(e, f"train_{quantity}") * scale for e in history.epochs],
        ),
        test=(epochs, [getattr(e, f"val_{quantity}") * scale for e in history.epochs]),
        best=(float(best.epoch), getattr(best, f"val_{quantity}") * scale) if best else None,
        now=history.step.step / per_epoch if history.step else 0.0,
        total=history.total_epochs,
    )


def _window(series: Series, images_per_step: int) -> float:
    """In steps: enough images for a steady mean, yet no more than a small part of the curve."""
    wanted = _IMAGES / max(1, images_per_step)
    return max(_LEAST_WINDOW, min(wanted, series.count / 8), series.count / _SHARE / 4)


def thinned(xs: list[float], ys: list[float], width: int) -> tuple[list[float], list[float]]:
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
