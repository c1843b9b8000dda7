"""What is looked up in the model between two steps, for people to look at."""

from __future__ import annotations

import time

import torch
from torch import nn

from cnnstudio.codegen import Generated
from cnnstudio.core.document import Document
from cnnstudio.core.messages import Probe, Tensor
from cnnstudio.engine.build import first_convolution
from cnnstudio.engine.checkpoint import Progress
from cnnstudio.engine.data import as_bytes
from cnnstudio.engine.evaluate import Score
from cnnstudio.engine.prepare import Emit

FILTER_SECONDS = 0.5
MOST_CONFUSION_CLASSES = 200


class Probes:
    """Tells the filters of the first convolution now and then, and the confusion after each test."""

    def __init__(self, document: Document, generated: Generated, module: nn.Module, emit: Emit) -> None:
        self._emit = emit
        self._module = module
        self._path = first_convolution(document, generated)
        self._next_time = 0.0
        self._has_confusion = document.classes <= MOST_CONFUSION_CLASSES

    def filters(self, progress: Progress, step: int | None = None) -> None:
        """``step`` is told in the midst of an epoch, when the progress still stands at its beginning."""
        if self._path is None:
            return
        weight = self._module.get_submodule(self._path).weight
        assert isinstance(weight, torch.Tensor)
        tensor = Tensor(tuple(weight.shape), as_bytes(weight))
        step = progress.step if step is None else step
        self._emit(Probe("filters", self._path, progress.epoch - (step == 0), step, tensor))
        self._next_time = time.perf_counter() + FILTER_SECONDS

    def filters_sometimes(self, progress: Progress, step: int) -> None:
        """As :meth:`filters`, but not twice within a short time."""
        if time.perf_counter() > self._next_time:
            self.filters(progress, step)

    def confusion(self, score: Score, epoch: int, step: int) -> None:
        """How often each class was taken for which."""
        if self._has_confusion:
            self._emit(Probe("confusion", "", epoch, step, score.tensor()))
