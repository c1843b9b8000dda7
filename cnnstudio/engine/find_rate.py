"""The learning rate range test: the loss while the learning rate rises, step by step, from tiny to too large.

Smith, 'Cyclical Learning Rates for Training Neural Networks', 2015; with the smoothing, the end and the
suggestion (a tenth of the rate with the lowest loss, ``minimum``) of fastai's ``lr_find``. Where the loss
falls most steeply, its other suggestion, was too high with momentum: ``cifar10-first-cnn`` with batches of 64
came to 25 % there (0.17) and to 41 % here (0.024), after 2 epochs of 10 000 images. Nothing of it is kept.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import torch

from cnnstudio.core.messages import Preparing, RateCurve
from cnnstudio.core.requests import Job, Reply
from cnnstudio.engine import device as devices
from cnnstudio.engine.build import adapted, build, has_batch_norm
from cnnstudio.engine.choices import apply
from cnnstudio.engine.control import Control
from cnnstudio.engine.data import Batch, Feed
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.failure import explain, is_out_of_memory
from cnnstudio.engine.measuring import measured_choices
from cnnstudio.engine.optimizer import set_learning_rate
from cnnstudio.engine.precision import choose_precision
from cnnstudio.engine.prepare import read_dataset, with_overrides
from cnnstudio.engine.step import Recipe, Stepper, in_format, stepper_for
from cnnstudio.workspace.errors import Cancelled
from cnnstudio.workspace.paths import data_dir

LOWEST, HIGHEST = 1e-6, 10.0
RATES = 100
FEWEST_RATES = 30
SECONDS = 6.0
"""About as long as it may take; with slow steps there are fewer rates."""
_IMAGES = 64
"""So many images judge a rate: smaller batches take several steps at each."""
_SMOOTHING = 0.9
_DIVERGED = 4.0
_TELL_SECONDS = 0.1
_SAFELY_BELOW = 0.1
_CLEARLY = 0.01
"""Of the loss at the first rates: what falls less may be noise."""
_FIRST_RATES = 10
"""Before so many nothing is said of the loss: a smoothed mean of few is no mean."""


def find_rate(job: Job, post: Callable[[Reply], None], control: Control) -> None:
    """Tells :class:`RateCurve` again and again, the last one with ``done``.

    Raises `EngineError`, `WorkspaceError` and `Cancelled`.
    """
    trial = _Trial(job, post, control)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    try:
        trial.run()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise EngineError(explain(error, job.document).sentence) from error
    finally:
        torch.set_rng_state(state)
        torch.set_num_threads(threads)


def suggestion(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """About a tenth of the rate with the lowest smoothed loss; None where the loss never clearly falls.

    Rates are spaced evenly in their logarithm; the suggestion is one of them.
    """
    lowest = min(range(len(losses)), key=losses.__getitem__, default=0)
    if lowest < _FIRST_RATES:
        return None
    before = sorted(losses[:_FIRST_RATES])[_FIRST_RATES // 2]
    if not losses[lowest] < (1 - _CLEARLY) * before:
        return None
    wanted = rates[lowest] * _SAFELY_BELOW
    return min(rates, key=lambda rate: abs(math.log(rate / wanted)))


class _Trial:
    """A copy of the network with an optimizer and a feed of its own."""

    def __init__(self, job: Job, post: Callable[[Reply], None], control: Control) -> None:
        if job.document is None:
            raise EngineError("There is no network to find a learning rate for.")
        self._post = post
        self._control = control
        document = with_overrides(job.document, None, job.seed)
        self._device = devices.choose_for(document.training, job.device)
        folder = Path(job.data_dir) if job.data_dir else data_dir()
        dataset = read_dataset(document, folder, job.limit, post, control, download=job.download)
        self._document = adapted(document, len(dataset.class_names))
        self._feed = Feed(dataset, document.training, self._device)

    def run(self) -> None:
        """Rates rise until the loss runs away."""
        stepper, batches = self._prepared()
        rates: list[float] = []
        losses: list[float] = []
        mean = 0.0
        told = began = time.perf_counter()
        number, steps = RATES, -(-_IMAGES // self._document.training.batch_size)
        self._post(Preparing("rate", "", 0, number))
        while len(rates) < number:
            rate = LOWEST * (HIGHEST / LOWEST) ** (len(rates) / (number - 1))
            loss = self._tried(stepper, batches, rate, steps)
            now = time.perf_counter()
            if not rates:
                number, steps = _within_time(now - began, steps)
            mean = _SMOOTHING * mean + (1 - _SMOOTHING) * loss
            smoothed = mean / (1 - _SMOOTHING ** (len(rates) + 1))
            if not math.isfinite(smoothed):
                break
            rates.append(rate)
            losses.append(smoothed)
            if len(rates) > _FIRST_RATES and smoothed > _DIVERGED * min(losses):
                break
            if now - told > _TELL_SECONDS:
                told = now
                self._post(Preparing("rate", "", len(rates), number))
                self._post(RateCurve(tuple(rates), tuple(losses)))
        self._post(RateCurve(tuple(rates), tuple(losses), suggestion(rates, losses), done=True))

    def _prepared(self) -> tuple[Stepper, Iterator[Batch]]:
        document, device = self._document, self._device
        settings = document.training
        torch.manual_seed(settings.seed)
        network = build(document)
        module = network.module.to(device)
        recipe = Recipe.of(settings, network.aux_weights, choose_precision(settings.precision, device))
        drop_single = 1 < settings.batch_size < self._feed.train_images and has_batch_norm(module)
        first = next(self._feed.train(1, settings.batch_size))
        self._post(Preparing("choose"))
        choices = measured_choices(document, network, device, recipe, first)
        apply(choices, device)
        self._feed.use_channels_last(choices.images_channels_last)
        module.train()
        return stepper_for(in_format(module, choices), recipe), self._batches(drop_single)

    def _batches(self, drop_single: bool) -> Iterator[Batch]:
        """One epoch after the other, without end."""
        for epoch in count(1):
            yield from self._feed.train(epoch, self._document.training.batch_size, 0, drop_single)

    def _tried(self, stepper: Stepper, batches: Iterator[Batch], rate: float, steps: int) -> float:
        """The main head's mean loss of some steps at a rate."""
        set_learning_rate(stepper.optimizer, rate)
        losses = []
        for _ in range(steps):
            if self._control.stopped():
                raise Cancelled
            told, _ = stepper.take(*next(batches))
            losses.append(told.detach().reshape(-1)[0])
        return float(torch.stack(losses).mean())


def _within_time(seconds: float, steps: int) -> tuple[int, int]:
    """How many rates, and how many steps at each, after the first rate took so long."""
    if seconds * RATES > SECONDS and steps > 1:
        fewer = max(1, int(steps * SECONDS / (seconds * RATES)))
        seconds, steps = seconds * fewer / steps, fewer
    return max(FEWEST_RATES, min(RATES, int(SECONDS / max(seconds, 1e-9)))), steps
