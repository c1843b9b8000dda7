"""What the steps of an epoch add up to, without slowing them down.

A step only appends its tensors to a list; some twenty times a second all of them are reduced at once, which
is also the only moment at which a GPU is waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from cnnstudio.core.messages import Step
from cnnstudio.engine.divergence import require_loss

FLUSH_SECONDS = 0.05
MOST_PENDING = 512


@dataclass(frozen=True, slots=True)
class Sums:
    """What an epoch's steps have added up to so far."""

    loss: float = 0.0
    correct: int = 0
    images: int = 0
    heads: tuple[float, ...] = ()
    """The losses of the side heads."""

    @property
    def mean_loss(self) -> float:
        """Per image."""
        return self.loss / max(1, self.images)

    @property
    def accuracy(self) -> float:
        """From 0 to 1."""
        return self.correct / max(1, self.images)

    @property
    def mean_heads(self) -> tuple[float, ...]:
        """The side heads' losses per image."""
        return tuple(loss / max(1, self.images) for loss in self.heads)

    def plus(self, loss: float, correct: int, images: int, heads: Sequence[float]) -> Sums:
        """With one more step, whose losses are means."""
        before = self.heads or (0.0,) * len(heads)
        return Sums(
            self.loss + loss * images,
            self.correct + correct,
            self.images + images,
            tuple(old + new * images for old, new in zip(before, heads)),
        )


class Clock:
    """Seconds of a run, over all its sessions, pauses left out."""

    def __init__(self, before: float = 0.0) -> None:
        self._started = time.perf_counter() - before
        self._paused_at: float | None = None

    def seconds(self) -> float:
        """Since the first step of the run."""
        return (self._paused_at or time.perf_counter()) - self._started

    def pause(self) -> None:
        """Stands still."""
        self._paused_at = time.perf_counter()

    def resume(self) -> None:
        """Goes on."""
        if self._paused_at is not None:
            self._started += time.perf_counter() - self._paused_at
            self._paused_at = None


class Meter:
    """Collects the steps of one epoch; ``tell`` gets each as a message."""

    def __init__(
        self, epoch: int, step: int, lr: float, sums: Sums, *, clock: Clock, tell: Callable[[Step], None]
    ) -> None:
        self.sums = sums
        self.step = step
        """Steps of the run that have been told."""
        self.lr = lr
        """The learning rate of the steps that come."""
        self._epoch = epoch
        self._clock = clock
        self._tell = tell
        self._pending: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor, float, float]] = []
        self._size = 0

    def add(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> float:
        """One step's loss (mean over its images), logits (N, classes) and labels (N,); gives the time.

        With side heads the losses are a row (1 + heads,), the main one first.
        """
        if len(labels) != self._size:
            self.flush()
            self._size = len(labels)
        seconds = self._clock.seconds()
        self._pending.append((loss.detach(), logits.detach(), labels, seconds, self.lr))
        return seconds

    def full(self) -> bool:
        """Whether so much has gathered that it should be flushed, whatever the time."""
        return len(self._pending) >= MOST_PENDING

    def flush(self) -> None:
        """Turns what has gathered into messages; raises :class:`Diverged`."""
        if not self._pending:
            return
        all_losses, all_logits, all_labels, seconds, rates = zip(*self._pending)
        self._pending = []
        losses: list[float | list[float]] = torch.stack(all_losses).tolist()
        hits = torch.stack(all_logits).argmax(-1) == torch.stack(all_labels)
        correct: list[int] = hits.sum(-1).tolist()
        for values in zip(losses, correct, seconds, rates):
            self._count(*values)

    def _count(self, losses: float | list[float], correct: int, seconds: float, lr: float) -> None:
        loss, *heads = losses if isinstance(losses, list) else (losses,)
        self.step += 1
        size = self._size
        require_loss(loss, self._epoch, self.step, lr)
        self.sums = self.sums.plus(loss, correct, size, heads)
        self._tell(Step(self._epoch, self.step, loss, correct / size, lr, size, seconds, tuple(heads)))
