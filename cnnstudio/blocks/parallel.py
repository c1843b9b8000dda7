from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from cnnstudio.core.block import Category, Composite
from cnnstudio.core.fault import AppendTo, Fault, Idea, KeepSize, Piece, Remove
from cnnstudio.core.fields import param
from cnnstudio.core.phrase import Phrase, listed
from cnnstudio.core.shape import Shape, count, is_map, shape_text


class Parallel(Composite):
    """Gives its input to every branch and merges what they compute.

    Inception and DenseNet concatenate channels; squeeze-and-excite multiplies a map by C×1×1 weights.
    """

    title: ClassVar[str] = "Parallel"
    category: ClassVar[Category] = "Structure"
    formula: ClassVar[str] = "out = merge of branch 1(x), branch 2(x), …"
    stacks: ClassVar[tuple[str, ...]] = ("branches",)
    open_ended: ClassVar[bool] = True

    merge: Literal["concat", "add", "multiply"] = param(
        "Merge", "Concatenate the channels, add, or multiply.", "concat", always=True
    )

    def combine(self, x: Shape, outputs: Sequence[Shape]) -> Shape:
        if not outputs:
            raise Fault("needs at least one branch", assume=x, ideas=(Remove(),))
        if self.merge == "concat":
            return _concatenated(outputs)
        if self.merge == "multiply":
            return _multiplied(outputs)
        return _equal(outputs, outputs)

    def derivation(self, x: Shape, outputs: Sequence[Shape]) -> tuple[str | Phrase, ...]:
        if self.merge == "concat":
            channels = " + ".join(str(shape[0]) for shape in outputs)
            total = sum(shape[0] for shape in outputs)
            return (Phrase("{sum} channels", {"sum": f"{channels} = {total}"}),)
        sign = " + " if self.merge == "add" else " · "
        return (f"{sign.join(map(shape_text, outputs))} = {shape_text(self.combine(x, outputs))}",)

    def merged_values(self, x: Shape, outputs: Sequence[Shape]) -> int:
        return count(self.combine(x, outputs))

    def headline(self) -> str | Phrase:
        return Phrase(self.merge)


def _concatenated(outputs: Sequence[Shape]) -> Shape:
    if len({shape[1:] for shape in outputs}) > 1:
        raise Fault(
            "concatenates the channels of branches with {sizes}, which must have the same height and width",
            sizes=_listed(outputs),
            ideas=(KeepSize(), *_smaller(outputs)),
        )
    return (sum(shape[0] for shape in outputs), *outputs[0][1:])


def _multiplied(outputs: Sequence[Shape]) -> Shape:
    """A C×1×1 branch weighs the channels of a map, as in squeeze-and-excite."""
    largest = max(outputs, key=count)
    gate = (largest[0], 1, 1) if is_map(largest) else largest
    weighed = [largest if shape == gate else shape for shape in outputs]
    return _equal(weighed, outputs, multiplies=True)


def _equal(outputs: Sequence[Shape], shown: Sequence[Shape], multiplies: bool = False) -> Shape:
    if len(set(outputs)) > 1:
        text = (
            "multiplies branches with {sizes}, which must have the same shape"
            if multiplies
            else "adds branches with {sizes}, which must have the same shape"
        )
        raise Fault(
            text,
            sizes=_listed(shown),
            assume=outputs[0],
            ideas=(KeepSize(), *_projections(outputs), *_smaller(outputs)),
        )
    return outputs[0]


def _projections(outputs: Sequence[Shape]) -> Iterator[Idea]:
    """A 1×1 convolution for the one branch that has other channels than the rest."""
    for number, shape in enumerate(outputs):
        others = {other for index, other in enumerate(outputs) if index != number}
        if len(others) == 1 and is_map(shape) and shape[1:] == (wanted := others.pop())[1:]:
            convolution = Piece("Conv2d", {"out_channels": wanted[0], "kernel_size": 1, "bias": False})
            yield AppendTo(number, (convolution,))


def _smaller(outputs: Sequence[Shape]) -> Iterator[Idea]:
    """Pooling for the one branch whose map is larger than that of the rest."""
    for number, shape in enumerate(outputs):
        sizes = {other[1:] for index, other in enumerate(outputs) if index != number}
        if len(sizes) != 1 or not is_map(shape) or len(size := sizes.pop()) != 2:
            continue
        factors = shape[1] // size[0], shape[2] // size[1]
        if min(factors) >= 1 and factors != (1, 1):
            yield AppendTo(number, (Piece("MaxPool2d", {"kernel_size": factors}),))


def _listed(outputs: Sequence[Shape]) -> str | Phrase:
    return listed(list(map(shape_text, outputs)))
