"""A block class as source lines."""

from collections.abc import Sequence

from cnnstudio.blocks.parallel import Parallel
from cnnstudio.codegen.block_class import BlockClass, Child, activation_of
from cnnstudio.codegen.docstring import docstring
from cnnstudio.codegen.expression import IDENTITY, text
from cnnstudio.codegen.forward import Step, applied, chain, segments, step
from cnnstudio.codegen.layout import Lines, fits
from cnnstudio.codegen.parameters import Parameter
from cnnstudio.codegen.signature import Required
from cnnstudio.codegen.titles import class_summary

_BODY = 8


def write_class(lines: Lines, block: BlockClass) -> None:
    """The whole class; its units' nodes are marked with all of its lines."""
    start = len(lines.lines)
    lines.add(0, f"class {block.name}(nn.Module):")
    for line in docstring([class_summary(block.unit)], 4):
        lines.add(4 if line else 0, line)
    lines.blank()
    lines.bracketed(4, "def __init__(", ["self", *map(_parameter, block.parameters)], ") -> None:")
    lines.add(_BODY, "super().__init__()")
    for child in block.children:
        if child is not None:
            _child(lines, child)
    if block.activation is not None:
        lines.add(_BODY, f"self.{block.activation} = nn.{activation_of(block.unit)}()")
    lines.blank()
    lines.add(4, "def forward(self, x: Tensor) -> Tensor:")
    _FORWARDS[block.unit.kind](lines, block)
    lines.mark([use.node.id for use in block.uses if use.node is not None], start)


def _parameter(parameter: Parameter) -> str:
    default = parameter.argument.default
    tail = "" if isinstance(default, Required) else f" = {text(default)}"
    return f"{parameter.argument.name}: {parameter.annotation}{tail}"


def _child(lines: Lines, child: Child) -> None:
    start = len(lines.lines)
    prefix = f"self.{child.attribute} = "
    if child.condition is None:
        lines.expression(_BODY, child.construct, prefix)
        return
    lines.add(_BODY, f"if {child.condition}:")
    lines.expression(_BODY + 4, child.construct, prefix)
    lines.add(_BODY, "else:")
    lines.expression(_BODY + 4, IDENTITY, prefix)
    lines.mark(child.construct.origin, start)


def _steps(block: BlockClass) -> list[Step]:
    """The chain of the body."""
    return [
        step(child.attribute, child.item)
        for child, slot in zip(block.children, block.unit.slots, strict=True)
        if child is not None and slot.role == "body"
    ]


def _stack(lines: Lines, block: BlockClass) -> None:
    parts = segments(_steps(block))
    chain(lines, [each for part in parts[:-1] for each in part], "x", "x")
    lines.add(_BODY, f"return {applied(parts[-1], 'x')}" if parts else "return x")


def _residual(lines: Lines, block: BlockClass) -> None:
    body = chain(lines, _steps(block), "x", "y")
    shortcut = block.children[-1]
    beside = "x" if shortcut is None else f"self.{shortcut.attribute}(x)"
    total = f"{body} + {beside}"
    lines.add(_BODY, f"return self.{block.activation}({total})" if block.activation else f"return {total}")


def _parallel(lines: Lines, block: BlockClass) -> None:
    merge = block.unit.report.block
    assert isinstance(merge, Parallel)
    branches = ["x" if child is None else f"self.{child.attribute}(x)" for child in block.children]
    if merge.merge == "concat":
        lines.listed(_BODY, "branches = [", branches, "]")
        lines.add(_BODY, "return torch.cat(branches, dim=1)")
    else:
        _combined(lines, branches, " + " if merge.merge == "add" else " * ")


def _combined(lines: Lines, branches: Sequence[str], sign: str) -> None:
    if fits(_BODY, f"return {sign.join(branches)}"):
        lines.add(_BODY, f"return {sign.join(branches)}")
        return
    lines.add(_BODY, f"y = {branches[0]}")
    for branch in branches[1:]:
        lines.add(_BODY, f"y = y{sign}{branch}")
    lines.add(_BODY, "return y")


_FORWARDS = {"stack": _stack, "residual": _residual, "parallel": _parallel}
