"""Choices for a document's very step."""

from __future__ import annotations

from dataclasses import replace

import torch

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Preparing
from cnnstudio.engine.build import Network
from cnnstudio.engine.choices import Choices, choose
from cnnstudio.engine.data import Batch, Feed
from cnnstudio.engine.failure import is_out_of_memory
from cnnstudio.engine.prepare import Emit, Prepared
from cnnstudio.engine.step import Recipe, timed_step


def choices_of(prepared: Prepared, network: Network, recipe: Recipe, feed: Feed, emit: Emit) -> Choices:
    """The choices of a run: those of its checkpoint, or the quickest for its first batch."""
    checkpoint = prepared.checkpoint
    if checkpoint is not None:
        known = checkpoint.choices
        # A run from a processor may go on in half precision on a graphics card.
        return known if _is_exact(recipe) else replace(known, products=False, phases=False)
    emit(Preparing("choose"))
    images, labels = next(feed.train(1, prepared.document.training.batch_size))
    if not len(labels):  # the batch is smaller than the crew
        return Choices(1, False)
    rng = torch.get_rng_state()
    try:
        return measured_choices(prepared.document, network, prepared.device, recipe, (images, labels))
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    # What is timed are copies of the network: without them it may fit.
    torch.set_rng_state(rng)
    return Choices(torch.get_num_threads(), False)


def measured_choices(
    document: Document, network: Network, device: torch.device, recipe: Recipe, batch: Batch
) -> Choices:
    """The quickest choices for steps of this size; the network, on its device, stays as it is."""
    images, labels = batch
    key = f"{network.generated.source}\n{tuple(images.shape)}\n{recipe!r}"
    # The backward pass costs twice the forward one.
    macs = 3 * infer(document).macs * len(images)
    exact = _is_exact(recipe)
    phases = exact and not document.training.compile  # a compiler puts layers together itself
    step = timed_step(images, labels, recipe)
    return choose(network.module, device, step, key=key, macs=macs, products=exact, phases=phases)


def _is_exact(recipe: Recipe) -> bool:
    """Whether convolutions may be learnt otherwise: autocast knows nothing of the products and phases."""
    return recipe.precision.dtype is None
