"""When a block has a projection shortcut, said as people say it: where the shape changes."""

from collections.abc import Sequence

from cnnstudio.codegen.parameters import Parameters
from cnnstudio.codegen.resolve import Unit


def condition(uses: Sequence[Unit], present: tuple[bool, ...], found: Parameters) -> str | None:
    """``in_channels != out_channels``, or the stride's, if it holds in exactly the uses with a shortcut."""
    entering = tuple(use.input[0] for use in uses)
    leaving = tuple(use.output[0] for use in uses)
    before, after = found.expression(entering), found.expression(leaving)
    widens = tuple(a != b for a, b in zip(entering, leaving))
    wider = f"{before} != {after}" if before and after and before != after else None
    if wider and widens == present:
        return wider
    for family in found.families:
        if family.category != "stride" or not family.name:
            continue
        strides = tuple(value != 1 for value in family.values)
        if strides == present:
            return f"{family.name} != 1"
        if wider and tuple(a or b for a, b in zip(strides, widens)) == present:
            return f"{family.name} != 1 or {wider}"
    return None
