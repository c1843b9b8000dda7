"""What the learning rate and the end of a run depend on beside its settings, and how that changes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch

from cnnstudio.core.messages import Adjusted
from cnnstudio.core.schedule import Length, Plateau, changes_within, learning_rate
from cnnstudio.core.training import TrainingSettings
from cnnstudio.engine.data import Batch
from cnnstudio.engine.meter import Meter
from cnnstudio.engine.optimizer import set_learning_rate

_MOST_EPOCHS = 100_000
_MOST_LR = 1e6


@dataclass(frozen=True, slots=True)
class Pace:
    """Part of every checkpoint. ``lr`` (before the schedule) and ``epochs`` may have been adjusted."""

    lr: float
    epochs: int
    planned: int
    """The epochs of the document, which asking for more of them changes."""
    changes: int = 0
    """How many adjustments have been made."""
    plateau: Plateau = field(default_factory=Plateau)
    best_loss: float = math.inf
    waited: int = 0
    """Epochs since the validation loss was at its best."""

    @classmethod
    def of(cls, settings: TrainingSettings, kept: Mapping[str, Any] | None = None) -> Pace:
        """As the settings say, or as a checkpoint has kept it."""
        if not kept:
            return cls(settings.optimizer.lr, settings.epochs, settings.epochs)
        return cls(**{**kept, "plateau": Plateau(**kept["plateau"])})

    def values(self) -> dict[str, Any]:
        """Plain numbers for a checkpoint."""
        return asdict(self)

    def after(self, loss: float, settings: TrainingSettings, epoch: int) -> Pace:
        """After an epoch with this validation loss. The plateau schedule begins after the warm-up."""
        schedule = settings.schedule
        is_better = loss < self.best_loss
        return replace(
            self,
            plateau=self.plateau.after(loss, schedule, self.lr) if epoch > schedule.warmup else self.plateau,
            best_loss=loss if is_better else self.best_loss,
            waited=0 if is_better else self.waited + 1,
        )

    def adjusted(self, lr: float | None, epochs: int | None, least: int) -> Pace:
        """With another learning rate, if it is one, and other epochs, ``least`` at the least."""
        if lr is None or not 0 < lr <= _MOST_LR:
            lr = self.lr
        epochs = self.epochs if epochs is None else min(max(epochs, least), _MOST_EPOCHS)
        return replace(self, lr=lr, epochs=epochs, changes=self.changes + 1)

    def extended(self, epochs: int, done: int, settings: TrainingSettings) -> Pace:
        """For a run that is continued up to so many epochs: early stopping waits anew if they are more.

        More than planned, or, where it had ended the run already, than have been ``done``.
        """
        more = epochs > self.epochs or (self.is_exhausted(settings) and epochs > done)
        waited = 0 if more else self.waited
        return replace(self, epochs=epochs, planned=epochs, waited=waited)

    def is_exhausted(self, settings: TrainingSettings) -> bool:
        """Whether early stopping has waited long enough."""
        patience = settings.early_stopping.patience
        return 0 < patience <= self.waited


def resumed(
    settings: TrainingSettings, kept: Pace, replays: Sequence[Adjusted], asked: int | None, done: int
) -> tuple[Pace, tuple[Adjusted, ...]]:
    """The pace of a run that goes on after ``done`` epochs, and what it had been told after the checkpoint.

    ``asked`` are the epochs that it shall have in all now. They are more recent than any adjustment; and they
    count for a run that was killed before it had a checkpoint with them: then its document knows.
    """
    if asked is None and settings.epochs == kept.planned:
        return kept, tuple(replays)
    pace = kept.extended(settings.epochs if asked is None else asked, done, settings)
    return pace, tuple(replace(replay, epochs=pace.epochs) for replay in replays)


class Pacer:
    """Gives each step its learning rate, and makes the adjustments of a killed run once more."""

    def __init__(
        self,
        settings: TrainingSettings,
        steps_per_epoch: int,
        optimizer: torch.optim.Optimizer,
        pace: Pace,
        replays: Sequence[Adjusted] = (),
    ) -> None:
        self.pace = pace
        self._settings = settings
        self._steps_per_epoch = steps_per_epoch
        self._optimizer = optimizer
        self._replays = deque(replays)

    def rate(self, epoch: int, position: int) -> float:
        """The learning rate of a step."""
        length = Length(self.pace.epochs, self._steps_per_epoch)
        schedule = self._settings.schedule
        return learning_rate(self.pace.lr, schedule, length, epoch, position, self.pace.plateau)

    def set(self, epoch: int, position: int) -> float:
        """Lets the optimizer go by it from now on."""
        lr = self.rate(epoch, position)
        set_learning_rate(self._optimizer, lr)
        return lr

    def paced(
        self,
        batches: Iterable[Batch],
        meter: Meter,
        place: tuple[int, int],
        adjust: Callable[[Adjusted], None],
    ) -> Iterable[Batch]:
        """The batches from ``place`` (epoch, position) on, each at its learning rate when it is taken.

        ``adjust`` is called for what a killed run had been told. Where nothing changes within the epoch, the
        batches come back as they are: steps of the usual schedules cost nothing more.
        """
        if self._replays or changes_within(self._settings.schedule, place[0]):
            return self._each(batches, meter, place, adjust)
        return batches

    def due(self, step: int) -> Iterator[Adjusted]:
        """The adjustments that had been made after so many steps of the run."""
        while self._replays and self._replays[0].step <= step:
            yield self._replays.popleft()

    def forget_replays(self) -> None:
        """A person has decided anew."""
        self._replays.clear()

    def _each(
        self,
        batches: Iterable[Batch],
        meter: Meter,
        place: tuple[int, int],
        adjust: Callable[[Adjusted], None],
    ) -> Iterator[Batch]:
        epoch, position = place
        before = meter.step - position
        for batch in batches:
            for replay in self.due(before + position):
                adjust(replay)
            meter.lr = self.set(epoch, position)
            yield batch
            position += 1
