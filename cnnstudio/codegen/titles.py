"""What a careful person would call a class, and the one sentence that they would put into it."""

from collections.abc import Iterator, Sequence

from cnnstudio.blocks.aux_classifier import AuxClassifier
from cnnstudio.blocks.conv2d import Conv2d
from cnnstudio.blocks.depthwise_conv2d import DepthwiseConv2d
from cnnstudio.blocks.group import Group
from cnnstudio.blocks.parallel import Parallel
from cnnstudio.codegen.names import block_class_name
from cnnstudio.codegen.resolve import Item, Leaf, Series, Slot, Unit
from cnnstudio.core.block import Block
from cnnstudio.core.fields import Pair

_MOST_TITLES = 6
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_BESIDE_INPUT = {
    "concat": "Appends what a branch computes to the channels of the input.",
    "add": "Adds what a branch computes to the input.",
    "multiply": "Weighs the input with what a branch computes.",
}
_MERGED = {"concat": "their channels concatenated", "add": "added up", "multiply": "multiplied"}


def class_title(unit: Unit) -> str:
    """The class name for units like this one, before it is made unique."""
    if unit.kind == "residual":
        return _residual_title(unit)
    if unit.kind == "parallel":
        return _parallel_title(unit)
    owner = unit.owner.block
    if isinstance(owner, AuxClassifier):
        return "AuxHead"
    if isinstance(owner, Group) and owner.name and owner.name != "group":
        return block_class_name(owner.name)
    return "ConvBlock" if _convolutions(unit.slots) else "Block"


def class_summary(unit: Unit) -> str:
    """What the class's docstring says."""
    if unit.kind == "residual":
        return _residual_summary(unit)
    if unit.kind == "parallel":
        block = unit.report.block
        assert isinstance(block, Parallel)
        count, empty = len(unit.slots), sum(slot.item is None for slot in unit.slots)
        if (count, empty) == (2, 1):
            return _BESIDE_INPUT[block.merge]
        return f"{_number(count).capitalize()} branches side by side, {_MERGED[block.merge]}."
    if isinstance(unit.owner.block, AuxClassifier):
        return "A side classifier that helps the layers below it to learn."
    titles = [layer.title for layer in _layers(unit.slots)]
    return (
        f"{' → '.join(titles)}."
        if len(titles) <= _MOST_TITLES
        else f"{' → '.join(titles[:_MOST_TITLES])} → …"
    )


def _residual_title(unit: Unit) -> str:
    kernels = [kernel for kernel, _ in _convolutions(unit.slots)]
    depthwise = [is_depthwise for _, is_depthwise in _convolutions(unit.slots)]
    if depthwise == [False, True, False]:
        return "InvertedResidual"
    if kernels == [3, 3]:
        return "BasicBlock"
    return "Bottleneck" if kernels == [1, 3, 1] else "ResidualBlock"


def _residual_summary(unit: Unit) -> str:
    kernels = [kernel for kernel, _ in _convolutions(unit.slots)]
    if not kernels:
        return "A residual block: F(x) beside a shortcut, added up."
    sizes = [f"{k}×{k}" if isinstance(k, int) else f"{k[0]}×{k[1]}" for k in kernels]
    if len(set(sizes)) == 1:
        text = f"{_number(len(sizes))} {sizes[0]} convolution{'s' if len(sizes) > 1 else ''}"
    else:
        text = f"{', '.join(sizes[:-1])} and {sizes[-1]} convolutions"
    return f"{text[0].upper()}{text[1:]} beside a shortcut, added up."


def _parallel_title(unit: Unit) -> str:
    block = unit.report.block
    assert isinstance(block, Parallel)
    empty = any(slot.item is None for slot in unit.slots)
    if block.merge == "concat":
        return "DenseLayer" if empty else "Inception" if len(unit.slots) > 2 else "Concat"
    if block.merge == "multiply":
        return "SqueezeExcite" if empty and _squeezes(unit) else "Gate" if empty else "Product"
    return "Sum"


def _squeezes(unit: Unit) -> bool:
    kinds = {type(layer).__name__ for layer in _layers(unit.slots)}
    return bool(kinds & {"GlobalAvgPool2d", "AdaptiveAvgPool2d"})


def _convolutions(slots: Sequence[Slot]) -> list[tuple[Pair, bool]]:
    """Kernel size and whether it is depthwise, of each convolution in the body."""
    body = [slot for slot in slots if slot.role != "shortcut"]
    return [
        (layer.kernel_size, isinstance(layer, DepthwiseConv2d))
        for layer in _layers(body)
        if isinstance(layer, Conv2d | DepthwiseConv2d)
    ]


def _layers(slots: Sequence[Slot]) -> Iterator[Block]:
    """The blocks directly in these slots, series opened."""
    for slot in slots:
        if slot.item is not None:
            yield from _blocks(slot.item)


def _blocks(item: Item) -> Iterator[Block]:
    if isinstance(item, Leaf):
        yield item.report.block
    elif isinstance(item, Series):
        for part, _ in item.parts:
            yield from _blocks(part)
    elif isinstance(item, Unit) and item.kind == "stack":
        yield from _layers(item.slots)
    elif isinstance(item, Unit):
        yield item.report.block


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
