"""The learning rate as a function of where a training stands; names and formulas are torch.optim's.

The engine steps by it and the window draws it. Epochs count from 1, steps in an epoch from 0. A schedule
begins after the warm-up, as if the training began there, as torch's ``SequentialLR`` has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from cnnstudio.core.training import Schedule

ONE_CYCLE_START = 25.0
"""A one-cycle begins at the learning rate divided by this (torch's ``div_factor``)…"""
ONE_CYCLE_END = 1e4
"""… and ends at its beginning divided by this (``final_div_factor``)."""
PLATEAU_THRESHOLD = 1e-4
"""A loss is better than the best so far when it is lower by this share of it (``threshold``)."""
PLATEAU_LEAST = 1e-8
"""A step of the learning rate that would be smaller is not made (``eps``)."""
MOST = 1e30
"""No learning rate is larger, however often a factor above 1 is taken."""


@dataclass(frozen=True, slots=True)
class Plateau:
    """What the plateau schedule has seen, as torch's ``ReduceLROnPlateau`` counts it."""

    cuts: int = 0
    """How often the learning rate has been multiplied by the schedule's factor."""
    best: float = math.inf
    waited: int = 0
    """Epochs since the best loss or the last cut."""

    def after(self, loss: float, schedule: Schedule, lr: float) -> Plateau:
        """After an epoch with this validation loss; ``lr`` is the learning rate before any cut."""
        if loss < self.best * (1 - PLATEAU_THRESHOLD):
            return Plateau(self.cuts, loss, 0)
        if self.waited < schedule.patience:
            return Plateau(self.cuts, self.best, self.waited + 1)
        now = lr * schedule.gamma**self.cuts
        cuts = self.cuts + (now - now * schedule.gamma > PLATEAU_LEAST)
        return Plateau(cuts, self.best, 0)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a training is."""

    epochs: int
    steps_per_epoch: int


def learning_rate(
    lr: float, schedule: Schedule, length: Length, epoch: int, step: int = 0, plateau: Plateau = Plateau()
) -> float:
    """The learning rate of one step; ``lr`` is that of the optimizer's settings."""
    if epoch <= schedule.warmup:
        # torch's LinearLR(start_factor=1 / steps, total_iters=steps - 1): the last step has it in full.
        steps = schedule.warmup * length.steps_per_epoch
        return lr * ((epoch - 1) * length.steps_per_epoch + step + 1) / steps
    done = epoch - 1 - schedule.warmup
    epochs = max(1, length.epochs - schedule.warmup)
    match schedule.name:
        case "constant":
            return lr
        case "step":
            return _stepped(lr, schedule.gamma, done // schedule.step_size)
        case "cosine":
            return lr * (1 + math.cos(math.pi * done / epochs)) / 2
        case "one-cycle":
            steps = epochs * length.steps_per_epoch
            return _one_cycle(lr, schedule.rise, steps, done * length.steps_per_epoch + step)
        case "plateau":
            return _stepped(lr, schedule.gamma, plateau.cuts)


def changes_within(schedule: Schedule, epoch: int) -> bool:
    """Whether the steps of an epoch have learning rates of their own."""
    return epoch <= schedule.warmup or schedule.name == "one-cycle"


def preview(
    lr: float, schedule: Schedule, length: Length, points: int = 400
) -> Iterator[tuple[float, float]]:
    """Where in the training (in epochs, from 0) and the learning rate there, for a picture.

    As many points as asked for, or one for each step if there are fewer. What a plateau will do nobody knows.
    """
    steps = length.epochs * length.steps_per_epoch
    count = max(1, min(points, steps))
    for point in range(count):
        number = point * (steps - 1) // max(1, count - 1)
        epoch, step = divmod(number, length.steps_per_epoch)
        yield number / length.steps_per_epoch, learning_rate(lr, schedule, length, epoch + 1, step)


def _stepped(lr: float, factor: float, times: int) -> float:
    """Numbers end somewhere, as any training does that is driven there."""
    try:
        return min(lr * factor**times, MOST)
    except OverflowError:
        return MOST


def _one_cycle(lr: float, rise: float, steps: int, step: int) -> float:
    """Torch's ``OneCycleLR`` with cosines, without its cycles of momentum.

    Smith and Topin, 'Super-Convergence', 2018.
    """
    low = lr / ONE_CYCLE_START
    top = rise * steps - 1
    if step <= top:
        return _between(low, lr, step / top if top else 1.0)
    return _between(lr, low / ONE_CYCLE_END, (step - top) / (steps - 1 - top))


def _between(start: float, end: float, share: float) -> float:
    """From ``start`` to ``end`` along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
