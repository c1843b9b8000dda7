"""The network of a training that goes on, for whoever looks into it from another thread.

The training owns its weights. A copy is made by the training itself before its next step, or, while it does
not step (a test, a pause, a checkpoint), by the thread that asks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from cnnstudio.engine.prepare import Prepared
from cnnstudio.workspace.progress import stop_if

_POLL = 0.05
_SHARE = 20
"""Copies take at most one part in so many of the time; who asks sooner gets the last one again."""

State = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class LiveCopy:
    """The weights on the CPU as they were before step number ``step`` + 1, in epoch ``epoch``."""

    state: State
    epoch: int
    step: int


class Live:
    """What a training shows. ``asked`` is read at each step, without a lock."""

    def __init__(self, prepared: Prepared, module: nn.Module) -> None:
        progress = None if prepared.checkpoint is None else prepared.checkpoint.progress
        self.run = str(prepared.folder.path)
        self.document = prepared.document
        self.dataset = prepared.dataset
        self.device = prepared.device
        self.asked = False
        self.step = progress.step if progress else 0
        """How many steps the weights have seen; right where the training does not step."""
        self._epoch = progress.epoch - (progress.position == 0) if progress else 0
        self._state = module.state_dict
        self._turn = threading.Condition()
        self._is_stepping = False
        self._has_changed = True
        """Whether the weights may be others than those of the last copy."""
        self._copy: LiveCopy | None = None
        self._next_time = 0.0

    @contextmanager
    def stepping(self, epoch: int) -> Iterator[None]:
        """While the training changes its weights; waits for a copy that is being made."""
        with self._turn:
            self._is_stepping, self._has_changed, self._epoch = True, True, epoch
        try:
            yield
        finally:
            with self._turn:
                self._is_stepping = self.asked = False
                self._turn.notify_all()

    @contextmanager
    def resting(self, step: int | None) -> Iterator[None]:
        """While it waits in the midst of its steps, or of a test, where it does not step anyway."""
        with self._turn:
            before, self._is_stepping, self.asked = self._is_stepping, False, False
            self.step = self.step if step is None else step
            self._turn.notify_all()
        try:
            yield
        finally:
            with self._turn:
                self._is_stepping = before

    def give(self, step: int) -> None:
        """Between two steps, by the training: makes the copy that somebody waits for."""
        with self._turn:
            self.asked = False
            self.step = step
            self._make()
            self._turn.notify_all()

    def copy(self, cancelled: Callable[[], bool]) -> LiveCopy:
        """The weights as they are, at most one step later; raises `Cancelled`."""
        with self._turn:
            before = self._copy
            if before is not None and time.perf_counter() < self._next_time:
                return before
            while self._is_stepping and self._copy is before:
                self.asked = True
                self._turn.wait(_POLL)
                stop_if(cancelled)
            if self._copy is None or (self._copy is before and self._has_changed):
                self._make()
            assert self._copy is not None
            return self._copy

    def _make(self) -> None:
        began = time.perf_counter()
        state = {name: value.detach().to("cpu", copy=True) for name, value in self._state().items()}
        self._copy = LiveCopy(state, self._epoch, self.step)
        self._has_changed = self._is_stepping
        now = time.perf_counter()
        self._next_time = now + _SHARE * (now - began)
