"""What a block type states about itself; each lives in one file of :mod:`cnnstudio.blocks`.

A block type is a frozen pydantic model: its fields are its parameters (ranges, labels and help included),
its docstring is its help text, its methods are its rules. Palette, inspector, checks, file format, code
export and tests read nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict

from cnnstudio.core.call import Call
from cnnstudio.core.fault import Fault, Remove, RemoveAbove
from cnnstudio.core.fields import FieldSpec, Pair, Value, describe
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.reach import POINT, Reach, beside
from cnnstudio.core.shape import Shape, is_map

Category = Literal["Convolution", "Pooling", "Activation", "Normalisation", "Dense", "Structure"]
CATEGORIES: tuple[Category, ...] = (
    "Convolution",
    "Pooling",
    "Activation",
    "Normalisation",
    "Dense",
    "Structure",
)


FLATTENING = ("Flatten", "GlobalAvgPool2d")
"""The block types that turn a map into a flat vector."""


class Block(BaseModel):
    """The parameters of one block, with the rules of its type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    title: ClassVar[str]
    """What the palette and the card call it: 'Batch norm'."""
    category: ClassVar[Category]
    formula: ClassVar[str] = ""
    """The rule in words and symbols, for help: 'out = ⌊(in + 2·padding − kernel) / stride⌋ + 1'."""
    is_softmax: ClassVar[bool] = False
    """Whether it turns logits into probabilities, which the cross-entropy loss does itself."""

    @classmethod
    def help_text(cls) -> str:
        """The first paragraph of its docstring, on one line."""
        paragraph = (cls.__doc__ or "").strip().split("\n\n")[0]
        return " ".join(paragraph.split())

    @classmethod
    def fields(cls) -> tuple[FieldSpec, ...]:
        """The parameters as an editor needs them."""
        return describe(cls)

    def changed(self, **values: Any) -> Self:
        """The same block with other parameters, checked; raises ``pydantic.ValidationError``."""
        return self.__class__.model_validate({**self.model_dump(), **values})

    def headline(self) -> str | Phrase:
        """What distinguishes this block on its card, behind the title: ``16 filters 3×3``."""
        return ""

    def brief(self) -> str | Phrase:
        """The same where there is little room: ``16 3×3``."""
        return self.headline()

    def details(self) -> tuple[str | Phrase, ...]:
        """The second line of the card, part by part: ``stride 1``, ``padding 1``, ``no bias``."""
        return ()


class Layer(Block):
    """A block without blocks inside: a map or vector goes in, one comes out."""

    def output(self, x: Shape) -> Shape:
        """The shape that leaves for input shape ``x``; raises :class:`Fault` where torch would refuse."""
        return x

    def derivation(self, x: Shape) -> tuple[str | Phrase, ...]:
        """How :meth:`output` comes about, one line a dimension: ``(32 + 2·0 − 5) / 1 + 1 = 28``."""
        return ()

    def parameters(self, x: Shape) -> int:
        """How many trainable numbers the layer has for input ``x``."""
        return 0

    def parameter_formula(self, x: Shape) -> str:
        """How :meth:`parameters` comes about: ``16 · (3·3·3) = 432``; empty without parameters."""
        return ""

    def macs(self, x: Shape, y: Shape) -> int:
        """Multiply-accumulates for one image (half of what torch.utils.flop_counter counts)."""
        return 0

    def mac_formula(self, x: Shape, y: Shape) -> str:
        """How :meth:`macs` comes about: ``32·32·432 = 442 368``; empty where there are none."""
        return ""

    def reach(self, x: Shape) -> Reach | None:
        """Which input pixels one output pixel sees; ``None`` for all of them."""
        return POINT

    def same_padding(self) -> Pair | None:
        """The padding that keeps height and width, for layers with a window; None where none does."""
        return None

    def what_ifs(self, x: Shape) -> tuple[Mapping[str, Value], ...]:
        """Other parameters that people wonder about for input ``x``: a larger kernel, another stride."""
        return ()

    def constructor(self, x: Shape) -> Call:
        """The torch module for input shape ``x``."""
        raise NotImplementedError


class Composite(Block):
    """A block that holds stacks of blocks; every stack gets the composite's input."""

    stacks: ClassVar[tuple[str, ...]] = ("body",)
    """The names of its stacks in a file; of :attr:`open_ended` composites, the name of the list of stacks."""
    open_ended: ClassVar[bool] = False
    """Whether a person can add and remove stacks (the branches of Parallel)."""
    repeats: ClassVar[bool] = False
    """Whether its stacks distinguish a first repetition from the others."""
    root_only: ClassVar[bool] = False
    """Whether it may stand in the network's own stack only."""

    def repetitions(self) -> int:
        """How many times the stacks follow each other, with weights of their own each time."""
        return 1

    def combine(self, x: Shape, outputs: Sequence[Shape]) -> Shape:
        """The shape that leaves, from the input and what leaves each stack; raises :class:`Fault`."""
        raise NotImplementedError

    def derivation(self, x: Shape, outputs: Sequence[Shape]) -> tuple[str | Phrase, ...]:
        """How :meth:`combine` comes about."""
        return ()

    def merged_values(self, x: Shape, outputs: Sequence[Shape]) -> int:
        """How many values the merge itself computes and keeps for the backward pass."""
        return 0

    def merged_reach(self, reaches: Sequence[Reach | None]) -> Reach | None:
        """The reach of the whole from the reach of each stack."""
        total = reaches[0]
        for reach in reaches[1:]:
            total = beside(total, reach)
        return total

    def stack_label(self, index: int) -> Phrase:
        """What the canvas calls the stack."""
        if self.open_ended:
            return Phrase("branch {number}", {"number": index + 1})
        return Phrase(self.stacks[index])


def require_map(x: Shape, assume: Shape | None = None) -> tuple[int, int, int]:
    """``(channels, height, width)``, or the fault that a layer for maps shows behind a Flatten."""
    if not is_map(x):
        text = "needs a map (height × width × channels), got {got} flat features"
        raise Fault(text, got=x[0], assume=assume, ideas=(RemoveAbove(FLATTENING), Remove()))
    channels, height, width = x
    return channels, height, width
