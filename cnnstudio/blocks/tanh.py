from typing import ClassVar

from cnnstudio.blocks.activation import Activation


class Tanh(Activation):
    """Squeezes each value between −1 and 1."""

    title: ClassVar[str] = "Tanh"
    formula: ClassVar[str] = "out = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)"
    module: ClassVar[str] = "nn.Tanh"
