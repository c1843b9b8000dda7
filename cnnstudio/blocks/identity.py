from typing import ClassVar

from cnnstudio.blocks.activation import Activation
from cnnstudio.core.block import Category


class Identity(Activation):
    """Passes on what comes in."""

    category: ClassVar[Category] = "Structure"
    title: ClassVar[str] = "Identity"
    formula: ClassVar[str] = "out = x"
    module: ClassVar[str] = "nn.Identity"
