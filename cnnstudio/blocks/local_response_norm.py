from typing import Annotated, ClassVar

from pydantic import Field

from cnnstudio.core.block import Category, Layer, require_map
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fields import Count, param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.shape import Shape


class LocalResponseNorm(Layer):
    """Divides each value by the energy of the neighbouring channels at its pixel (AlexNet, 2012)."""

    title: ClassVar[str] = "Local response norm"
    category: ClassVar[Category] = "Normalisation"
    formula: ClassVar[str] = "out = x / (k + α/size · Σ x² over size channels)^β"

    size: Count = param("Size", "How many neighbouring channels are summed.", 5, always=True)
    alpha: Annotated[float, Field(ge=0, le=1e3, allow_inf_nan=False)] = param(
        "Alpha", "Weight of the neighbours' energy.", 1e-4
    )
    beta: Annotated[float, Field(ge=0, le=1e2, allow_inf_nan=False)] = param("Beta", "Exponent.", 0.75)
    k: Annotated[float, Field(gt=0, le=1e3, allow_inf_nan=False)] = param(
        "k", "Keeps the division away from zero.", 1.0
    )

    def output(self, x: Shape) -> Shape:
        require_map(x, assume=x)
        return x

    def constructor(self, x: Shape) -> Call:
        options = without_defaults(alpha=(self.alpha, 1e-4), beta=(self.beta, 0.75), k=(self.k, 1.0))
        return call("nn.LocalResponseNorm", self.size, **options)

    def headline(self) -> str | Phrase:
        return Phrase("{count} channels", {"count": self.size})
