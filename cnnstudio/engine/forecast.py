"""What a training would need, before it begins: memory and time from a few steps and a test.

Nothing of the data set is read but its description. Where steps cannot be taken, or nobody tells what they
take, memory is estimated from a small batch.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Forecast, Preparing
from cnnstudio.core.quantity import byte_text
from cnnstudio.core.requests import Job, Reply
from cnnstudio.engine import device as devices
from cnnstudio.engine import expectations
from cnnstudio.engine.build import adapted
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.footprint import Footprint, footprint, states
from cnnstudio.engine.looks.snapshots import kept_bytes
from cnnstudio.engine.prepare import with_overrides
from cnnstudio.engine.system_memory import give_back
from cnnstudio.engine.trial import Trial
from cnnstudio.workspace import datasets
from cnnstudio.workspace.datasets import DatasetInfo
from cnnstudio.workspace.paths import data_dir, runs_dir
from cnnstudio.workspace.runs import RunFolder

_READING_GREY, _READING_COLOUR = 1.6, 2.1
"""Unpacked into other arrays than they end up in: the peak beside what is kept, of MNIST, of CIFAR-10."""
ROOM = 0.9
"""What may be used of the memory that is free: others want some too."""
_CHECKPOINTS, _WEIGHT_FILES = 4, 3
"""Last, previous, best, and the one that is being written; of the weights there is no previous one."""
_LINE_BYTES = 170
_LINES_AN_EPOCH = 201


@dataclass(frozen=True, slots=True)
class Counts:
    """Images to train on, to look at after each epoch, and at the end only."""

    train: int
    each_epoch: int
    end: int
    data_bytes: int
    """What the images take in memory."""
    reading_bytes: int
    """What reading them takes at its peak, those that a limit leaves out too."""


def forecast(job: Job, post: Callable[[Reply], None], control: Control) -> Forecast:
    """Raises `EngineError`, `WorkspaceError` and `Cancelled`."""
    if job.document is None and job.run is None:
        raise EngineError("There is nothing to foretell: the job names neither a network nor a run.")
    begun = job.document or RunFolder(Path(str(job.run))).read_document()
    document = with_overrides(begun, job.epochs, job.seed)
    info = _described(document, Path(job.data_dir) if job.data_dir else data_dir(), control)
    document = adapted(document, info.classes)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    post(Preparing("forecast"))
    try:
        found = _Forecaster(document, info, job, control).forecast()
    finally:
        torch.set_rng_state(state)
        torch.set_num_threads(threads)
        give_back()
    expectations.remember(document, job.limit, found)
    return found


def count_images(document: Document, info: DatasetInfo, limit: int | None) -> Counts:
    """How many images there are for what, and the bytes that they take in memory."""
    settings, size = document.training, document.input
    read = min(info.train_count, limit or info.train_count)
    test = min(info.test_count, settings.test_limit or info.test_count)
    height, width = _native_size(document, info)
    # The images of a folder stay in a mapped file.
    image = 0 if info.id == "folder" else height * width * size.channels
    held = (read + info.test_count) * image
    reading = held
    if info.downloadable:
        factor = _READING_GREY if info.channels == 1 else _READING_COLOUR
        reading = round(factor * (info.train_count + info.test_count) * image)
    if settings.validation.name == "test":
        return Counts(read, test, 0, held, reading)
    aside = round(read * settings.validation.fraction)
    return Counts(read - aside, aside, test, held, reading)


def warning(memory: int, batch: int, fitting: int | None, available: int, disk: tuple[int, int]) -> str:
    """One sentence where memory or ``disk`` (needed, free) will not do, else nothing."""
    if fitting != batch:
        taken = f"{batch} images a batch would take about {byte_text(memory)} of memory, and"
        free = f"{byte_text(available)} are free"
        if fitting is None:
            return f"{taken} {free}: use a smaller network or a smaller input."
        return f"{taken} {free}: try a batch size of {fitting}."
    needed, free_disk = disk
    if needed > free_disk:
        return (
            f"The run would write about {byte_text(needed)}, and its disk has {byte_text(free_disk)} left:"
            " make room, or set CNNSTUDIO_RUNS to another folder."
        )
    return ""


def disk_bytes(document: Document, module: nn.Module) -> int:
    """Checkpoints with the optimizer's state, the weights beside them, what is kept of epochs to be looked
    at, and a line for each step told.
    """
    settings = document.training
    weights = sum(int(tensor.nbytes) for tensor in module.state_dict().values())
    kept = (_CHECKPOINTS * (1 + states(settings.optimizer)) + _WEIGHT_FILES) * weights
    kept += kept_bytes(weights, settings.epochs)
    return kept + settings.epochs * _LINES_AN_EPOCH * _LINE_BYTES


def _described(document: Document, folder: Path, control: Control) -> DatasetInfo:
    info = datasets.dataset(document.training.dataset)
    if info.id == "folder":
        return datasets.describe_folder(folder, cancelled=control.stopped)
    if info.any_size and 2 <= document.classes <= info.classes:  # as many as the document asks for are drawn
        return replace(info, class_names=info.class_names[: document.classes])
    return info


def _native_size(document: Document, info: DatasetInfo) -> tuple[int, int]:
    if info.any_size or info.id == "folder":
        return document.input.height, document.input.width
    return info.height, info.width


class _Forecaster:
    """What is known of a training before it begins."""

    def __init__(self, document: Document, info: DatasetInfo, job: Job, control: Control) -> None:
        self._document = document
        self._counts = count_images(document, info, job.limit)
        self._folder = Path(job.run) if job.run else runs_dir()
        size = _native_size(document, info)
        self._trial = Trial(document, job, control, size=size, images=self._counts.train)
        self._device = self._trial.device
        self._available = devices.available_bytes(self._device) or 0
        self._data = self._data_bytes()

    def forecast(self) -> Forecast:
        """Memory first: steps are only taken where they fit, and then tell what they took."""
        document, counts, device = self._document, self._counts, self._device
        batch = min(document.training.batch_size, counts.train)
        steps = -(-counts.train // batch)
        needed = footprint(document, self._trial.module, device)
        seconds, fitting = 0.0, self._fitting(needed, batch)
        if fitting is not None:
            tried = self._trial.take(fitting, counts.each_epoch)
            seconds = steps * tried.step_seconds * batch / tried.images
            seconds += counts.each_epoch * tried.test_seconds
            needed = tried.measured(needed)
            fitting = self._fitting(needed, batch)
        disk = disk_bytes(document, self._trial.module), free_disk_bytes(self._folder)
        memory, available = self._needs(needed, batch), self._available
        return Forecast(
            device=devices.name_of(device),
            train_images=counts.train,
            test_images=counts.each_epoch + counts.end,
            steps_per_epoch=steps,
            epochs=document.training.epochs,
            memory_bytes=memory,
            available_bytes=available,
            seconds_per_epoch=seconds,
            disk_bytes=disk[0],
            free_disk_bytes=disk[1],
            warning=warning(memory, batch, fitting, available, disk),
            fitting_batch=None if fitting == batch else fitting,
        )

    def _needs(self, needed: Footprint, batch: int) -> int:
        reading = self._counts.reading_bytes if self._device.type == "cpu" else 0
        return max(reading, needed.bytes(batch) + self._data)

    def _fitting(self, needed: Footprint, batch: int) -> int | None:
        """The batch size, or the largest below it that fits; None where not even one image does."""
        room = int(ROOM * self._available)
        if not self._available or self._needs(needed, batch) <= room:
            return batch
        return needed.fitting_batch(batch, room - self._data)

    def _data_bytes(self) -> int:
        """A GPU holds the images where they are few beside its memory; else they lie in the computer's."""
        held = self._counts.data_bytes
        if self._device.type != "cpu":
            return held if held < self._available // 4 else 0
        convolves = any(isinstance(layer, nn.Conv2d) for layer in self._trial.module.modules())
        # Without channels last the channels of colours are put first, in a copy.
        return held if convolves or self._document.input.channels == 1 else 2 * held


def free_disk_bytes(folder: Path) -> int:
    """What is free where the folder lies or will lie."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
