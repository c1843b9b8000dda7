from collections.abc import Sequence
from typing import ClassVar

from cnnstudio.core.block import Category, Composite
from cnnstudio.core.fields import Name, param
from cnnstudio.core.shape import Shape


class Group(Composite):
    """A named stack; the exported code uses the name for its attribute."""

    title: ClassVar[str] = "Group"
    category: ClassVar[Category] = "Structure"
    formula: ClassVar[str] = "out = body(x)"

    name: Name = param("Name", "The attribute's name in the exported code.", "group", always=True)

    def combine(self, x: Shape, outputs: Sequence[Shape]) -> Shape:
        return outputs[0]

    def headline(self) -> str:
        return self.name
