"""All that has been heard of a run, as the plots and pictures of the Train workspace need it."""

from collections import deque
from dataclasses import dataclass, field

from cnnstudio.app.series import Series
from cnnstudio.core.messages import (
    Checkpointed,
    Epoch,
    Failed,
    Finished,
    Paused,
    Preparing,
    Probe,
    Resumed,
    Started,
    Step,
)

MOST_SNAPSHOTS = 160
_RECENT_SECONDS = 5.0
_EARLY_SECONDS = 0.4


@dataclass
class RunHistory:
    """Filled by :meth:`hear`; read by whoever draws."""

    started: Started | None = None
    preparing: Preparing | None = None
    step: Step | None = None
    """The last one."""
    epochs: list[Epoch] = field(default_factory=list)
    loss: Series = field(default_factory=Series)
    accuracy: Series = field(default_factory=Series)
    first_step: int = 0
    """Steps before the first one heard of, in a run that was gone on with."""
    filters: list[Probe] = field(default_factory=list)
    """Snapshots of the first layer, the one before training first."""
    confusion: Probe | None = None
    checkpoint: Checkpointed | None = None
    failed: Failed | None = None
    finished: Finished | None = None
    paused: bool = False
    _recent: deque[Step] = field(default_factory=deque)

    def go_on(self) -> None:
        """The same run is resumed: what has been heard stays, how it ended does not."""
        self.finished = self.failed = self.preparing = None
        self._recent.clear()

    def hear(self, message: object) -> None:
        """Takes one message in."""
        match message:
            case Step():
                self._take_step(message)
            case Epoch():
                self.epochs = [e for e in self.epochs if e.epoch < message.epoch] + [message]
            case Probe(kind="filters"):
                self._take_filters(message)
            case Probe(kind="confusion"):
                self.confusion = message
            case Preparing():
                self.preparing = message
            case Started():
                self.started, self.preparing = message, None
            case Checkpointed():
                self.checkpoint = message
            case Paused() | Resumed():
                self.paused = isinstance(message, Paused)
            case Failed():
                self.failed = message
            case Finished():
                self.finished = message

    @property
    def steps_per_epoch(self) -> int:
        """At least 1, so that it can divide."""
        return max(1, self.started.steps_per_epoch) if self.started else 1

    @property
    def total_epochs(self) -> int:
        """Of the whole run."""
        return self.started.epochs if self.started else 0

    @property
    def best(self) -> Epoch | None:
        """The epoch with the best test accuracy, as the engine judges."""
        if not self.epochs:
            return None
        number = self.epochs[-1].best_epoch
        return next((epoch for epoch in self.epochs if epoch.epoch == number), None)

    def steps_per_second(self) -> float | None:
        """Over the last few seconds, evaluations left out; None while it is too early to tell."""
        if len(self._recent) < 2:
            return None
        first, last = self._recent[0], self._recent[-1]
        seconds = last.seconds - first.seconds
        return (last.step - first.step) / seconds if seconds >= _EARLY_SECONDS else None

    def _take_step(self, step: Step) -> None:
        if self.step is None:
            self.first_step = step.step - 1
        elif step.step <= self.step.step:  # resumed from a checkpoint before the last step
            for series in (self.loss, self.accuracy):
                series.cut(step.step - 1 - self.first_step)
        self.step = step
        self._follow_speed(step)
        self.loss.add(step.loss)
        self.accuracy.add(step.accuracy)

    def _follow_speed(self, step: Step) -> None:
        """Keeps steps some way apart, so that a fast run does not fill the memory of a few seconds."""
        recent = self._recent
        if recent and step.epoch != recent[-1].epoch:
            recent.clear()  # the clock ran on through the evaluation
        if len(recent) >= 2 and step.seconds - recent[-2].seconds < _RECENT_SECONDS / 50:
            recent[-1] = step
        else:
            recent.append(step)
        while len(recent) > 2 and step.seconds - recent[0].seconds > _RECENT_SECONDS:
            recent.popleft()

    def _take_filters(self, probe: Probe) -> None:
        """The first and the latest always stay; in between every second goes when there are too many."""
        if self.filters and self.filters[-1].step == probe.step:
            self.filters[-1] = probe
            return
        self.filters.append(probe)
        if len(self.filters) > MOST_SNAPSHOTS:
            self.filters = [self.filters[0], *self.filters[2:-1:2], self.filters[-1]]
