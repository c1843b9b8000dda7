"""The curves of several runs over each other, as plain numbers: what the plot draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import isfinite, log10

from cnnstudio.app.run_details import RunDetails
from cnnstudio.core.spread import band
from cnnstudio.ui.train.curves import Quantity, thinned

Line = tuple[Sequence[float], Sequence[float]]
Band = tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]]
"""x, mean, lower edge, upper edge."""
_LEAST_LOSS = 1e-12
_LEAST_SMOOTHED = 30
"""Epochs."""


@dataclass(frozen=True, slots=True)
class Overlaid:
    """One run, or the mean of several: accuracies in percent, x in epochs."""

    key: str
    name: str
    colour: str
    train: Line = ((), ())
    val: Line = ((), ())
    points: Line = ((), ())
    """Validation as measured, where the line is smoothed."""
    best: tuple[float, float] | None = None
    edges: Band | None = None
    held: str = "test"
    marks: tuple[float, ...] = ()
    """Where a person changed something, in epochs."""

    def span(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        lines = [self.train[1], self.val[1], self.points[1]]
        if self.edges is not None:
            lines += [self.edges[2], self.edges[3]]
        values = [v for line in lines for v in line if isfinite(v)]
        return (min(values), max(values)) if values else (float("nan"), float("nan"))

    def last(self) -> float:
        """How many epochs it has come."""
        return max((line[0][-1] for line in (self.train, self.val) if line[0]), default=0.0)

    def at(self, x: float) -> tuple[float | None, float | None]:
        """Train and validation nearest to a place, half an epoch away at most."""
        return _nearest(self.train, x, 0.5), _nearest(self.val, x, 0.5)


@dataclass(frozen=True, slots=True)
class Look:
    """What a plot shows of its runs. ``smoothing`` is TensorBoard's weight, 0 to below 1."""

    quantity: Quantity
    smoothing: float = 0.0
    logarithmic: bool = False
    width: int = 600


def overlaid(details: RunDetails, name: str, colour: str, look: Look) -> Overlaid:
    """The curves of one run."""
    epochs = details.epochs
    loss = look.quantity == "loss"
    scale = 1.0 if loss else 100.0
    measured = [
        (float(e.epoch), value * scale)
        for e in epochs
        if (value := e.val_loss if loss else e.val_accuracy) is not None
    ]
    best = epochs[-1].best_epoch if epochs else 0
    marked = next((point for point in measured if point[0] == best), None)
    # A few epochs need no smoothing, and the line would miss its own points.
    even = look if len(measured) >= _LEAST_SMOOTHED else replace(look, smoothing=0.0)
    val = _line(measured, even)
    return Overlaid(
        key=details.path,
        name=name,
        colour=colour,
        train=_train_line(details, scale, look),
        val=val,
        points=_line(measured, replace(look, smoothing=0.0)) if even.smoothing else ((), ()),
        best=(marked[0], _scaled(marked[1], look)) if marked else None,
        held=epochs[-1].held if epochs else "test",
        marks=_marks(details),
    )


def overlaid_group(members: Sequence[RunDetails], key: str, name: str, colour: str, look: Look) -> Overlaid:
    """The mean of several runs by epoch, with a band of one standard deviation."""
    plain = replace(look, smoothing=0.0, logarithmic=False)
    curves = [overlaid(details, name, colour, plain) for details in members]
    xs, means, lows, highs = band([list(zip(*curve.val)) for curve in curves])
    train_xs, train_means, _, _ = band([_train_epochs(details, look) for details in members])

    def shown(values: Sequence[float]) -> list[float]:
        return [_scaled(value, look) for value in values]

    return Overlaid(
        key=key,
        name=name,
        colour=colour,
        train=(train_xs, shown(train_means)),
        val=(xs, shown(means)),
        edges=(xs, shown(means), shown(lows), shown(highs)) if xs else None,
        held=next((curve.held for curve in curves), "test"),
    )


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """TensorBoard's smoothing: a running mean that forgets, freed of its bias to the first value.

    https://github.com/tensorflow/tensorboard, ``line_chart`` (``debiased`` exponential moving average).
    """
    if not 0 < weight < 1:
        return list(values)
    sums = accumulate(values, lambda total, value: weight * total + (1 - weight) * value, initial=0.0)
    next(sums)
    return [total / (1 - weight**number) for number, total in enumerate(sums, start=1)]


def steps_per_epoch(details: RunDetails) -> float | None:
    """From the first epoch; before it from the number of images. None where neither is known."""
    for epoch in details.epochs:
        if epoch.step > 0:
            return epoch.step / epoch.epoch
    record, document = details.record, details.document
    if record is None or document is None or record.train_images < 1:
        return None
    return max(1.0, record.train_images / document.training.batch_size)


def _marks(details: RunDetails) -> tuple[float, ...]:
    per_epoch = steps_per_epoch(details)
    return tuple(event.step / per_epoch for event in details.events) if per_epoch else ()


def _train_line(details: RunDetails, scale: float, look: Look) -> Line:
    """By step where steps were logged, else by epoch."""
    per_epoch = steps_per_epoch(details)
    loss = look.quantity == "loss"
    if per_epoch is None or not details.points:
        return _line(_train_epochs(details, look), look)
    points = [
        (point.step / per_epoch, value * scale)
        for point in details.points
        if (value := point.loss if loss else point.accuracy) is not None
    ]
    return _line(points, look)


def _train_epochs(details: RunDetails, look: Look) -> list[tuple[float, float]]:
    loss = look.quantity == "loss"
    scale = 1.0 if loss else 100.0
    # The mean over an epoch belongs to its middle.
    return [
        (e.epoch - 0.5, value * scale)
        for e in details.epochs
        if (value := e.train_loss if loss else e.train_accuracy) is not None
    ]


def _line(points: Sequence[tuple[float, float]], look: Look) -> Line:
    xs = [x for x, _ in points]
    ys = smoothed([y for _, y in points], look.smoothing)
    return thinned(xs, [_scaled(y, look) for y in ys], look.width)


def _scaled(value: float, look: Look) -> float:
    """On a logarithmic axis, the exponent of ten."""
    return log10(max(value, _LEAST_LOSS)) if look.logarithmic else value


def _nearest(line: Line, x: float, most: float) -> float | None:
    xs, ys = line
    place = min(range(len(xs)), key=lambda i: abs(xs[i] - x), default=None)
    return ys[place] if place is not None and abs(xs[place] - x) <= most else None
