"""Training images before and after augmentation, by the very functions that a training uses."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from cnnstudio.core.messages import AugmentedBatch
from cnnstudio.core.requests import PreviewAugmentation
from cnnstudio.engine.augment import augment_maps, covered
from cnnstudio.engine.colour import recolour
from cnnstudio.engine.control import Control
from cnnstudio.engine.data import per_channel, resized
from cnnstudio.engine.describe import as_tensor
from cnnstudio.engine.draws import Draws, draw
from cnnstudio.engine.prepare import Emit
from cnnstudio.engine.specimens import specimens, subject

_LARGEST_SIDE = 224


def preview(request: PreviewAugmentation, emit: Emit, control: Control) -> AugmentedBatch:
    """Some images of each class in turn; raises what reading the data raises, and `Cancelled`."""
    document = request.document
    shown = specimens(subject(document, request.data_dir, emit, control), emit, control).take(request.images)
    size = (document.input.height, document.input.width)
    images = torch.from_numpy(shown.images).permute(0, 3, 1, 2)
    if images.shape[2:] != size:
        images = resized(images, size)
    draws = draw(document.training.augment, len(images), size, request.seed)
    mean = per_channel(document.training.normalise.mean or shown.mean, images.shape[1])
    changed = _blanked(recolour(augment_maps(images, draws), draws), draws, mean)
    before, after = (as_tensor(_bytes(part)) for part in (images, changed))
    return AugmentedBatch(before, after, shown.labels)


def _blanked(images: torch.Tensor, draws: Draws, mean: tuple[float, ...]) -> torch.Tensor:
    """With the colour that a normalised zero stands for."""
    colour = 255 * torch.tensor(mean)[:, None, None]
    for boxes in draws.boxes:
        images = torch.where(covered(boxes, *images.shape[2:]), colour, images.float())
    return images


def _bytes(images: torch.Tensor) -> NDArray[np.uint8]:
    scale = _LARGEST_SIDE / max(images.shape[2:])
    if scale < 1:
        size = [max(1, round(side * scale)) for side in images.shape[2:]]
        images = resized(images, (size[0], size[1]))
    pixels = images.float().round().clamp_(0, 255).to(torch.uint8)
    rows: NDArray[np.uint8] = pixels.permute(0, 2, 3, 1).contiguous().numpy()
    return rows
