"""Some real steps and a test, before a training: how long they take, and what memory at their peak.

They are taken on random pixels of the data set's size.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import numpy as np
import torch
from torch import nn

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.core.requests import Job
from cnnstudio.engine import device as devices
from cnnstudio.engine.build import Network, build
from cnnstudio.engine.bystanders import Solitude
from cnnstudio.engine.choices import apply, candidates, rule_of_thumb
from cnnstudio.engine.control import Control
from cnnstudio.engine.data import Feed
from cnnstudio.engine.divergence import Diverged
from cnnstudio.engine.evaluate import evaluate, test_batch_size
from cnnstudio.engine.expectations import Usage
from cnnstudio.engine.footprint import Footprint
from cnnstudio.engine.measuring import measured_choices
from cnnstudio.engine.meter import Clock, Meter, Sums
from cnnstudio.engine.precision import choose_precision
from cnnstudio.engine.step import Recipe, Stepper, in_format, stepper_for
from cnnstudio.engine.system_memory import trim
from cnnstudio.workspace import datasets
from cnnstudio.workspace.datasets import Dataset, Split
from cnnstudio.workspace.errors import Cancelled

STEPS_SECONDS = 0.4
MOST_STEPS = 256
LONG_STEP = 0.3
"""Seconds; of longer steps a part of the batch is taken."""
_MACS_PER_SECOND = 1e10
"""Of a slow machine."""
_IMAGE_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Tried:
    """Seconds of a step of ``images``, and of a test of one; bytes at the peaks, None where nobody tells."""

    images: int
    step_seconds: float
    test_seconds: float
    step_bytes: int | None
    test_bytes: int | None

    def measured(self, needed: Footprint) -> Footprint:
        """What a training needs, as the trial has shown it; as it was estimated where nobody tells."""
        if self.step_bytes is None or self.test_bytes is None:
            return needed
        return needed.as_measured(self.images, self.step_bytes, self.test_bytes)


class Trial:
    """The network on its device, with random ``images`` of the data set's ``size`` (height, width)."""

    def __init__(
        self, document: Document, job: Job, control: Control, *, size: tuple[int, int], images: int
    ) -> None:
        self._control = control
        self._document = document
        self._size = size
        self._images = images
        self._solitude, self._usage = Solitude(), Usage()
        self.device = devices.choose_for(document.training, job.device)
        torch.manual_seed(document.training.seed)
        self._network: Network = build(document)
        self.module: nn.Module = self._network.module.to(self.device)

    def take(self, batch: int, test_images: int) -> Tried:
        """Steps of so many images, or of fewer that a slow machine takes in no time; then a test."""
        size = min(batch, self._within(LONG_STEP, 3, batch))
        data = self._random_data(size)
        feed, stepper = self._prepared(data, size)
        step = self._step_seconds(feed, stepper, size)
        step_bytes = self._peak_bytes(data)
        trim()
        test = self._test_seconds(feed, test_images)
        return Tried(size, step, test, step_bytes, self._peak_bytes(data))

    def _peak_bytes(self, data: Dataset) -> int | None:
        """So far, without the random images; None where it cannot be told from what others took."""
        peak = self._usage.peak_bytes(self.device)
        if peak is None or not self._solitude.kept():
            return None
        return max(0, peak - data.train.images.nbytes - data.train.labels.nbytes)

    def _within(self, seconds: float, passes: int, batch: int) -> int:
        """How many images a slow machine would surely take in so much time; two at least."""
        macs = passes * max(1, infer(self._document).macs)
        return max(min(2, batch), int(seconds * _MACS_PER_SECOND / macs))

    def _prepared(self, data: Dataset, size: int) -> tuple[Feed, Stepper]:
        document, device = self._document, self.device
        settings = document.training.model_copy(update={"batch_size": size})
        feed = Feed(data, settings, device)
        precision = choose_precision(settings.precision, device)
        recipe = Recipe.of(settings, self._network.aux_weights, precision)
        if size < document.training.batch_size:
            macs = infer(document).macs * 3 * size
            choices = rule_of_thumb(candidates(self.module, macs), macs)
        else:
            first = next(feed.train(1, size))
            choices = measured_choices(document, self._network, device, recipe, first)
        apply(choices, device)
        feed.use_channels_last(choices.images_channels_last)
        self.module.train()
        return feed, stepper_for(in_format(self.module, choices), recipe)

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
                devices.synchronise(self.device)
                warm = time.perf_counter() - before
            spent = time.perf_counter() - start - warm
            if taken >= MOST_STEPS or (taken > 1 and spent > STEPS_SECONDS):
                break
        with suppress(Diverged):  # random images teach nothing
            meter.flush()
        devices.synchronise(self.device)
        return (time.perf_counter() - start - warm) / taken

    def _test_seconds(self, feed: Feed, test_images: int) -> float:
        """Of one image, among as many as are tested at once."""
        size = min(test_batch_size(self._document), max(1, test_images))
        size = min(size, self._within(LONG_STEP, 1, size))
        images, labels = next(feed.test(size))
        times = []
        for _ in range(2):
            start = time.perf_counter()
            evaluate(self.module, [(images, labels)], self._document.classes)
            times.append(time.perf_counter() - start)
        return min(times) / len(labels)

    def _random_data(self, size: int) -> Dataset:
        """Whole batches of images of the data set's own size, not too many."""
        height, width = self._size
        channels, classes = self._document.input.channels, self._document.classes
        batches = max(1, min(self._images, _IMAGE_BYTES // (height * width * channels)) // size)
        shape = (batches * size, height, width, channels)
        random = np.random.default_rng(0)
        pixels = random.integers(0, 256, shape, dtype=np.uint8)
        split = Split(pixels, random.integers(0, classes, len(pixels)))
        half = (0.5,) * channels
        names = tuple(map(str, range(classes)))
        target = (self._document.input.height, self._document.input.width)
        return Dataset(datasets.dataset("shapes"), split, split, names, target, half, half)
