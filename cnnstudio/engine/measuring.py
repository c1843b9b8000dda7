"""Choices for a document's very step."""

from __future__ import annotations

import torch

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.engine.build import Network
from cnnstudio.engine.choices import Choices, choose
from cnnstudio.engine.data import Batch
from cnnstudio.engine.step import Recipe, timed_step


def measured_choices(
    document: Document, network: Network, device: torch.device, recipe: Recipe, batch: Batch
) -> Choices:
    """The quickest choices for steps of this size; the network, on its device, stays as it is."""
    images, labels = batch
    key = f"{network.generated.source}\n{tuple(images.shape)}\n{recipe!r}"
    # The backward pass costs twice the forward one.
    macs = 3 * infer(document).macs * len(images)
    return choose(network.module, device, timed_step(images, labels, recipe), key=key, macs=macs)
