"""Giving images the number of channels that a model takes, and what their values are like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstudio.workspace.datasets.info import Split
from cnnstudio.workspace.datasets.moments import moments, nothing

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images

# ITU-R 601 in 16-bit fixed point, rounding as Pillow's mode "L" does.
_RED, _GREEN, _BLUE, _HALF = 19595, 38470, 7471, 1 << 15
_CHUNK = 1024
_SAMPLED_IMAGES = 256
_SAMPLED_VALUES = 1 << 24


def with_channels(images: Images, channels: int) -> Images:
    """Images `(…, C)` as `(…, channels)`.

    Grey is repeated. Colour becomes grey by luma (ITU-R 601). Any other number of channels takes the channels
    in turn: red, green, blue, red, … Images that already fit are returned as they are.
    """
    have = images.shape[-1]
    if have == channels:
        return images
    if channels == 1 and have >= 3:
        return luma(images)
    return images[..., np.arange(channels) % have]


def luma(images: Images) -> Images:
    """Grey `(…, 1)` from the first three channels."""
    flat = images.reshape(-1, *images.shape[-3:])
    grey = np.empty((*flat.shape[:-1], 1), dtype=np.uint8)
    for start in range(0, len(flat), _CHUNK):
        part = flat[start : start + _CHUNK].astype(np.uint32)
        weighted = part[..., 0] * _RED + part[..., 1] * _GREEN + part[..., 2] * _BLUE
        grey[start : start + _CHUNK, ..., 0] = (weighted + _HALF) >> 16
    return grey.reshape(*images.shape[:-1], 1)


def split_with_channels(split: Split, channels: int) -> Split:
    """The same split with that many channels."""
    return Split(with_channels(split.images, channels), split.labels)


def mean_std(images: Images) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation a channel for pixels scaled to 0..1, from evenly spread images.

    All images where they are small or few, else some hundreds. A channel that never changes gets a standard
    deviation of 1, so that dividing by it is harmless.
    """
    sampled = max(_SAMPLED_IMAGES, _SAMPLED_VALUES // max(1, images[0].size))
    some = images[:: -(-len(images) // sampled)]
    found = nothing(images.shape[-1])
    for start in range(0, len(some), _CHUNK):
        found += moments(some[start : start + _CHUNK])
    return found.mean_std
