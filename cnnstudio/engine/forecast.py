"""What a training would need, before it begins: memory from a small batch, time from a few steps.

Nothing of the data set is read but its description; steps are timed on random pixels of its size.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Forecast, Preparing
from cnnstudio.core.quantity import byte_text
from cnnstudio.core.requests import Job, Reply
from cnnstudio.engine import device as devices
from cnnstudio.engine import expectations
from cnnstudio.engine.build import Network, adapted, build
from cnnstudio.engine.choices import apply, candidates, rule_of_thumb
from cnnstudio.engine.control import Control
from cnnstudio.engine.data import Feed
from cnnstudio.engine.divergence import Diverged
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.evaluate import evaluate, test_batch_size
from cnnstudio.engine.footprint import footprint, states
from cnnstudio.engine.looks.snapshots import kept_bytes
from cnnstudio.engine.measuring import measured_choices
from cnnstudio.engine.meter import Clock, Meter, Sums
from cnnstudio.engine.precision import choose_precision
from cnnstudio.engine.prepare import with_overrides
from cnnstudio.engine.step import Recipe, Stepper, in_format, stepper_for
from cnnstudio.engine.system_memory import give_back
from cnnstudio.workspace import datasets
from cnnstudio.workspace.datasets import Dataset, DatasetInfo, Split
from cnnstudio.workspace.errors import Cancelled
from cnnstudio.workspace.paths import data_dir, runs_dir
from cnnstudio.workspace.runs import RunFolder

STEPS_SECONDS = 0.4
MOST_STEPS = 256
LONG_STEP = 0.3
"""Seconds; of longer steps a part of the batch is taken."""
_MACS_PER_SECOND = 1e10
"""Of a slow machine."""
_IMAGE_BYTES = 16 << 20
_READING = 2.0
"""Files are unpacked into other arrays than they end up in: measured 1.7 (MNIST) and 2.2 (CIFAR-10)."""
_ROOM = 0.9
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
        found = _Trial(document, info, job, control).forecast()
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
    reading = round(_READING * (info.train_count + info.test_count) * image) if info.downloadable else held
    if settings.validation.name == "test":
        return Counts(read, test, 0, held, reading)
    aside = round(read * settings.validation.fraction)
    return Counts(read - aside, aside, test, held, reading)


def warning(
    needs: Callable[[int], int], batch: int, fitting: int | None, available: int, disk: tuple[int, int]
) -> str:
    """One sentence where memory or ``disk`` (needed, free) will not do, else nothing."""
    if needs(batch) > _ROOM * available:
        taken = f"{batch} images a batch would take about {byte_text(needs(batch))} of memory, and"
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


class _Trial:
    """The network on its device, with random images."""

    def __init__(self, document: Document, info: DatasetInfo, job: Job, control: Control) -> None:
        self._control = control
        self._document = document
        self._device = devices.choose_for(document.training, job.device)
        self._counts = count_images(document, info, job.limit)
        self._folder = Path(job.run) if job.run else runs_dir()
        self._native = _native_size(document, info)
        torch.manual_seed(document.training.seed)
        self._network: Network = build(document)
        self._module: nn.Module = self._network.module.to(self._device)

    def forecast(self) -> Forecast:
        """Memory first: steps are only taken where they fit."""
        document, counts = self._document, self._counts
        batch = min(document.training.batch_size, counts.train)
        needed = footprint(document, self._module, self._device)
        available = devices.available_bytes(self._device) or 0
        data = self._data_bytes(available)

        def needs(size: int) -> int:
            reading = counts.reading_bytes if self._device.type == "cpu" else 0
            return max(reading, needed.bytes(size) + data)

        fits = not available or needs(batch) <= _ROOM * available
        fitting = None if fits else needed.fitting_batch(batch, int(_ROOM * available) - data)
        steps = -(-counts.train // batch)
        disk = disk_bytes(document, self._module), free_disk_bytes(self._folder)
        return Forecast(
            device=devices.name_of(self._device),
            train_images=counts.train,
            test_images=counts.each_epoch + counts.end,
            steps_per_epoch=steps,
            epochs=document.training.epochs,
            memory_bytes=needs(batch),
            available_bytes=available,
            seconds_per_epoch=self._epoch_seconds(batch if fits else fitting, batch, steps),
            disk_bytes=disk[0],
            free_disk_bytes=disk[1],
            warning=warning(needs, batch, fitting, available or needs(batch) * 2, disk),
            fitting_batch=fitting,
        )

    def _data_bytes(self, available: int) -> int:
        """A GPU holds the images where they are few beside its memory; else they lie in the computer's."""
        held = self._counts.data_bytes
        if self._device.type != "cpu":
            return held if held < available // 4 else 0
        convolves = any(isinstance(layer, nn.Conv2d) for layer in self._module.modules())
        # Without channels last the channels of colours are put first, in a copy.
        return held if convolves or self._document.input.channels == 1 else 2 * held

    def _epoch_seconds(self, fitting: int | None, batch: int, steps: int) -> float:
        """By steps of as many images as fit; 0 where not even one does."""
        if fitting is None:
            return 0.0
        size = min(fitting, self._within(LONG_STEP, 3, fitting))
        feed, stepper = self._prepared(size)
        step = self._step_seconds(feed, stepper, size) * batch / size
        return steps * step + self._test_seconds(feed)

    def _within(self, seconds: float, passes: int, batch: int) -> int:
        """How many images a slow machine would surely take in so much time; two at least."""
        macs = passes * max(1, infer(self._document).macs)
        return max(min(2, batch), int(seconds * _MACS_PER_SECOND / macs))

    def _prepared(self, size: int) -> tuple[Feed, Stepper]:
        document, device = self._document, self._device
        settings = document.training.model_copy(update={"batch_size": size})
        feed = Feed(self._random_data(size), settings, device)
        precision = choose_precision(settings.precision, device)
        recipe = Recipe.of(settings, self._network.aux_weights, precision)
        if size < document.training.batch_size:
            macs = infer(document).macs * 3 * size
            choices = rule_of_thumb(candidates(self._module, macs), macs)
        else:
            first = next(feed.train(1, size))
            choices = measured_choices(document, self._network, device, recipe, first)
        apply(choices, device)
        feed.use_channels_last(choices.channels_last)
        self._module.train()
        return feed, stepper_for(in_format(self._module, choices), recipe)

    def _step_seconds(self, feed: Feed, stepper: Stepper, size: int) -> float:
        """With gathering the images and adding up the metrics; the first step, which warms up, left out."""
        meter = Meter(1, 0, 0.0, Sums(), clock=Clock(), tell=lambda step: None)
        batches = (batch for epoch in count(1) for batch in feed.train(epoch, size))
        start = time.perf_counter()
        warm = 0.0
        for taken in count():
            if self._control.stopped():
                raise Cancelled
            images, labels = next(batches)
            before = time.perf_counter()
            meter.add(*stepper.take(images, labels), labels)
            if not taken:
                devices.synchronise(self._device)
                warm = time.perf_counter() - before
            spent = time.perf_counter() - start - warm
            if taken >= MOST_STEPS or (taken > 1 and spent > STEPS_SECONDS):
                break
        with suppress(Diverged):  # random images teach nothing
            meter.flush()
        devices.synchronise(self._device)
        return (time.perf_counter() - start - warm) / taken

    def _test_seconds(self, feed: Feed) -> float:
        """All images that are looked at after an epoch."""
        counts = self._counts.each_epoch
        size = min(test_batch_size(self._document), max(1, counts))
        size = min(size, self._within(LONG_STEP, 1, size))
        images, labels = next(feed.test(size))
        times = []
        for _ in range(2):
            start = time.perf_counter()
            evaluate(self._module, [(images, labels)], self._document.classes)
            times.append(time.perf_counter() - start)
        return min(times) * counts / len(labels)

    def _random_data(self, size: int) -> Dataset:
        """Whole batches of images of the data set's own size, not too many."""
        height, width = self._native
        channels, classes = self._document.input.channels, self._document.classes
        batches = max(1, min(self._counts.train, _IMAGE_BYTES // (height * width * channels)) // size)
        shape = (batches * size, height, width, channels)
        random = np.random.default_rng(0)
        pixels = random.integers(0, 256, shape, dtype=np.uint8)
        split = Split(pixels, random.integers(0, classes, len(pixels)))
        half = (0.5,) * channels
        names = tuple(map(str, range(classes)))
        target = (self._document.input.height, self._document.input.width)
        return Dataset(datasets.dataset("shapes"), split, split, names, target, half, half)


def free_disk_bytes(folder: Path) -> int:
    """What is free where the folder lies or will lie."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
