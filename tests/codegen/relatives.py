"""Random documents in which structures occur again with other numbers: what classes are made from."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import strategies as st

from cnnstudio.blocks.conv2d import Conv2d
from cnnstudio.blocks.residual import Residual
from cnnstudio.core.block import Block
from cnnstudio.core.document import Document, InputSize, Node, Stack
from cnnstudio.core.edits import node, renumbered
from cnnstudio.core.registry import block_type
from tests.strategies import repaired, stacks

_WIDTHS = (4, 8, 16, 12)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A few patterns, each several times, with other widths and strides, some inside a Repeat."""
    patterns = draw(st.lists(stacks(2, 4).filter(bool) | _residuals(), min_size=1, max_size=2))
    body: list[Node] = []
    for _ in range(draw(st.integers(2, 5))):
        relative = tuple(_varied(draw, each) for each in draw(st.sampled_from(patterns)))
        wrapped = draw(st.integers(0, 2))
        if wrapped == 0:
            relative = (node(block_type("Repeat")(times=draw(st.integers(1, 4))), (relative,)),)
        elif wrapped == 1:
            relative = (
                node(
                    block_type("Group")(
                        name=draw(st.sampled_from(("stage", "part"))),
                    ),
                    (relative,),
                ),
            )
        body += relative
    numbered, serial = renumbered(tuple(body), 1)
    return repaired(Document(InputSize(16, 16, 4), 10, numbered, serial=serial))


@st.composite
def _residuals(draw: st.DrawFn) -> Stack:
    """A residual block as in ResNet, with a projection in the first repetition."""
    width, stride = draw(st.sampled_from(_WIDTHS)), draw(st.sampled_from((1, 2)))
    convolution = Conv2d(out_channels=width, padding=1)
    first = convolution.changed(stride=stride)
    body = (Node("", convolution, first=first if stride > 1 else None), node(block_type("BatchNorm2d")()))
    projection = Node("", Conv2d(out_channels=width, kernel_size=1, stride=stride), only_first=True)
    shortcut = (projection,) if draw(st.booleans()) else ()
    inner = (*body, *draw(stacks(1, 2))) if draw(st.booleans()) else body
    return (node(Residual(), (inner, shortcut)),)


def _varied(draw: st.DrawFn, old: Node) -> Node:
    """The same structure with other numbers here and there."""
    stacks_ = tuple(tuple(_varied(draw, inner) for inner in stack) for stack in old.stacks)
    block = old.block
    for name, value in _changes(draw, block):
        block = block.changed(**{name: value})
    first = old.first
    if first is not None and block is not old.block:
        first = block.changed(stride=2) if "stride" in type(block).model_fields else None
    return replace(old, block=block, first=first, stacks=stacks_)


def _changes(draw: st.DrawFn, block: Block) -> Iterator[tuple[str, object]]:
    fields = type(block).model_fields
    if "out_channels" in fields:
        yield "out_channels", draw(st.sampled_from(_WIDTHS)) * getattr(block, "groups", 1)
    for name, choices in (
        ("stride", (1, 2)),
        ("bias", (True, False)),
        ("p", (0.1, 0.5)),
        ("times", (1, 2, 3)),
    ):
        if name in fields and draw(st.integers(0, 3)) == 0:
            yield name, draw(st.sampled_from(choices))
