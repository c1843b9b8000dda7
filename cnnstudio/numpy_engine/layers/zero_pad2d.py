"""A frame of zeros."""

from __future__ import annotations

import numpy as np

from cnnstudio.blocks.zero_pad2d import ZeroPad2d as Block
from cnnstudio.core.fields import pair
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class ZeroPad2d(Layer):
    """Backward, what came to the frame is dropped."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self._frame = pair(block.padding)

    def forward(self, x: Array, training: bool = False) -> Array:
        rows, columns = self._frame
        return np.pad(x, [(0, 0), (0, 0), (rows, rows), (columns, columns)])

    def backward(self, dy: Array) -> Array:
        rows, columns = self._frame
        _, _, height, width = dy.shape
        return dy[:, :, rows : height - rows, columns : width - columns]
