"""What a block would give with one parameter changed, before anybody changes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.block import Layer
from cnnstudio.core.fault import Fault
from cnnstudio.core.fields import Value
from cnnstudio.core.infer import Report
from cnnstudio.core.quantity import short
from cnnstudio.core.shape import Shape
from cnnstudio.ui.build.facts import Fact
from cnnstudio.ui.build.say import shape
from cnnstudio.ui.build.words import value_text

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Other parameters of a block, and what would come of them."""

    values: Mapping[str, Value]
    text: str


def what_ifs(report: Report) -> tuple[WhatIf, ...]:
    """What the definition of the block suggests for its input, where it would work and change anything."""
    block, x = report.block, report.input
    if not isinstance(block, Layer) or x is None or report.output is None or report.fault is not None:
        return ()
    found = []
    for values in block.what_ifs(x):
        changed = block.changed(**values)
        y = _output(changed, x)
        if y is not None and (y, changed.parameters(x)) != (report.output, report.params):
            found.append(WhatIf(values, _text(block, changed, values, x, y)))
    return tuple(found)


def what_if_fact(report: Report) -> tuple[Fact, ...]:
    """The same as a fact whose lines are offers; none where there is nothing to try."""
    lines = tuple(found.text for found in what_ifs(report))
    return (Fact("what-if", _tr("Facts", "What if"), lines, offers=True),) if lines else ()


def _output(block: Layer, x: Shape) -> Shape | None:
    try:
        y = block.output(x)
    except Fault:
        return None
    return y if min(y) >= 1 else None


def _text(old: Layer, new: Layer, values: Mapping[str, Value], x: Shape, y: Shape) -> str:
    labels = {field.name: _tr("Block", field.label) for field in old.fields()}
    changes = ", ".join(f"{labels[name]} {value_text(value)}" for name, value in values.items())
    params = new.parameters(x)
    text = f"{changes} → {shape(y)}"
    if params == old.parameters(x):
        return text
    return f"{text} · " + _tr("Facts", "{count} params").format(count=short(params))
