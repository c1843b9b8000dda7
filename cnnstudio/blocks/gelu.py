from typing import ClassVar

from cnnstudio.blocks.activation import Activation


class GELU(Activation):
    """Weighs each value by how likely a normal variable is below it."""

    title: ClassVar[str] = "GELU"
    formula: ClassVar[str] = "out = x · Φ(x)"
    module: ClassVar[str] = "nn.GELU"
