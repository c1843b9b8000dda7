"""Convolution, forward and backward: im2col, one matrix product, col2im."""

from __future__ import annotations

from cnnstudio.blocks.conv2d import Conv2d as Block
from cnnstudio.core.fields import pair
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.im2col import col2im, im2col
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class Conv2d(Layer):
    """``groups`` convolutions side by side (mostly one); weight (FN, C / groups, FH, FW), bias (FN)."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._filters, self.groups = block.out_channels, block.groups
        self.sides = block.windows()
        self._kernel = pair(block.kernel_size)
        self._how = block.stride, block.padding, block.dilation
        self._output = block.output(x)
        self.params = draw((self._filters, x[0] // self.groups, *self._kernel), bias=block.bias)

    def forward(self, x: Array, training: bool = False) -> Array:
        self._shape = x.shape
        _, out_h, out_w = self._output
        col = im2col(x, *self._kernel, *self._how)  # (N·OH·OW, C·FH·FW)
        self._col = self._by_group(col)
        y = self._col @ self._weight()  # (groups, N·OH·OW, FN / groups)
        y = y.swapaxes(0, 1).reshape(len(x), out_h, out_w, self._filters)
        if "bias" in self.params:
            y = y + self.params["bias"]
        return y.transpose(0, 3, 1, 2)

    def backward(self, dy: Array) -> Array:
        dy = dy.transpose(0, 2, 3, 1).reshape(-1, self._filters)  # (N·OH·OW, FN)
        if "bias" in self.params:
            self.grads["bias"] = dy.sum(axis=0)
        dy = self._by_group(dy)
        self.grads["weight"] = (dy.swapaxes(1, 2) @ self._col).reshape(self.params["weight"].shape)
        dcol = dy @ self._weight().swapaxes(1, 2)  # (groups, N·OH·OW, C·FH·FW / groups)
        dcol = dcol.swapaxes(0, 1).reshape(dcol.shape[1], -1)
        return col2im(dcol, self._shape, *self._kernel, *self._how)

    def _weight(self) -> Array:
        """Each filter as a column: (groups, C·FH·FW / groups, FN / groups)."""
        weight = self.params["weight"].reshape(self.groups, self._filters // self.groups, -1)
        return weight.swapaxes(1, 2)

    def _by_group(self, rows: Array) -> Array:
        return rows.reshape(len(rows), self.groups, -1).swapaxes(0, 1)
