from typing import Annotated, ClassVar

from pydantic import Field

from cnnstudio.blocks.activation import Activation
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fields import param
from cnnstudio.core.shape import Shape


class ELU(Activation):
    """Keeps positive values and bends negative ones smoothly towards −α."""

    title: ClassVar[str] = "ELU"
    formula: ClassVar[str] = "out = x for x > 0, else α · (eˣ − 1)"

    alpha: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = param(
        "Alpha", "How far below zero it can go.", 1.0
    )

    def constructor(self, x: Shape) -> Call:
        return call("nn.ELU", **without_defaults(alpha=(self.alpha, 1.0)))
