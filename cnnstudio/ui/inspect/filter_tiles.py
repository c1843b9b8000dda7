"""Filters as images: in colour over red, green and blue, else their input channels side by side."""

from __future__ import annotations

from math import ceil

import numpy as np
from PySide6.QtGui import QImage

from cnnstudio.core.messages import Tensor
from cnnstudio.ui.train.tensors import array, filter_images

_MOST_INPUTS = 64
_GAP_GREY = 96


def filter_tiles(tensor: Tensor, scale: float, most: int = 512) -> list[QImage]:
    """One image a filter (out, in, height, width); zero is middle grey, ``±scale`` black and white."""
    inputs = tensor.shape[1]
    if inputs in (1, 3):
        return [row[0] for row in filter_images(tensor, scale, most)]
    weights = np.nan_to_num(array(tensor)[:most, :_MOST_INPUTS].astype(np.float32))
    pixels = ((weights / (2 * scale) + 0.5) * 255).clip(0, 255).astype(np.uint8)
    return [_mosaic(one) for one in pixels]


def _mosaic(planes: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> QImage:
    """Input channels in rows, with a line between them."""
    count, height, width = planes.shape
    columns = ceil(count**0.5)
    rows = ceil(count / columns)
    whole = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), _GAP_GREY, np.uint8)
    for number, plane in enumerate(planes):
        top, left = (number // columns) * (height + 1), (number % columns) * (width + 1)
        whole[top : top + height, left : left + width] = plane
    return QImage(
        whole.tobytes(), whole.shape[1], whole.shape[0], whole.shape[1], QImage.Format.Format_Grayscale8
    ).copy()
