from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from cnnstudio.core.block import Category, Composite
from cnnstudio.core.fields import param
from cnnstudio.core.shape import Shape


class Repeat(Composite):
    """Puts its body so many times one behind the other, each time with weights of its own.

    A block inside may have other parameters in the first repetition (a stride) or exist there only
    (a projection shortcut).
    """

    title: ClassVar[str] = "Repeat"
    category: ClassVar[Category] = "Structure"
    formula: ClassVar[str] = "out = body(… body(body(x)))"
    repeats: ClassVar[bool] = True

    times: Annotated[int, Field(ge=1, le=1000)] = param("Times", "How many repetitions.", 2, always=True)

    def repetitions(self) -> int:
        return self.times

    def combine(self, x: Shape, outputs: Sequence[Shape]) -> Shape:
        return outputs[0]

    def headline(self) -> str:
        return f"× {self.times}"
