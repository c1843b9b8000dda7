"""Flip and padded crop of whole batches: one draw for each image, one gather for all.

There are two ways to the same pixels: numpy on uint8 rows in memory (five times faster than torch's gather
on a CPU), and torch for images that lie on a GPU or were resized.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from cnnstudio.core.training import Augmentation

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Draws:
    """What was drawn for each image: its flip and the (row, column) at which it is cut; None: all stay."""

    flips: torch.Tensor | None
    """(N,) bool."""
    offsets: torch.Tensor | None
    """(N, 2) int64, from 0 to twice the padding."""
    padding: int = 0

    def part(self, start: int, stop: int) -> Draws:
        """The draws of some images that follow each other."""
        flips = None if self.flips is None else self.flips[start:stop]
        offsets = None if self.offsets is None else self.offsets[start:stop]
        return Draws(flips, offsets, self.padding)

    def at(self, positions: torch.Tensor) -> Draws:
        """The draws of the images at these places."""
        flips = None if self.flips is None else self.flips[positions]
        offsets = None if self.offsets is None else self.offsets[positions]
        return Draws(flips, offsets, self.padding)


NOTHING = Draws(None, None)


def draw(settings: Augmentation, images: int, generator: torch.Generator) -> Draws:
    """Draws for an epoch, always the same for a generator in the same state."""
    padding = settings.crop_padding
    flips = torch.rand(images, generator=generator) < 0.5 if settings.flip else None
    offsets = torch.randint(0, 2 * padding + 1, (images, 2), generator=generator) if padding else None
    return Draws(flips, offsets, padding)


def augment_rows(images: Pixels, draws: Draws, width_axis: int) -> Pixels:
    """Flipped and cut copies of uint8 images (N, H, W, C) with ``width_axis`` 2 or (N, C, H, W) with 3."""
    if draws.offsets is not None:
        images = _cut_rows(images, draws.offsets.numpy(), draws.padding, width_axis)
    if draws.flips is not None:
        chosen = np.flatnonzero(draws.flips.numpy())
        # Pixels of several bytes as single things: numpy turns them round three times faster.
        pixels = images.view(f"V{images.shape[3]}")[..., 0] if width_axis == 2 else images
        pixels[chosen] = np.flip(pixels[chosen], axis=width_axis)
    return images


def augment_maps(images: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Flipped and cut copies of images (N, C, H, W) of any type, on their device."""
    if draws.offsets is not None:
        rows, columns = draws.offsets.to(images.device).unbind(1)
        height, width = images.shape[2:]
        padded = F.pad(images, (draws.padding,) * 4)
        windows = padded.unfold(2, height, 1).unfold(3, width, 1).movedim(1, 3)
        images = windows[torch.arange(len(images), device=images.device), rows, columns]
    if draws.flips is not None:
        flips = draws.flips.to(images.device)[:, None, None, None]
        images = torch.where(flips, images.flip(3), images)
    return images


def _cut_rows(images: Pixels, offsets: NDArray[np.int64], padding: int, width_axis: int) -> Pixels:
    height_axis = width_axis - 1
    height, width = images.shape[height_axis], images.shape[width_axis]
    shape = list(images.shape)
    shape[height_axis] += 2 * padding
    shape[width_axis] += 2 * padding
    padded = np.zeros(shape, dtype=np.uint8)
    inner = [slice(None)] * 4
    inner[height_axis] = slice(padding, padding + height)
    inner[width_axis] = slice(padding, padding + width)
    padded[tuple(inner)] = images
    windows = np.lib.stride_tricks.sliding_window_view(
        padded, (height, width), axis=(height_axis, width_axis)
    )
    # sliding_window_view puts the window last; the order of the image is restored so that rows stay together.
    every = np.arange(len(images))
    if width_axis == 2:
        # (N, rows, columns, C, H, W) -> (N, rows, columns, H, W, C)
        return windows.transpose(0, 1, 2, 4, 5, 3)[every, offsets[:, 0], offsets[:, 1]]
    # (N, C, rows, columns, H, W) -> (N, rows, columns, C, H, W)
    return windows.transpose(0, 2, 3, 1, 4, 5)[every, offsets[:, 0], offsets[:, 1]]
