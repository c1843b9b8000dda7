"""What the inspector tells about a block: how its shape, its parameters and its cost come about."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.block import Composite, Layer
from cnnstudio.core.infer import Inference, Report
from cnnstudio.core.quantity import byte_text, grouped
from cnnstudio.core.reach import Reach
from cnnstudio.core.shape import BYTES_PER_VALUE, Shape
from cnnstudio.ui.build.occurrences import Found, Span
from cnnstudio.ui.build.say import block_formula, block_name, phrase, shape, stack_label

_tr = QCoreApplication.translate
_MOST_ROUNDS = 4
"""Repetitions that are told one by one."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A heading with lines of rich text; ``name`` says which it is, whatever the language."""

    name: str
    heading: str
    lines: tuple[str, ...]
    offers: bool = False
    """Whether each line is an offer that can be taken; then it is plain text."""


def block_facts(found: Found, first: bool) -> tuple[Fact, ...]:
    """Everything about a block, in the first repetition or in the last."""
    report = found.occurrences[0 if first else -1]
    if found.bypassed:
        return (Fact("output", _tr("Facts", "Bypassed"), _without(report)),)
    entering = report.input
    facts = [Fact("output", _tr("Facts", "Output size"), _output(report))]
    if entering is not None and report.output is not None and report.fault is None:
        if report.params:
            facts.append(Fact("parameters", _tr("Facts", "Parameters"), _parameters(report, entering)))
        field = _fields(found.first_reach, found.first_reach if first else found.last_reach)
        facts.append(Fact("cost", _tr("Facts", "Cost"), _cost(report, entering, field)))
    if type(report.block).formula:
        formula = block_formula(report.block)
        facts.append(Fact("formula", _tr("Facts", "Formula"), (formula,)))
    return tuple(facts)


def repeated_fact(spans: Sequence[Span]) -> tuple[Fact, ...]:
    """What goes in and comes out in each repetition, those that are alike on one line."""
    if not spans:
        return ()
    times = sum(span.times for span in spans)
    shown = [*spans[: _MOST_ROUNDS - 1], None, spans[-1]] if len(spans) > _MOST_ROUNDS else spans
    lines = tuple("…" if span is None else _span_line(span, times) for span in shown)
    title = _tr("Facts", "Through the {count} repetitions").format(count=times)
    return (Fact("repetitions", title, lines),)


def _span_line(span: Span, times: int) -> str:
    last = span.first + span.times - 1
    if span.times == times:
        which = _tr("Facts", "each")
    else:
        which = str(span.first) if span.times == 1 else f"{span.first}–{last}"
    if span.report is None:
        return _tr("Facts", "{which}: left out").format(which=which)
    return f"{which}: {shape(span.report.input)} → <b>{shape(span.report.output)}</b>"


def _without(report: Report) -> tuple[str, ...]:
    """What the network does in place of a bypassed block, and what it would have of it."""
    lines = [_tr("Facts", "<b>{shape}</b> passes as it is").format(shape=shape(report.input))]
    if report.faults:
        return (*lines, _tr("Facts", "with it: a problem"))
    lines.append(
        _tr("Facts", "with it: {before} → {after}").format(
            before=shape(report.input), after=shape(report.output)
        )
    )
    if report.params:
        lines.append(_tr("Facts", "with it: {count} parameters").format(count=grouped(report.params)))
    return tuple(lines)


def _output(report: Report) -> tuple[str, ...]:
    x, y = report.input, report.output
    if x is None:
        return (_tr("Facts", "unknown: a block above has a problem"),)
    lines: list[str] = []
    if y is not None and report.fault is None:
        if isinstance(report.block, Layer):
            lines += [_bold_result(phrase(line)) for line in report.block.derivation(x)]
        elif isinstance(report.block, Composite):
            lines += _merged(report.block, report, x)
    lines.append(f"{shape(x)} → <b>{shape(y)}</b>")
    return tuple(lines)


def _merged(block: Composite, report: Report, x: Shape) -> list[str]:
    """What leaves each stack, and each repetition where they differ."""
    lines: list[str] = []
    last = report.rounds[-1]
    if len(last.stacks) > 1:
        for number, stack in enumerate(last.stacks):
            lines.append(f"{escape(stack_label(block.stack_label(number)))}: {shape(stack.output)}")
        before = report.rounds[-2].output if len(report.rounds) > 1 else x
        outputs = [stack.output for stack in last.stacks]
        if before is not None:
            known = [output for output in outputs if output is not None]
            lines += [_bold_result(phrase(line)) for line in block.derivation(before, known)]
    if block.repeats:
        entering: Shape | None = x
        for part in report.rounds[:_MOST_ROUNDS]:
            times = _tr("Facts", "first") if part.first else f"{part.times} ×"
            lines.append(f"{times}: {shape(entering)} → {shape(part.output)}")
            entering = part.output
        if len(report.rounds) > _MOST_ROUNDS:
            lines.append("…")
    return lines


