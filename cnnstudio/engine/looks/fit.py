"""A person's own picture, made like those that the network has learnt from."""

from __future__ import annotations

import numpy as np
import torch

from cnnstudio.core.looks import Pixels
from cnnstudio.engine.data import resized
from cnnstudio.engine.errors import EngineError

_LUMINANCE = (0.299, 0.587, 0.114)
"""ITU-R BT.601, as Pillow converts to grey."""
_DIGIT_SHARE = 20 / 28
"""LeCun, Cortes and Burges, 'The MNIST database': digits fill a box of 20 pixels in a field of 28."""
_INK = 24
_MOST_SIDE = 8192


def fitted(picture: Pixels, size: tuple[int, int], channels: int) -> torch.Tensor:
    """uint8 (channels, height, width); raises :class:`EngineError` for what is no picture."""
    pixels = _with_channels(_opened(picture), channels)
    pixels = centred(pixels, size) if picture.digit else _middle(pixels, size)
    if pixels.shape[1:] == size:
        return pixels
    return resized(pixels[None], size)[0]


def _opened(picture: Pixels) -> torch.Tensor:
    """(C, H, W) float32 of 1 or 3 channels, alpha over black."""
    shape, data = picture.pixels.shape, picture.pixels.data
    right = len(shape) == 3 and shape[2] in (1, 3, 4) and min(shape) > 0 and max(shape) <= _MOST_SIDE
    if not right or picture.pixels.dtype != "uint8" or len(data) != np.prod(shape):
        raise EngineError(
            f"A picture of shape {shape} cannot be read: give (height, width, 1, 3 or 4) bytes."
        )
    pixels = torch.from_numpy(np.frombuffer(data, np.uint8).reshape(shape).astype(np.float32))
    if shape[2] == 4:
        pixels = pixels[..., :3] * (pixels[..., 3:] / 255)
    return pixels.permute(2, 0, 1)


def _with_channels(pixels: torch.Tensor, channels: int) -> torch.Tensor:
    """uint8 with so many channels: grey by luminance, grey three times for colour."""
    if channels == 1 and len(pixels) == 3:
        pixels = (pixels * torch.tensor(_LUMINANCE)[:, None, None]).sum(0, keepdim=True)
    elif len(pixels) != channels:
        pixels = pixels[torch.arange(channels) % len(pixels)]
    return pixels.round().clamp(0, 255).to(torch.uint8)


def _middle(pixels: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """The largest middle part with the network's proportions."""
    height, width = pixels.shape[1:]
    scale = min(height / size[0], width / size[1])
    rows, columns = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    top, left = (height - rows) // 2, (width - columns) // 2
    return pixels[:, top : top + rows, left : left + columns]


def centred(pixels: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Light strokes (C, H, W) as MNIST has its digits: a box of 20/28 of the side, the centre of mass in
    the middle. An empty drawing stays empty.
    """
    ink = pixels.amax(0)
    rows, columns = (ink > _INK).any(1).nonzero().flatten(), (ink > _INK).any(0).nonzero().flatten()
    canvas = torch.zeros((len(pixels), *size), dtype=torch.uint8)
    if not len(rows):
        return canvas
    box = pixels[:, int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]
    scale = _DIGIT_SHARE * min(size) / max(box.shape[1:])
    target = (max(1, round(box.shape[1] * scale)), max(1, round(box.shape[2] * scale)))
    box = resized(box[None], target)[0]
    places = []
    for axis, side in ((1, size[0]), (2, size[1])):
        mass = box.float().sum((0, 3 - axis))
        mean = float((mass * torch.arange(len(mass))).sum() / mass.sum().clamp_min(1))
        place = round((side - 1) / 2 - mean)
        places.append(min(max(0, place), side - box.shape[axis]))
    top, left = places
    canvas[:, top : top + box.shape[1], left : left + box.shape[2]] = box
    return canvas
