"""What maximum and average pooling have in common: windows that do not mix channels."""

from __future__ import annotations

from cnnstudio.blocks.pooling import Pooling as Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.sliding import Slide
from cnnstudio.numpy_engine.weights import Draw


class Pooling(Layer):
    """Learns nothing."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self.sides = block.windows()

    def _slide(self, x: Array) -> Slide:
        return Slide(x.shape, self.sides)
