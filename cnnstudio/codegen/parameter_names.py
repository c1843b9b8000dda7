"""What the parameters of a generated class are called: by what they are, and by where they are used."""

from collections.abc import Iterator, Sequence

from cnnstudio.codegen.expression import Construct, Copies, Expression, Hole
from cnnstudio.codegen.parameters import Family, Namer
from cnnstudio.codegen.resolve import Unit
from cnnstudio.codegen.signature import CHANNELS
from cnnstudio.codegen.template import Column

_CONVOLUTION = "nn.Conv2d"
_POOLS = ("nn.MaxPool2d", "nn.AvgPool2d", "nn.AdaptiveAvgPool2d")


def namer(uses: Sequence[Unit], templates: Sequence[Construct | None], columns: Sequence[Column]) -> Namer:
    """Names parameters by role, ``in_channels``, ``channels``, ``stride``, or by branch, ``ch3x3``."""
    entering = tuple(use.input[0] for use in uses)
    leaving = tuple(use.output[0] for use in uses)
    branches = _branch_names(templates, columns) if uses[0].kind == "parallel" else {}

    def name(family: Family) -> str:
        if family.category != CHANNELS:
            return family.columns[0].argument.name
        kind = "features" if all(_counts_features(column) for column in family.columns) else "channels"
        if family.values == entering:
            return kind if family.values == leaving else f"in_{kind}"
        for column in family.columns:
            if column.number in branches:
                return branches[column.number]
        return f"out_{kind}" if family.values == leaving else kind

    return name


def _counts_features(column: Column) -> bool:
    """Whether the argument counts flat features; what BatchNorm2d calls features are channels."""
    name = column.argument.name
    return "features" in name and name != "num_features"


def _branch_names(templates: Sequence[Construct | None], columns: Sequence[Column]) -> dict[int, str]:
    """The names of convolutions' widths, by column, as torchvision has them: ``ch3x3``."""
    names = {}
    for index, template in enumerate(templates):
        convolutions = [each for each in _constructs(template) if each.target == _CONVOLUTION]
        label = _label(index, template, convolutions, columns)
        for place, convolution in enumerate(reversed(convolutions)):
            width = convolution.args[1]
            if isinstance(width, Hole):
                names[width.column] = label if place == 0 else f"{label.removesuffix('_proj')}_reduce"
    return names


def _label(
    index: int, template: Construct | None, convolutions: list[Construct], columns: Sequence[Column]
) -> str:
    first = next(iter(_layers(template)), None)
    if first is not None and first.target in _POOLS:
        return "pool_proj"
    kernel = _constant(convolutions[-1].args[2], columns) if convolutions else None
    if isinstance(kernel, int):
        return f"ch{kernel}x{kernel}"
    if isinstance(kernel, tuple):
        return f"ch{kernel[0]}x{kernel[1]}"
    return f"branch{index + 1}_channels"


def _constant(value: Expression, columns: Sequence[Column]) -> object:
    """What stands in a hole, if it is the same in every use."""
    if not isinstance(value, Hole):
        return value
    values = set(columns[value.column].values)
    return values.pop() if len(values) == 1 else None


def _layers(template: Construct | None) -> Iterator[Construct]:
    return (each for each in _constructs(template) if each.target != "nn.Sequential")


def _constructs(template: Expression) -> Iterator[Construct]:
    """Every construct inside, in order."""
    if isinstance(template, Copies):
        template = template.element
    if isinstance(template, Construct):
        yield template
        for inner in template.args:
            yield from _constructs(inner)
