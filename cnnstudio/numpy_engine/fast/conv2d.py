"""Convolution with images last: rows of the im2col matrix are copied in long runs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cnnstudio.numpy_engine.fast.fast_layer import FastLayer
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.layers.conv2d import Conv2d as Readable

_Cut = tuple[int, int, slice, slice]


class Conv2d(FastLayer):
    """One group; the im2col matrix is (C·FH·FW, OH·OW·N) and stays in one place."""

    def __init__(self, layer: Readable) -> None:
        super().__init__(layer)
        self._sides = layer.sides

    def forward(self, x: Array, training: bool = False) -> Array:
        channels, *self._size, images = x.shape
        filters, _, filter_h, filter_w = self.params["weight"].shape
        out = tuple(side.output(size) for side, size in zip(self._sides, self._size, strict=True))
        padded = self._padded(x)
        col = self._buffers.like("col", (channels, filter_h, filter_w, *out, images), x)
        for i, j, rows, columns in self._cuts(out):
            col[:, i, j] = padded[:, rows, columns]
        self._col = col.reshape(channels * filter_h * filter_w, -1)
        y = self._buffers.like("y", (filters, *out, images), x)
        flat = y.reshape(filters, -1)
        np.matmul(self.params["weight"].reshape(filters, -1), self._col, out=flat)
        if "bias" in self.params:
            flat += self.params["bias"][:, None]
        return y

    def backward(self, dy: Array) -> Array:
        filters, *out, images = dy.shape
        weight = self.params["weight"]
        flat = dy.reshape(filters, -1)
        np.matmul(flat, self._col.T, out=self._gradient("weight").reshape(filters, -1))
        if "bias" in self.params:
            ones = self._buffers.like("ones", (flat.shape[1],), dy)
            ones[:] = 1
            np.matmul(flat, ones, out=self._gradient("bias"))
        if self.first:
            return dy
        # The matrix has been used: its memory takes the gradient of itself.
        np.matmul(weight.reshape(filters, -1).T, flat, out=self._col)
        col = self._col.reshape(*weight.shape[1:], *out, images)
        padded = self._buffers.like("padded gradient", (weight.shape[1], *self._padded_size(), images), dy)
        padded.fill(0)
        for i, j, rows, columns in self._cuts(tuple(out)):
            padded[:, rows, columns] += col[:, i, j]
        return self._inner(padded)

    def _padded(self, x: Array) -> Array:
        if not any(side.padding for side in self._sides):
            return x
        padded = self._buffers.like("padded", (len(x), *self._padded_size(), x.shape[-1]), x)
        self._inner(padded)[...] = x  # the frame stays as zero as it was made
        return padded

    def _padded_size(self) -> tuple[int, int]:
        (rows, columns), (height, width) = self._sides, self._size
        return height + 2 * rows.padding, width + 2 * columns.padding

    def _inner(self, padded: Array) -> Array:
        (rows, columns), (height, width) = self._sides, self._size
        return padded[:, rows.padding : rows.padding + height, columns.padding : columns.padding + width]

    def _cuts(self, out: tuple[int, ...]) -> Iterator[_Cut]:
        """For each place in the filter, the pixels that lie under it in all windows."""
        (rows, columns), (out_h, out_w) = self._sides, out
        for i in range(rows.kernel):
            top = i * rows.dilation
            for j in range(columns.kernel):
                left = j * columns.dilation
                yield (
                    i,
                    j,
                    slice(top, top + rows.stride * (out_h - 1) + 1, rows.stride),
                    slice(left, left + columns.stride * (out_w - 1) + 1, columns.stride),
                )
