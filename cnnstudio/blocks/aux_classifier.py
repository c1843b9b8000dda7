from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from cnnstudio.core.block import Category, Composite
from cnnstudio.core.fields import param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.reach import POINT, Reach
from cnnstudio.core.shape import Shape


class AuxClassifier(Composite):
    """A side head with a loss of its own: the input passes through, and training listens to the head too.

    The head is dropped at inference (Szegedy et al., 'Going deeper with convolutions', 2015).
    """

    title: ClassVar[str] = "Auxiliary classifier"
    category: ClassVar[Category] = "Structure"
    formula: ClassVar[str] = "loss = main loss + weight · head loss"
    stacks: ClassVar[tuple[str, ...]] = ("head",)
    root_only: ClassVar[bool] = True

    weight: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = param(
        "Loss weight", "How much the head's loss counts beside the main loss.", 0.3, always=True
    )

    def combine(self, x: Shape, outputs: Sequence[Shape]) -> Shape:
        return x

    def merged_reach(self, reaches: Sequence[Reach | None]) -> Reach | None:
        return POINT

    def headline(self) -> str | Phrase:
        return Phrase("weight {value}", {"value": f"{self.weight:g}"})
