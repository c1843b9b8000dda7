"""Brightness, contrast and saturation of whole batches, as torchvision's ColorJitter changes single images.

Each is a blend ``f · image + (1 − f) · other``, cut off at black and white: with black for brightness, with
the mean of the grey image for contrast, with the grey image for saturation. So a batch in which every image
has an order of its own still takes one blend a turn.
"""

from __future__ import annotations

import torch

from cnnstudio.engine.draws import Draws

_LUMA = (0.2989, 0.587, 0.114)
_WHITE = 255.0
_BRIGHTNESS, _CONTRAST = 0, 1


def recolour(images: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Images (N, C, H, W) with values from 0 to 255 as float32, each changed by its own factors."""
    if draws.factors is None or draws.order is None:
        return images
    factors, order = draws.factors.to(images.device), draws.order.to(images.device)
    # A sum over channels is faster where they are apart.
    images = images.to(torch.float32, memory_format=torch.contiguous_format)
    for kinds in order.unbind(1):
        factor = factors.gather(1, kinds[:, None])[:, :, None, None]
        images = torch.lerp(_other(images, kinds), images, factor).clamp_(0, _WHITE)
    return images


def _other(images: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
    """What each image is blended with, (N, 1, H, W)."""
    grey = _grey(images)
    kinds = kinds[:, None, None, None]
    flat = grey.mean((2, 3), keepdim=True) * (kinds == _CONTRAST)
    return torch.where(kinds > _CONTRAST, grey, flat)


def _grey(images: torch.Tensor) -> torch.Tensor:
    """Luma (N, 1, H, W); with other numbers of channels than three they take turns as red, green and blue."""
    channels = images.shape[1]
    if channels == 1:
        return images
    weights = torch.tensor([_LUMA[index % 3] for index in range(channels)], device=images.device)
    weights = weights if channels == 3 else weights / weights.sum()
    return torch.einsum("nchw,c->nhw", images, weights)[:, None]
