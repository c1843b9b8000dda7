from typing import ClassVar

from cnnstudio.blocks.activation import Activation


class ReLU(Activation):
    """Sets negative values to zero."""

    title: ClassVar[str] = "ReLU"
    formula: ClassVar[str] = "out = max(0, x)"
    module: ClassVar[str] = "nn.ReLU"
