from typing import ClassVar

from cnnstudio.blocks.activation import Activation


class SiLU(Activation):
    """Weighs each value by its own sigmoid."""

    title: ClassVar[str] = "SiLU"
    formula: ClassVar[str] = "out = x / (1 + e⁻ˣ)"
    module: ClassVar[str] = "nn.SiLU"
