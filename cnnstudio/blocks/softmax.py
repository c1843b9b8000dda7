from typing import ClassVar

from cnnstudio.blocks.activation import Activation
from cnnstudio.core.call import Call, call
from cnnstudio.core.reach import POINT, WHOLE, Reach
from cnnstudio.core.shape import Shape, is_map


class Softmax(Activation):
    """Turns the features (or the channels of each pixel) into probabilities that sum to 1."""

    title: ClassVar[str] = "Softmax"
    formula: ClassVar[str] = "out[c] = exp(x[c]) / Σ exp(x)"
    is_softmax: ClassVar[bool] = True

    def reach(self, x: Shape) -> Reach | None:
        return POINT if is_map(x) else WHOLE

    def constructor(self, x: Shape) -> Call:
        return call("nn.Softmax", dim=1)
