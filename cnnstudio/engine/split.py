"""Keeping training images aside for validation."""

from __future__ import annotations

import torch

from cnnstudio.engine.errors import EngineError
from cnnstudio.workspace.datasets import Dataset
from cnnstudio.workspace.datasets.channels import mean_std

_MEASURED_BYTES = 64 << 20


def split_off(
    labels: torch.Tensor, fraction: float, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """The images (by number, rising) to train on and those kept aside, every class in proportion.

    ``fraction`` of all are kept aside, at least one, and one is left. Raises :class:`EngineError` for a
    single image.
    """
    images = len(labels)
    if images < 2:
        raise EngineError("One training image cannot be split: validate on the test images.")
    aside = min(max(1, round(fraction * images)), images - 1)
    shuffled = torch.randperm(images, generator=generator)
    by_class = shuffled[torch.argsort(labels[shuffled], stable=True)]
    # Evenly spread over images that are sorted by class: no class is off by more than one.
    start = torch.rand(1, generator=generator, dtype=torch.float64)
    places = ((torch.arange(aside) + start) * (images / aside)).long().clamp_(max=images - 1)
    chosen = by_class[places]
    is_kept = torch.ones(images, dtype=torch.bool)
    is_kept[chosen] = False
    return is_kept.nonzero().flatten(), chosen.sort().values


def statistics_of(dataset: Dataset, kept: torch.Tensor | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation a channel, without the images kept aside where they are not published."""
    info = dataset.info
    is_published = not info.any_size and dataset.mean[: len(info.mean)] == info.mean
    if kept is None or is_published:
        return dataset.mean, dataset.std
    images = dataset.train.images
    most = max(1, _MEASURED_BYTES // max(1, images[0].nbytes))
    return mean_std(images[kept[:: -(-len(kept) // most)].numpy()])
