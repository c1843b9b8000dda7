from typing import ClassVar

from cnnstudio.core.block import Category, Layer
from cnnstudio.core.call import Call, call
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.quantity import grouped
from cnnstudio.core.shape import Shape, count, is_map


class Flatten(Layer):
    """Lays all values of a map out as one vector."""

    title: ClassVar[str] = "Flatten"
    category: ClassVar[Category] = "Dense"
    formula: ClassVar[str] = "features = height · width · channels"

    def output(self, x: Shape) -> Shape:
        return (count(x),)

    def derivation(self, x: Shape) -> tuple[str | Phrase, ...]:
        if not is_map(x):
            return (Phrase("already flat"),)
        return (f"{x[1]}·{x[2]}·{x[0]} = {grouped(count(x))}",)

    def constructor(self, x: Shape) -> Call:
        return call("nn.Flatten")
