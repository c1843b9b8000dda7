from typing import ClassVar

from cnnstudio.blocks.dropout import Dropout
from cnnstudio.core.block import require_map
from cnnstudio.core.shape import Shape


class Dropout2d(Dropout):
    """Sets whole random channels to zero in training."""

    title: ClassVar[str] = "Dropout of channels"
    module: ClassVar[str] = "nn.Dropout2d"

    def output(self, x: Shape) -> Shape:
        require_map(x, assume=x)
        return x
