from collections.abc import Sequence
from typing import ClassVar, Literal

from cnnstudio.core.block import Category, Composite
from cnnstudio.core.fault import AppendTo, Both, ChangeLast, Fault, Idea, KeepSize, Piece
from cnnstudio.core.fields import param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.shape import Shape, count, is_map, shape_text


class Residual(Composite):
    """Adds what its body computes to what its shortcut passes on; an empty shortcut is the identity."""

    title: ClassVar[str] = "Residual"
    category: ClassVar[Category] = "Structure"
    formula: ClassVar[str] = "out = activation(F(x) + shortcut(x))"
    stacks: ClassVar[tuple[str, ...]] = ("body", "shortcut")

    activation: Literal["ReLU", "none"] = param(
        "Activation", "What is applied after the sum.", "ReLU", always=True
    )

    def combine(self, x: Shape, outputs: Sequence[Shape]) -> Shape:
        body, shortcut = outputs
        if body != shortcut:
            raise Fault(
                "adds its body ({body}) to its shortcut ({shortcut}), which must have the same shape",
                body=shape_text(body),
                shortcut=shape_text(shortcut),
                assume=body,
                ideas=_ways_out(body, shortcut),
            )
        return body

    def derivation(self, x: Shape, outputs: Sequence[Shape]) -> tuple[str | Phrase, ...]:
        body, shortcut = map(shape_text, outputs)
        return (f"{body} + {shortcut} = {body}",)

    def merged_values(self, x: Shape, outputs: Sequence[Shape]) -> int:
        return count(outputs[0]) * (1 if self.activation == "none" else 2)

    def headline(self) -> str:
        return "F(x) + x" if self.activation == "none" else f"{self.activation}(F(x) + x)"


def _ways_out(body: Shape, shortcut: Shape) -> tuple[Idea, ...]:
    """Padding that keeps the size, a projection, as many filters as come in; or what it takes of these."""
    if not (is_map(body) and is_map(shortcut)):
        linear = Piece("Linear", {"out_features": body[0]})
        return (AppendTo(1, (Piece("Flatten"), linear) if is_map(shortcut) else (linear,)),)
    as_before = ChangeLast(0, {"out_channels": shortcut[0]})
    if body[1:] == shortcut[1:]:
        return _projection(body, shortcut), as_before
    if body[0] == shortcut[0]:
        return KeepSize(), _projection(body, shortcut)
    padded = (body[0], *shortcut[1:])
    return (
        _projection(body, shortcut),
        Both(KeepSize(), _projection(padded, shortcut)),
        Both(KeepSize(), as_before),
    )


def _projection(body: Shape, shortcut: Shape) -> Idea:
    """The 1×1 convolution of He et al. 2016 that brings the shortcut to the body's shape."""
    strides = (-(-shortcut[1] // body[1]), -(-shortcut[2] // body[2]))
    stride = strides[0] if strides[0] == strides[1] else strides
    convolution = Piece(
        "Conv2d", {"out_channels": body[0], "kernel_size": 1, "stride": stride, "bias": False}
    )
    return AppendTo(1, (convolution, Piece("BatchNorm2d")))
