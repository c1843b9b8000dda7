from collections.abc import Mapping
from typing import ClassVar

from cnnstudio.core.block import Category, Layer
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fault import Fault, InsertBefore, Piece
from cnnstudio.core.fields import Count, Value, param, twice
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.quantity import grouped
from cnnstudio.core.reach import WHOLE, Reach
from cnnstudio.core.shape import Shape, is_map, shape_text


class Linear(Layer):
    """Connects every input feature with every output feature by a learned weight."""

    title: ClassVar[str] = "Linear"
    category: ClassVar[Category] = "Dense"
    formula: ClassVar[str] = "out = W · x + b"

    out_features: Count = param("Features", "How many numbers come out.", 10, always=True)
    bias: bool = param("Bias", "Adds a learned number to each output feature.", True)

    def output(self, x: Shape) -> Shape:
        if is_map(x):
            raise Fault(
                "needs a flat input, got {got}",
                got=shape_text(x),
                assume=(self.out_features,),
                ideas=(InsertBefore((Piece("Flatten"),)), InsertBefore((Piece("GlobalAvgPool2d"),))),
            )
        return (self.out_features,)

    def derivation(self, x: Shape) -> tuple[str | Phrase, ...]:
        return (Phrase("{count} features in, {out} out", {"count": x[0], "out": self.out_features}),)

    def parameters(self, x: Shape) -> int:
        return self.out_features * (x[0] + self.bias)

    def parameter_formula(self, x: Shape) -> str:
        inside = f"({x[0]} + 1)" if self.bias else f"{x[0]}"
        return f"{self.out_features} · {inside} = {grouped(self.parameters(x))}"

    def macs(self, x: Shape, y: Shape) -> int:
        return x[0] * self.out_features

    def mac_formula(self, x: Shape, y: Shape) -> str:
        return f"{x[0]}·{self.out_features} = {grouped(self.macs(x, y))}"

    def reach(self, x: Shape) -> Reach | None:
        return WHOLE

    def what_ifs(self, x: Shape) -> tuple[Mapping[str, Value], ...]:
        return ({"out_features": twice(self.out_features)}, {"bias": not self.bias})

    def constructor(self, x: Shape) -> Call:
        return call("nn.Linear", x[0], self.out_features, **without_defaults(bias=(self.bias, True)))

    def headline(self) -> str:
        return str(self.out_features)

    def details(self) -> tuple[str | Phrase, ...]:
        return () if self.bias else (Phrase("no bias"),)
