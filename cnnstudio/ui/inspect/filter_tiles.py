"""Filters as images: in colour over red, green and blue, else their input channels side by side."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from cnnstudio.core.messages import Tensor
from cnnstudio.ui.train.tensors import array, filter_images

MOST_INPUTS = 64
MOST_FILTERS = 512
_GAP_GREY = 96


def filter_tiles(tensor: Tensor, scale: float, most: int = MOST_FILTERS) -> list[QImage]:
    """One image a filter (out, in, height, width); zero is middle grey, ``±scale`` black and white."""
    inputs = tensor.shape[1]
    if inputs in (1, 3):
        return [row[0] for row in filter_images(tensor, scale, most)]
    weights = np.nan_to_num(array(tensor)[:most, :MOST_INPUTS].astype(np.float32))
    pixels = ((weights / (2 * scale) + 0.5) * 255).clip(0, 255).astype(np.uint8)
    return _mosaics(pixels)


def _mosaics(pixels: NDArray[np.uint8]) -> list[QImage]:
    """Of each filter its input channels in rows, with a line between them."""
    filters, count, height, width = pixels.shape
    columns = ceil(count**0.5)
    rows = ceil(count / columns)
    cells = np.full((filters, rows * columns, height + 1, width + 1), _GAP_GREY, np.uint8)
    cells[:, :count, :height, :width] = pixels
    tall, broad = rows * (height + 1), columns * (width + 1)
    grid = cells.reshape(filters, rows, columns, height + 1, width + 1).transpose(0, 1, 3, 2, 4)
    whole = np.ascontiguousarray(grid.reshape(filters, tall, broad)[:, :-1, :-1])
    form = QImage.Format.Format_Grayscale8
    return [QImage(one.tobytes(), broad - 1, tall - 1, broad - 1, form).copy() for one in whole]
