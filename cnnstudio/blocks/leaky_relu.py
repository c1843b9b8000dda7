from typing import Annotated, ClassVar

from pydantic import Field

from cnnstudio.blocks.activation import Activation
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fields import param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.shape import Shape


class LeakyReLU(Activation):
    """Keeps positive values and shrinks negative ones."""

    title: ClassVar[str] = "Leaky ReLU"
    formula: ClassVar[str] = "out = max(0, x) + slope · min(0, x)"

    negative_slope: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = param(
        "Slope", "What negative values are multiplied by.", 0.01
    )

    def constructor(self, x: Shape) -> Call:
        return call("nn.LeakyReLU", **without_defaults(negative_slope=(self.negative_slope, 0.01)))

    def headline(self) -> str | Phrase:
        return Phrase("slope {value}", {"value": f"{self.negative_slope:g}"})