def _parameters(report: Report, x: Shape) -> tuple[str, ...]:
    if isinstance(report.block, Layer):
        return (_bold_result(report.block.parameter_formula(x)),)
    lines = []
    if len(report.rounds) == 1 and report.rounds[0].times > 1:
        times = report.rounds[0].times
        lines.append(f"{times} · {grouped(report.params // times)}")
    for part in report.rounds[:_MOST_ROUNDS] if len(report.rounds) > 1 else ():
        each = grouped(sum(stack.params for stack in part.stacks))
        lines.append(f"{_tr('Facts', 'first')}: {each}" if part.first else f"{part.times} × {each}")
    if len(report.rounds) > _MOST_ROUNDS:
        lines.append("…")
    return (*lines, _tr("Facts", "together <b>{count}</b>").format(count=grouped(report.params)))


def _cost(report: Report, x: Shape, field: str) -> tuple[str, ...]:
    lines = []
    if isinstance(report.block, Layer) and report.output is not None:
        formula = report.block.mac_formula(x, report.output)
        if formula:
            lines.append(_tr("Facts", "{formula} MACs").format(formula=_bold_result(formula)))
    elif report.macs:
        lines.append(_tr("Facts", "<b>{count}</b> MACs").format(count=grouped(report.macs)))
    memory = byte_text(report.values * BYTES_PER_VALUE)
    lines.append(_tr("Facts", "activations <b>{size}</b>/image").format(size=memory))
    lines.append(_tr("Facts", "receptive field <b>{field}</b>").format(field=field))
    return tuple(lines)


def _fields(first: Reach | None, last: Reach | None) -> str:
    """From the first to the last repetition, where there are several."""
    fields = dict.fromkeys((_field(first), _field(last)))
    return _tr("Facts", " to ").join(fields)


def _field(reach: Reach | None) -> str:
    if reach is None:
        return _tr("Facts", "whole image")
    height, width = reach.size
    return f"{height}×{width}"


def network_facts(inference: Inference) -> tuple[Fact, ...]:
    """Totals of the whole network."""
    document = inference.document
    way = f"{shape(document.input.shape)} → <b>{shape(inference.body.output)}</b>"
    memory = byte_text(inference.activation_bytes)
    return (
        Fact("output", _tr("Facts", "From input to output"), (way,)),
        Fact("parameters", _tr("Facts", "Parameters"), (f"<b>{grouped(inference.params)}</b>",)),
        Fact(
            "cost",
            _tr("Facts", "Cost"),
            (
                _tr("Facts", "<b>{count}</b> MACs").format(count=grouped(inference.macs)),
                _tr("Facts", "activations <b>{size}</b>/image").format(size=memory),
                _tr("Facts", "receptive field <b>{field}</b>").format(field=_field(inference.body.reach)),
            ),
        ),
        Fact("most", _tr("Facts", "Where the parameters are"), _largest(inference)),
    )


def _largest(inference: Inference) -> tuple[str, ...]:
    """The three blocks of the trunk with most parameters."""
    total = inference.params
    heavy = sorted((r for r in inference.body.reports if r.params), key=lambda r: -r.params)[:3]
    return tuple(_heavy_line(r, r.params / total) for r in heavy) or (_tr("Facts", "none yet"),)


def _heavy_line(report: Report, part: float) -> str:
    """What leaves the block tells one stage from the next, which may read the same."""
    name = block_name(report.block)
    leaving = f" → {shape(report.output)}" if report.output is not None else ""
    return f"{escape(name + leaving)}: <b>{_share(part)}</b>"


def _share(part: float) -> str:
    return "&lt; 1 %" if part < 0.01 else f"{100 * part:.0f} %"


def _bold_result(formula: str) -> str:
    """``(32 + 2·1 − 3) / 1 + 1 = 32`` with what comes out in bold."""
    left, equals, right = formula.rpartition(" = ")
    return f"{escape(left)} = <b>{escape(right)}</b>" if equals else escape(formula)
