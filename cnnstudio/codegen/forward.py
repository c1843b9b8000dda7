"""The lines of ``forward``: layers chained as people write them, one stage a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnstudio.codegen.layout import Lines, fits
from cnnstudio.codegen.resolve import Item, Leaf
from cnnstudio.core.shape import Shape, shape_text

_INDENT = 8
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One child in the chain. ``starts`` a new line, or stands ``alone`` on it; ``shape`` is what leaves."""

    attribute: str
    starts: bool = False
    alone: bool = False
    shape: Shape | None = None


def step(attribute: str, item: Item, shape: Shape | None = None) -> Step:
    """The step that calls an item's module."""
    if not isinstance(item, Leaf):
        return Step(attribute, starts=True, alone=True, shape=shape)
    block, report = item.report.block, item.report
    flattens = item.construct.target == "nn.Flatten"
    return Step(attribute, starts=block.category == "Convolution" or report.macs > 0 or flattens, shape=shape)


def segments(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps in groups that share a line."""
    found: list[list[Step]] = []
    for each in steps:
        last = found[-1] if found else []
        joins = last and not each.starts and not last[-1].alone and len(last) < _DEEPEST
        if joins and fits(_INDENT, f"return {applied([*last, each], 'x')}"):
            last.append(each)
        else:
            found.append([each])
    return found


def applied(steps: Sequence[Step], variable: str) -> str:
    """``self.relu1(self.conv1(x))``."""
    text = variable
    for each in steps:
        text = f"self.{each.attribute}({text})"
    return text


def chain(lines: Lines, steps: Sequence[Step], source: str, target: str) -> str:
    """Assigns the whole chain to ``target``; returns the variable that then holds the result."""
    for part in segments(steps):
        lines.add(_INDENT, f"{target} = {applied(part, source)}")
        source = target
    return source


def commented_chain(lines: Lines, steps: Sequence[Step], before: Shape | None) -> Shape | None:
    """The chain on ``x``, with a comment where the shape changes; returns the last shape."""
    for part in segments(steps):
        shape = part[-1].shape
        lines.add(_INDENT, with_shape(f"x = {applied(part, 'x')}", shape if shape != before else None))
        before = shape
    return before


def with_shape(line: str, shape: Shape | None) -> str:
    """The line with its shape as a comment, if there is one and it fits."""
    commented = f"{line}  # {shape_text(shape)}"
    return commented if shape is not None and fits(_INDENT, commented) else line
