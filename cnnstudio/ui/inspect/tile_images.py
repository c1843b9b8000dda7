"""Tensors of looks as images. Needs numpy, which the window has by now: the curves use it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from cnnstudio.core.messages import Tensor
from cnnstudio.ui.inspect.tile_grid import TileGrid, Tips
from cnnstudio.ui.train.pixel_images import images_of
from cnnstudio.ui.train.tensors import array

Floats = NDArray[np.float32]
_HEAT = np.array([(20, 60, 255), (20, 190, 230), (255, 214, 10), (255, 120, 0), (220, 20, 20)], np.float32)
_HEAT_TABLE = np.stack(
    [np.interp(np.linspace(0, len(_HEAT) - 1, 256), range(len(_HEAT)), one) for one in _HEAT.T], axis=1
).astype(np.float32)


def floats(tensor: Tensor) -> Floats:
    """The numbers in their shape; what is no number is 0."""
    return np.nan_to_num(array(tensor).astype(np.float32))


def picture_of(tensor: Tensor) -> QImage:
    """One image of uint8 pixels (height, width, channels)."""
    return images_of(Tensor((1, *tensor.shape), tensor.data, tensor.dtype))[0]


def grey(plane: NDArray[np.generic], low: float, high: float) -> QImage:
    """A plane (height, width); ``low`` is black and ``high`` white."""
    span = high - low if high > low else 1.0
    pixels = ((plane.astype(np.float32) - low) / span * 255).clip(0, 255).astype(np.uint8)
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    return QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


def map_images(maps: Floats, low: float, high: float, own: bool) -> list[QImage]:
    """An image for each of maps (channels, height, width): on one scale, or ``own``: each on its own."""
    return [
        grey(plane, float(plane.min()), float(plane.max())) if own else grey(plane, low, high)
        for plane in maps
    ]


def show_maps(
    grid: TileGrid, maps: Floats, low: float, high: float, own: bool, tips: Tips | None = None
) -> None:
    """Maps (channels, height, width) as tiles; of a vector each number is one."""
    if maps.ndim == 1:
        grid.show_numbers(grey(maps[None], low, high), tips)
    else:
        grid.show_tiles(map_images(maps, low, high, own), tips)


def heat_colours(values: Floats, low: float, high: float) -> Floats:
    """RGB (height, width, 3): blue where it is least, red where it is most."""
    span = high - low if high > low else 1.0
    place = ((values - low) * (255 / span)).clip(0, 255).round().astype(np.uint8)
    colours: Floats = _HEAT_TABLE[place]
    return colours


def heat_over(values: Floats, low: float, high: float, image: Tensor, share: float = 0.55) -> QImage:
    """A heat map over the grey picture that it is about: where numbers have signs, red above zero and blue
    below, the stronger the farther from it; else from blue (nothing) to red (most).
    """
    pixels = array(image).astype(np.float32)[..., :3]
    channels = pixels.shape[2]
    under = (pixels @ np.full(channels, 1 / channels, np.float32))[..., None]
    if low < 0:
        strength = 0.8 * (np.abs(values) / max(-low, high)).clip(0, 1)[..., None]
        colours = np.where(values[..., None] > 0, _HEAT[-1], _HEAT[0])
        mixed = strength * colours + (1 - strength) * under
    else:
        mixed = share * heat_colours(values, 0.0, high) + (1 - share) * under
    bright = np.ascontiguousarray(mixed.clip(0, 255).astype(np.uint8))
    height, width, _ = bright.shape
    return QImage(bright.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def pixels_of(image: QImage) -> Tensor:
    """A picture as the engine takes it: uint8 (height, width, 3), transparent parts black."""
    rgb = image.convertToFormat(QImage.Format.Format_RGBA8888)
    data = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    pixels = data[:, : 4 * rgb.width()].reshape(rgb.height(), rgb.width(), 4)
    return Tensor((rgb.height(), rgb.width(), 4), pixels.tobytes(), "uint8")
