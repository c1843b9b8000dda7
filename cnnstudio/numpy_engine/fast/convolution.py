"""What the fast convolutions have in common: a band of output rows as an im2col matrix, and the way back.

The matrix of a band is (C·FH·FW, rows·OW·N), and where there is a bias one row longer: a row of ones, so that
one product adds the bias too, and another sums its gradient.
"""

from __future__ import annotations

import numpy as np

from cnnstudio.numpy_engine.fast.fast_layer import FastLayer
from cnnstudio.numpy_engine.fast.products import multiply, multiply_transposed
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.layers.conv2d import Conv2d as Readable


class Convolution(FastLayer):
    """One group, (C, H, W, N) to (FN, OH, OW, N)."""

    def __init__(self, layer: Readable) -> None:
        super().__init__(layer)
        self._sides = layer.sides
        self._gradients: Array | None = None

    def _begin(self, x: Array) -> tuple[int, int, int, int]:
        """Takes an input; says the shape of the output (FN, OH, OW, N)."""
        rows, columns = self._sides
        self._size = x.shape[1:3]
        self._windows = self._slide(self._padded(x))
        self._matrix = self._weights_and_bias(x)
        return len(self._matrix), rows.output(x.shape[1]), columns.output(x.shape[2]), x.shape[-1]

    def _forward(self, rows: slice, y: Array, name: str = "col") -> Array:
        """Computes output rows (FN, rows, OW, N); gives their im2col matrix, which is kept by this name."""
        windows = self._windows[:, :, :, rows]
        col = self._buffers.like(name, (self._matrix.shape[1], *windows.shape[3:]), y)
        col[: self._inputs()].reshape(windows.shape)[...] = windows
        col[self._inputs() :] = 1
        flat = col.reshape(len(col), -1)
        multiply(self._matrix, flat, y.reshape(len(y), -1))
        return flat

    def _begin_backward(self, dy: Array) -> None:
        """Before the first band."""
        self._gradients = None
        if not self.first:
            channels, images = self.params["weight"].shape[1], dy.shape[-1]
            self._dx = self._buffers.like("padded gradient", (channels, *self._padded_size(), images), dy)
            self._dx.fill(0)

    def _backward(self, rows: slice, dy: Array, flat: Array) -> None:
        """From the gradient of output rows and their im2col matrix, whose memory takes its own gradient."""
        long = dy.reshape(len(dy), -1)
        found = multiply_transposed(long, flat)
        self._gradients = found if self._gradients is None else self._gradients + found
        if self.first:
            return
        dcol = flat[: self._inputs()]
        multiply(self._matrix[:, : len(dcol)].T, long, dcol)
        windows = self._slide(self._dx)[:, :, :, rows]
        dcol = dcol.reshape(windows.shape)
        for i in range(windows.shape[1]):
            for j in range(windows.shape[2]):
                windows[:, i, j] += dcol[:, i, j]  # at one place of the filter windows do not overlap

    def _end_backward(self, dy: Array) -> Array:
        """After the last band: the gradient by the input."""
        assert self._gradients is not None
        weight = self._gradient("weight")
        weight[...] = self._gradients[:, : self._inputs()].reshape(weight.shape)
        if "bias" in self.params:
            self._gradient("bias")[...] = self._gradients[:, -1]
        return dy if self.first else self._inner(self._dx)

    def _inputs(self) -> int:
        """Of one output value: C·FH·FW."""
        weight = self.params["weight"]
        return weight.size // len(weight)

    def _weights_and_bias(self, x: Array) -> Array:
        """Each filter as a row, its bias at the end: (FN, C·FH·FW) or one column more."""
        weight = self.params["weight"].reshape(len(self.params["weight"]), -1)
        if "bias" not in self.params:
            return weight
        matrix = self._buffers.like("weights and bias", (len(weight), self._inputs() + 1), x)
        matrix[:, :-1], matrix[:, -1] = weight, self.params["bias"]
        return matrix

    def _slide(self, padded: Array) -> Array:
        """All windows (C, FH, FW, OH, OW, N) as a view."""
        rows, columns = self._sides
        channels, down, across, image = padded.strides
        return np.lib.stride_tricks.as_strided(
            padded,
            (
                len(padded),
                rows.kernel,
                columns.kernel,
                rows.output(self._size[0]),
                columns.output(self._size[1]),
                padded.shape[-1],
            ),
            (
                channels,
                rows.dilation * down,
                columns.dilation * across,
                rows.stride * down,
                columns.stride * across,
                image,
            ),
        )

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
