from typing import Annotated, ClassVar

from pydantic import Field

from cnnstudio.core.block import Category, Layer
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fault import Change, Fault
from cnnstudio.core.fields import Count, param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.quantity import grouped
from cnnstudio.core.reach import WHOLE, Reach
from cnnstudio.core.shape import Shape


class GroupNorm(Layer):
    """Normalises groups of channels within each image, so that it works at any batch size."""

    title: ClassVar[str] = "Group norm"
    category: ClassVar[Category] = "Normalisation"
    formula: ClassVar[str] = "out = γ · (x − mean of the group) / √(variance of the group + eps) + β"

    num_groups: Count = param("Groups", "How many groups the channels are split into.", 4, always=True)
    eps: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = param(
        "Epsilon", "Keeps the division away from zero.", 1e-5
    )
    affine: bool = param("Scale and shift", "Learns γ and β for each channel.", True)

    def output(self, x: Shape) -> Shape:
        if x[0] % self.num_groups:
            raise Fault(
                "needs channels that {groups} groups divide, got {channels} channels",
                groups=self.num_groups,
                channels=x[0],
                assume=x,
                ideas=(Change({"num_groups": _largest_divisor(x[0], self.num_groups)}),),
            )
        return x

    def parameters(self, x: Shape) -> int:
        return 2 * x[0] if self.affine else 0

    def parameter_formula(self, x: Shape) -> str:
        return f"2 · {x[0]} = {grouped(2 * x[0])}" if self.affine else ""

    def reach(self, x: Shape) -> Reach | None:
        return WHOLE

    def constructor(self, x: Shape) -> Call:
        options = without_defaults(eps=(self.eps, 1e-5), affine=(self.affine, True))
        return call("nn.GroupNorm", self.num_groups, x[0], **options)

    def headline(self) -> str | Phrase:
        return Phrase("{count} groups", {"count": self.num_groups})


def _largest_divisor(number: int, most: int) -> int:
    return next(divisor for divisor in range(min(number, most), 0, -1) if number % divisor == 0)
