"""A window that slides over images: cutting all its views out, and adding them back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnstudio.core.fields import Pair, pair
from cnnstudio.core.window import Window, windows
from cnnstudio.numpy_engine.layer import Array


@dataclass(frozen=True)
class Slide:
    """A window along height and one along width, over images of one shape (N, C, H, W)."""

    shape: tuple[int, ...]
    sides: tuple[Window, Window]

    @classmethod
    def over(
        cls, shape: tuple[int, ...], kernel: Pair, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
    ) -> Slide:
        """From what a convolution is given."""
        return cls(tuple(shape), windows(pair(kernel), pair(stride), pair(padding), pair(dilation)))

    @property
    def output(self) -> tuple[int, int]:
        """How many windows there are, down and across."""
        rows, columns = self.sides
        return rows.output(self.shape[2]), columns.output(self.shape[3])

    def padded(self, x: Array, fill: float = 0.0) -> Array:
        """The images with their padding, at the far sides as much as the last windows need."""
        frame = [
            (side.padding, max(side.padding, (count - 1) * side.stride + side.extent - size - side.padding))
            for side, count, size in zip(self.sides, self.output, self.shape[2:], strict=True)
        ]
        if frame == [(0, 0), (0, 0)]:
            return x
        return np.pad(x, [(0, 0), (0, 0), *frame], constant_values=fill)

    def windows(self, x: Array, fill: float = 0.0) -> Array:
        """All windows (N, C, OH, OW, FH, FW): a view of the padded images, nothing is copied."""
        (rows, columns), (out_h, out_w) = self.sides, self.output
        view = np.lib.stride_tricks.sliding_window_view(
            self.padded(x, fill), (rows.extent, columns.extent), axis=(2, 3)
        )
        view = view[:, :, :: rows.stride, :: columns.stride, :: rows.dilation, :: columns.dilation]
        return view[:, :, :out_h, :out_w]

    def spread(self, windows: Array) -> Array:
        """Images in which each pixel is the sum of what lay on it in all windows (N, C, OH, OW, FH, FW)."""
        n, c, out_h, out_w, filter_h, filter_w = windows.shape
        rows, columns = self.sides
        height, width = self.padded(np.empty((1, 1, *self.shape[2:]), bool)).shape[2:]
        image = np.zeros((n, c, height, width), dtype=windows.dtype)
        for i in range(filter_h):
            top = i * rows.dilation
            for j in range(filter_w):
                left = j * columns.dilation
                image[
                    :,
                    :,
                    top : top + rows.stride * out_h : rows.stride,
                    left : left + columns.stride * out_w : columns.stride,
                ] += windows[..., i, j]
        top, left = rows.padding, columns.padding
        return image[:, :, top : top + self.shape[2], left : left + self.shape[3]]
