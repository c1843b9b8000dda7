"""Random changes of whole batches: one draw for each image, one operation for all.

They come in this order, which the exported script keeps: padded crop, flip, rotation (black outside and by
the nearest pixel, as torchvision does by default), then colours; then the image is normalised, and last
rectangles are blanked with zeros, which is the mean: erasing, then cutout.

Where pixels move there are two ways to the same ones: numpy on uint8 rows in memory (five times faster than
torch's gather on a CPU), and torch for images that lie on a GPU or were resized.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from cnnstudio.engine.draws import Draws

Pixels = NDArray[np.uint8]


def augment_rows(images: Pixels, draws: Draws, width_axis: int) -> Pixels:
    """Cuts, flips and turns uint8 images (N, H, W, C) with ``width_axis`` 2 or (N, C, H, W) with 3, in place
    where that can be.
    """
    if draws.offsets is not None:
        images = _cut_rows(images, draws.offsets.numpy(), draws.padding, width_axis)
    if draws.flips is not None:
        chosen = np.flatnonzero(draws.flips.numpy())
        pixels = _as_things(images) if width_axis == 2 else images
        pixels[chosen] = np.flip(pixels[chosen], axis=width_axis)
    if draws.angles is not None:
        images = _turn_rows(images, draws.angles, width_axis)
    return images


def augment_maps(images: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Cut, flipped and turned copies of images (N, C, H, W) of any type, on their device."""
    height, width = images.shape[2:]
    if draws.offsets is not None:
        rows, columns = draws.offsets.to(images.device).unbind(1)
        padded = F.pad(images, (draws.padding,) * 4)
        windows = padded.unfold(2, height, 1).unfold(3, width, 1).movedim(1, 3)
        images = windows[torch.arange(len(images), device=images.device), rows, columns]
    if draws.flips is not None:
        flips = draws.flips.to(images.device)[:, None, None, None]
        images = torch.where(flips, images.flip(3), images)
    if draws.angles is not None:
        sources, inside = _turned(draws.angles.to(images.device), height, width)
        flat = images.flatten(2).gather(2, sources.flatten(1)[:, None].expand(-1, images.shape[1], -1))
        images = flat.view(images.shape) * inside[:, None]
    return images


def blank(images: torch.Tensor, draws: Draws) -> torch.Tensor:
    """Normalised images (N, C, H, W) with their rectangles set to zero, in place."""
    for boxes in draws.boxes:
        if images.device.type == "cpu":
            # Filling some rectangles takes a fraction of the time of a mask over all pixels.
            values = images.numpy()
            for number in torch.nonzero(boxes[:, 2] > boxes[:, 0]).flatten().tolist():
                top, left, bottom, right = boxes[number].tolist()
                values[number, :, top:bottom, left:right] = 0
        else:
            images.mul_(~covered(boxes.to(images.device), *images.shape[2:]))
    return images


def covered(boxes: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """(N, 1, H, W) bool: what lies within each image's rectangle."""
    top, left, bottom, right = boxes[:, :, None, None].unbind(1)
    y = torch.arange(height, device=boxes.device)[:, None]
    x = torch.arange(width, device=boxes.device)
    return (((y >= top) & (y < bottom)) & ((x >= left) & (x < right)))[:, None]


def _turned(angles: torch.Tensor, height: int, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Where each pixel (N, H, W) comes from, as its number in the image, and whether that lies inside."""
    radians = torch.deg2rad(angles)[:, None, None]
    cos, sin = radians.cos(), radians.sin()
    y = torch.arange(height, device=angles.device)[:, None] - (height - 1) / 2
    x = torch.arange(width, device=angles.device) - (width - 1) / 2
    column = (cos * x - (sin * y - (width - 1) / 2)).round_()
    row = (sin * x + (cos * y + (height - 1) / 2)).round_()
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    # Exact in float32 up to 2^24 pixels, and half the work of whole numbers.
    return row.mul_(width).add_(column).mul_(inside).long(), inside


def _turn_rows(images: Pixels, angles: torch.Tensor, width_axis: int) -> Pixels:
    height, width = images.shape[width_axis - 1], images.shape[width_axis]
    found, known = _turned(angles, height, width)
    sources, inside = found.numpy(), known.numpy()
    sources += (np.arange(len(images)) * (height * width))[:, None, None]
    if width_axis == 2:
        things = np.take(_as_things(images).reshape(-1), sources)
        turned = things.view(np.uint8).reshape(images.shape)
        turned *= inside[..., None]
        return turned
    turned = np.empty_like(images)
    for channel in range(images.shape[1]):
        np.multiply(np.take(images[:, channel], sources), inside, out=turned[:, channel])
    return turned


def _as_things(images: Pixels) -> NDArray[np.void]:
    """Pixels of several bytes as single things (N, H, W): numpy moves them three times faster."""
    return images.view(f"V{images.shape[3]}")[..., 0]


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
