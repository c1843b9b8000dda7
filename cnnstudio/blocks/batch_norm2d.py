from typing import Annotated, ClassVar

from pydantic import Field

from cnnstudio.core.block import Category, Layer, require_map
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fields import param
from cnnstudio.core.quantity import grouped
from cnnstudio.core.shape import Shape


class BatchNorm2d(Layer):
    """Gives each channel mean 0 and variance 1 over the batch, then a learned scale and shift."""

    title: ClassVar[str] = "Batch norm"
    category: ClassVar[Category] = "Normalisation"
    formula: ClassVar[str] = "out = γ · (x − mean) / √(variance + eps) + β"

    eps: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = param(
        "Epsilon", "Keeps the division away from zero.", 1e-5
    )
    momentum: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = param(
        "Momentum", "How fast the running mean and variance follow the batches.", 0.1
    )
    affine: bool = param("Scale and shift", "Learns γ and β for each channel.", True)

    def output(self, x: Shape) -> Shape:
        require_map(x, assume=x)
        return x

    def parameters(self, x: Shape) -> int:
        return 2 * x[0] if self.affine else 0

    def parameter_formula(self, x: Shape) -> str:
        return f"2 · {x[0]} = {grouped(2 * x[0])}" if self.affine else ""

    def constructor(self, x: Shape) -> Call:
        options = without_defaults(
            eps=(self.eps, 1e-5), momentum=(self.momentum, 0.1), affine=(self.affine, True)
        )
        return call("nn.BatchNorm2d", x[0], **options)
