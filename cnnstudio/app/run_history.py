"""All that has been heard of a run, as the plots and pictures of the Train workspace need it."""

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from cnnstudio.app.series import Series
from cnnstudio.core.health import Health
from cnnstudio.core.messages import (
    Adjusted,
    Checkpointed,
    Epoch,
    Failed,
    Finished,
    Held,
    Paused,
    Preparing,
    Probe,
    Resumed,
    Skipped,
    Started,
    Step,
)

MOST_SNAPSHOTS = 160
MOST_MARKS = 200
MOST_LOOKS = 200
_RECENT_SECONDS = 5.0
_EARLY_SECONDS = 0.4
_RECENT_EPOCHS = 6
_EPOCH_POINTS = 2048

Happening = Literal["rate", "epochs", "paused", "continued", "early"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened in a run, to be marked in its plots; ``value`` is the rate or the epochs."""

    kind: Happening
    step: int
    value: float = 0.0


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
    rate: Series = field(default_factory=Series)
    heads: list[Series] = field(default_factory=list)
    """The losses of the side heads, in the order of ``started.heads``."""
    by_epoch: dict[str, Series] = field(default_factory=dict)
    """``train_loss``, ``val_loss``, ``train_accuracy``, ``val_accuracy`` over epochs."""
    marks: list[Mark] = field(default_factory=list)
    base_rate: float | None = None
    """The learning rate before the schedule, as far as it is known."""
    filters: list[Probe] = field(default_factory=list)
    """Snapshots of the first layer, the one before training first."""
    health: list[Health] = field(default_factory=list)
    """Looks at the blocks, at most one an epoch, the latest ones."""
    confusion: Probe | None = None
    checkpoint: Checkpointed | None = None
    skipped: Skipped | None = None
    failed: Failed | None = None
    finished: Finished | None = None
    _epochs_asked: int = 0
    _goes_on: bool = False
    """Whether the next step is the first after a break."""
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
                self._take_epoch(message)
            case Probe() | Health():
                self._take_look(message)
            case Preparing():
                self.preparing = message
            case Started():
                self._take_start(message)
            case Adjusted():
                self._take_adjustment(message)
            case Checkpointed():
                self.checkpoint = message
            case Skipped():
                self.skipped = message
            case Paused() | Resumed():
                self._take_pause(isinstance(message, Paused))
            case Failed():
                self.failed = message
            case Finished():
                self._take_end(message)

    @property
    def steps_per_epoch(self) -> int:
        """At least 1, so that it can divide."""
        return max(1, self.started.steps_per_epoch) if self.started else 1

    @property
    def total_epochs(self) -> int:
        """Of the whole run."""
        return self._epochs_asked

    @property
    def last_step(self) -> int:
        """The last step that was heard or read of; 0 before the first."""
        return self.loss.count

    @property
    def held(self) -> Held:
        """What the run is validated on."""
        if self.epochs:
            return self.epochs[-1].val_split
        return self.started.val_split if self.started else "test"

    @property
    def best(self) -> Epoch | None:
        """The best epoch, as the engine judges."""
        return self.epoch(self.epochs[-1].best_epoch) if self.epochs else None

    def epoch(self, number: int) -> Epoch | None:
        """What was told of an epoch."""
        place = bisect_left(self.epochs, number, key=lambda epoch: epoch.epoch)
        found = self.epochs[place : place + 1]
        return found[0] if found and found[0].epoch == number else None

    def steps_per_second(self) -> float | None:
        """Over the last few seconds, evaluations left out; None while it is too early to tell."""
        if len(self._recent) < 2:
            return None
        first, last = self._recent[0], self._recent[-1]
        seconds = last.seconds - first.seconds
        return (last.step - first.step) / seconds if seconds >= _EARLY_SECONDS else None

    def seconds_per_epoch(self) -> float | None:
        """Of an epoch with its test, pauses left out, over the last epochs."""
        if len(self.epochs) < 2:
            return self.epochs[0].seconds if self.epochs and self.epochs[0].epoch == 1 else None
        recent = self.epochs[-_RECENT_EPOCHS:]
        return (recent[-1].seconds - recent[0].seconds) / (recent[-1].epoch - recent[0].epoch)

    def _take_start(self, message: Started) -> None:
        again = self.last_step > 0
        self.started, self.preparing = message, None
        self._epochs_asked = message.epochs
        while len(self.heads) < len(message.heads):
            self.heads.append(Series())
        self._goes_on = message.first_epoch > 1 or again

    def _take_step(self, step: Step) -> None:
        if step.step <= self.last_step:  # resumed from a checkpoint before the last step
            for series in (self.loss, self.accuracy, self.rate, *self.heads):
                series.cut(step.step - 1)
            self.marks = [mark for mark in self.marks if mark.step < step.step]
        if self._goes_on:
            self._mark(Mark("continued", step.step - 1))
            self._goes_on = False
        self.step, self.preparing = step, None
        self._follow_speed(step)
        self.loss.add(step.loss, step.step)
        self.accuracy.add(step.accuracy, step.step)
        self.rate.add(step.lr, step.step)
        for series, loss in zip(self.heads, step.heads, strict=False):
            series.add(loss, step.step)

    def _take_epoch(self, message: Epoch) -> None:
        self.preparing = None
        while self.epochs and self.epochs[-1].epoch >= message.epoch:
            self.epochs.pop()
        self.epochs.append(message)
        for name in ("train_loss", "val_loss", "train_accuracy", "val_accuracy"):
            series = self.by_epoch.setdefault(name, Series(_EPOCH_POINTS))
            if series.count >= message.epoch:
                series.cut(message.epoch - 1)
            series.add(getattr(message, name), message.epoch)

    def _take_look(self, message: Probe | Health) -> None:
        if isinstance(message, Health):
            self._take_health(message)
        elif message.kind == "filters":
            self._take_filters(message)
        elif message.kind == "confusion":
            self.confusion = message

    def _take_health(self, look: Health) -> None:
        while self.health and self.health[-1].step >= look.step:  # resumed from before it
            self.health.pop()
        self.health = [*self.health[1 - MOST_LOOKS :], look]

    def _take_adjustment(self, message: Adjusted) -> None:
        if message.lr != self.base_rate:
            self._mark(Mark("rate", message.step, message.lr))
        if message.epochs != self._epochs_asked:
            self._mark(Mark("epochs", message.step, message.epochs))
        self.base_rate, self._epochs_asked = message.lr, message.epochs

    def _take_pause(self, paused: bool) -> None:
        if paused:
            self._mark(Mark("paused", self.last_step))
        self._recent.clear()

    def _take_end(self, message: Finished) -> None:
        self.finished = message
        mark = Mark("early", self.last_step)
        if message.early and mark not in self.marks:  # it is, where only the test images were left to look at
            self._mark(mark)

    def _mark(self, mark: Mark) -> None:
        if len(self.marks) < MOST_MARKS:
            self.marks.append(mark)

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
