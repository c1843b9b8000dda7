from typing import ClassVar

from cnnstudio.blocks.activation import Activation


class Sigmoid(Activation):
    """Squeezes each value between 0 and 1."""

    title: ClassVar[str] = "Sigmoid"
    formula: ClassVar[str] = "out = 1 / (1 + e⁻ˣ)"
    module: ClassVar[str] = "nn.Sigmoid"
