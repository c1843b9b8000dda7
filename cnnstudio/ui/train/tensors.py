"""Tensors of messages as images. Needs numpy, so it is imported when the first one comes."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from cnnstudio.core.messages import Tensor


def array(tensor: Tensor) -> NDArray[np.generic]:
    """The numbers in their shape."""
    return np.frombuffer(tensor.data, dtype=tensor.dtype).reshape(tensor.shape)


def largest(tensor: Tensor) -> float:
    """The largest magnitude; 1 where everything is zero or not a number."""
    most = float(np.nanmax(np.abs(array(tensor).astype(np.float64)), initial=0.0))
    return most if np.isfinite(most) and most > 0 else 1.0


def filter_images(tensor: Tensor, scale: float, most: int) -> list[list[QImage]]:
    """Images, a row a filter ``(out, in, height, width)``; zero is middle grey, ``±scale`` black and white.

    Filters over red, green and blue make one image in colour each, others one in grey for every input map.
    At most ``most`` images are made.
    """
    weights = array(tensor).astype(np.float32)
    pixels = np.nan_to_num((weights / (2 * scale) + 0.5) * 255, nan=127).clip(0, 255).astype(np.uint8)
    if pixels.shape[1] == 3:
        return [[_rgb(one)] for one in pixels[:most]]
    inputs = min(pixels.shape[1], most)
    return [[_grey(one) for one in row[:inputs]] for row in pixels[: max(1, most // inputs)]]


def _rgb(planes: NDArray[np.uint8]) -> QImage:
    data = np.ascontiguousarray(planes.transpose(1, 2, 0))
    height, width, _ = data.shape
    return QImage(data.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _grey(plane: NDArray[np.uint8]) -> QImage:
    data = np.ascontiguousarray(plane)
    height, width = data.shape
    return QImage(data.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


def counts(tensor: Tensor) -> list[list[int]]:
    """A confusion matrix as whole numbers, rows by true class."""
    return [[round(float(value)) for value in row] for row in array(tensor)]
