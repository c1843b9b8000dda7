"""Convolution, forward and backward: im2col, one matrix product, col2im.

Forward it is ``y = col · Wᵀ + b``; so backward ``dW = dyᵀ · col``, ``db = Σ dy`` and ``dcol = dy · W``, which
col2im brings back to the pixels. N images, C channels, FN filters of FH × FW, OH × OW windows; G groups of
channels side by side know nothing of each other, and mostly there is one.
"""

from __future__ import annotations

from cnnstudio.blocks.conv2d import Conv2d as Block
from cnnstudio.core.fields import pair
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.im2col import col2im, im2col
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class Conv2d(Layer):
    """(N, C, H, W) to (N, FN, OH, OW); weight (FN, C / G, FH, FW), bias (FN)."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self.groups, self.sides = block.groups, block.windows()
        self._window = *pair(block.kernel_size), block.stride, block.padding, block.dilation
        self._output = block.output(x)
        self.params = draw(
            (block.out_channels, x[0] // block.groups, *pair(block.kernel_size)), bias=block.bias
        )

    def forward(self, x: Array, training: bool = False) -> Array:
        filters, out_h, out_w = self._output
        self._shape = x.shape
        col = im2col(x, *self._window)  # (N·OH·OW, C·FH·FW): every window is a row
        self._col = self._apart(col)  # (G, N·OH·OW, C·FH·FW / G)
        y = self._together(self._col @ self._filters().mT)  # (N·OH·OW, FN)
        if "bias" in self.params:
            y = y + self.params["bias"]
        return y.reshape(len(x), out_h, out_w, filters).transpose(0, 3, 1, 2)

    def backward(self, dy: Array) -> Array:
        dy = dy.transpose(0, 2, 3, 1).reshape(-1, dy.shape[1])  # (N·OH·OW, FN)
        if "bias" in self.params:
            self.grads["bias"] = dy.sum(axis=0)
        dy = self._apart(dy)  # (G, N·OH·OW, FN / G)
        self.grads["weight"] = (dy.mT @ self._col).reshape(self.params["weight"].shape)
        dcol = self._together(dy @ self._filters())  # (N·OH·OW, C·FH·FW)
        return col2im(dcol, self._shape, *self._window)

    def _filters(self) -> Array:
        """Each filter as a row: (G, FN / G, C·FH·FW / G)."""
        weight = self.params["weight"]
        return weight.reshape(self.groups, len(weight) // self.groups, -1)

    def _apart(self, rows: Array) -> Array:
        """(rows, columns) as (G, rows, columns / G): each group's columns by themselves."""
        return rows.reshape(len(rows), self.groups, -1).swapaxes(0, 1)

    def _together(self, groups: Array) -> Array:
        """The way back from :meth:`_apart`."""
        return groups.swapaxes(0, 1).reshape(groups.shape[1], -1)
