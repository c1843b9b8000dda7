"""Which batch size fits into memory: tried with real steps, after a larger one did not."""

from __future__ import annotations

import traceback

import torch

from cnnstudio.core.infer import infer
from cnnstudio.engine.build import build
from cnnstudio.engine.data import Feed
from cnnstudio.engine.device import available_bytes
from cnnstudio.engine.failure import is_out_of_memory
from cnnstudio.engine.precision import choose_precision
from cnnstudio.engine.prepare import Prepared
from cnnstudio.engine.step import Recipe, stepper_for
from cnnstudio.engine.system_memory import give_back

_KEPT_AND_GRADIENT = 2
"""What training holds of each activation at its peak: itself and its gradient."""
_HOPE = 4
"""The estimate is a sum over layers, blind to what torch re-uses: a batch so many times larger may fit."""


def fitting_batch(prepared: Prepared, error: Exception) -> int | None:
    """The largest batch size, halving from the run's, of which a step fits; None where not even one image.

    ``error`` is why the run ended; its traceback is let go first, with what that holds. The answer is the
    run's own batch size where that does fit: then something else took the memory.
    """
    _let_go(error)
    give_back()  # what glibc keeps would count as taken where the process's addresses are limited
    batch = prepared.document.training.batch_size
    for size in candidates(batch, _estimate(prepared)):
        if _fits(prepared, size):
            return size
    return None


def candidates(batch: int, estimate: int | None) -> list[int]:
    """The batch size and the powers of two below it, the largest first, without those far beyond reach."""
    sizes = [batch, *(1 << power for power in reversed(range(batch.bit_length())) if 1 << power < batch)]
    if estimate is None:
        return sizes
    return [size for size in sizes if size <= _HOPE * estimate] or [1]


def _estimate(prepared: Prepared) -> int | None:
    """How many images' activations the free memory holds, None where nobody tells."""
    free = available_bytes(prepared.device)
    if free is None:
        return None
    return free // (_KEPT_AND_GRADIENT * infer(prepared.document).activation_bytes)


def _fits(prepared: Prepared, size: int) -> bool:
    """Whether a step of so many images, with everything that a run holds beside it, goes through."""
    try:
        _take_step(prepared, size)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        _let_go(error)
        return False
    finally:
        give_back()
        if prepared.device.type == "cuda":
            torch.cuda.empty_cache()
    return True


def _let_go(error: BaseException | None) -> None:
    """Of all that the frames hold in which it, and what it came from, was raised; even cleared they hold
    their functions, which may hold the network.
    """
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error.__traceback__ = None
        error = error.__context__


def _take_step(prepared: Prepared, size: int) -> None:
    """As an epoch's first and last step: NumPy keeps memory for each size of a batch."""
    settings = prepared.document.training
    network = build(prepared.document)
    feed = Feed(prepared.dataset, settings, prepared.device)
    images, labels = next(feed.train(1, size))
    precision = choose_precision(settings.precision, prepared.device)
    recipe = Recipe.of(settings, network.aux_weights, precision)
    stepper = stepper_for(network.module.to(prepared.device), recipe)
    stepper.take(images, labels)
    rest = feed.train_images % size
    if rest > 1:
        stepper.take(images[:rest], labels[:rest])
