"""Kernels made by hand, as image programs have them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from cnnstudio.numpy_engine.im2col import im2col
from cnnstudio.numpy_engine.layer import Array


@dataclass(frozen=True, slots=True)
class Kernel:
    """A name for people, and what it is good for, in the window's language when asked for."""

    title: object
    use: object
    rows: tuple[tuple[float, ...], ...]

    @property
    def weights(self) -> Array:
        """(3, 3), float32."""
        return np.array(self.rows, dtype=np.float32)

    def named(self) -> str:
        """In the window's language."""
        return QCoreApplication.translate("Kernels", str(self.title))

    def used(self) -> str:
        """In the window's language."""
        return QCoreApplication.translate("Kernels", str(self.use))


_NINTH, _16TH = 1 / 9, 1 / 16

KERNELS = (
    Kernel(
        QT_TRANSLATE_NOOP("Kernels", "Vertical edges (Sobel)"),
        QT_TRANSLATE_NOOP("Kernels", "answers where left and right differ"),
        ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    ),
    Kernel(
        QT_TRANSLATE_NOOP("Kernels", "Horizontal edges (Sobel)"),
        QT_TRANSLATE_NOOP("Kernels", "answers where above and below differ"),
        ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    ),
    Kernel(
        QT_TRANSLATE_NOOP("Kernels", "All edges (Laplace)"),
        QT_TRANSLATE_NOOP("Kernels", "answers where a pixel differs from its neighbours"),
        ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    ),
    Kernel(
        QT_TRANSLATE_NOOP("Kernels", "Blur (mean)"),
        QT_TRANSLATE_NOOP("Kernels", "each pixel becomes the mean of nine"),
        ((_NINTH,) * 3,) * 3,
    ),
    Kernel(
        QT_TRANSLATE_NOOP("Kernels", "Blur (Gauss)"),
        QT_TRANSLATE_NOOP("Kernels", "nearer pixels count more"),
        ((_16TH, 2 * _16TH, _16TH), (2 * _16TH, 4 * _16TH, 2 * _16TH), (_16TH, 2 * _16TH, _16TH)),
    ),
    Kernel(
        QT_TRANSLATE_NOOP("Kernels", "Sharpen"),
        QT_TRANSLATE_NOOP("Kernels", "what differs from its neighbours is made stronger"),
        ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    ),
    Kernel(
        QT_TRANSLATE_NOOP("Kernels", "Emboss"),
        QT_TRANSLATE_NOOP("Kernels", "as if light came from the upper left"),
        ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    ),
    Kernel(
        QT_TRANSLATE_NOOP("Kernels", "Identity"),
        QT_TRANSLATE_NOOP("Kernels", "leaves the image as it is"),
        ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    ),
)


def applied(kernel: Kernel, image: Array) -> Array:
    """What a kernel makes of a grey image (H, W), of the same size; outside lie the pixels of the edge."""
    framed = np.pad(image, 1, mode="edge")[None, None]
    rows: Array = im2col(framed, 3, 3, 1, 0) @ kernel.weights.ravel()
    return rows.reshape(image.shape)
