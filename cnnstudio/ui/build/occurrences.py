"""Where a node occurs: a block inside a Repeat has a report for the first repetition and others."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from cnnstudio.core.block import Composite
from cnnstudio.core.document import Node, Stack, way_to
from cnnstudio.core.infer import Inference, Report, Round, StackReport, as_enabled
from cnnstudio.core.reach import POINT, Reach, then
from cnnstudio.core.shape import Shape

Occurrences = tuple[Report, ...]
"""The first repetition's report first, the last one's last; one for a block outside any Repeat."""


def top_level(inference: Inference) -> tuple[Report, ...]:
    """A report for each node of the trunk; of one that is bypassed, what it would be."""
    document = inference.document
    return _complete(document.body, inference.body, document.input.shape, True, True)


def inside(occurrences: Occurrences, stack: int) -> dict[str, Occurrences]:
    """The occurrences of each node in one of a composite's stacks, by id."""
    found: dict[str, list[Report]] = {}
    for report in occurrences:
        nodes = report.node.stacks[stack]
        for part, entering in _telling(report):
            for inner in _complete(nodes, part.stacks[stack], entering, part.first, False):
                found.setdefault(inner.node.id, []).append(inner)
    return {node_id: tuple(dict.fromkeys(reports)) for node_id, reports in found.items()}


def _complete(
    nodes: Stack, stack: StackReport, x: Shape | None, first: bool, root: bool
) -> tuple[Report, ...]:
    """The reports of a stack, with those of bypassed nodes in their places."""
    if not any(node.disabled for node in nodes):
        return stack.reports
    known = {report.node.id: report for report in stack.reports}
    reports = []
    for node in nodes:
        report = known.get(node.id)
        if report is not None:
            x = report.output
        elif node.disabled and (first or not node.only_first):
            report = as_enabled(node, x, first=first, root=root)
        if report is not None:
            reports.append(report)
    return tuple(reports)


def _telling(report: Report) -> Iterator[tuple[Round, Shape | None]]:
    """The repetitions worth showing, with what enters them.

    Those are the first two, the last, and where something goes wrong first.
    """
    rounds = report.rounds
    entering = [report.input, *(part.output for part in rounds)]
    chosen = list(range(len(rounds)))
    if len(rounds) > 3:
        wrong = (n for n in chosen[2:-1] if any(stack.faults for stack in rounds[n].stacks))
        chosen = [0, 1, *islice(wrong, 1), len(rounds) - 1]
    for number in chosen:
        yield rounds[number], entering[number]


@dataclass(frozen=True, slots=True)
class Found:
    """A node with its occurrences, the composites around it (outermost first), and what it sees of the image.

    ``first_reach`` and ``last_reach`` are in pixels of the image, for the first and the last repetition.
    """

    occurrences: Occurrences
    ancestors: tuple[Node, ...]
    first_reach: Reach | None
    last_reach: Reach | None

    @property
    def repeated(self) -> bool:
        """Whether the node is in the body of a Repeat."""
        return any(map(_repeats, self.ancestors))

    @property
    def bypassed(self) -> bool:
        """Whether the network does without it: the node or a composite around it is disabled."""
        return any(n.disabled for n in (self.occurrences[0].node, *self.ancestors))


def find_occurrences(inference: Inference, node_id: str) -> Found | None:
    """All that is known of a node; None for an unknown one."""
    try:
        way = way_to(inference.document, node_id)
    except KeyError:
        return None
    level: Mapping[str, Occurrences] = {report.node.id: (report,) for report in top_level(inference)}
    for (_, node), (place, _) in pairwise(way):
        if node.id not in level:
            return None
        level = inside(level[node.id], place.stack)
    occurrences, ancestors = level.get(node_id), tuple(node for _, node in way[:-1])
    if occurrences is None:
        return None
    if any(n.disabled for n in (occurrences[0].node, *ancestors)):
        return Found(occurrences, ancestors, POINT, POINT)  # nothing of the image flows through it
    first = last = _reach(inference.body, node_id, ancestors, POINT, last=False)
    if any(map(_repeats, ancestors)):
        with suppress(LookupError):  # it exists in the first repetition only
            last = _reach(inference.body, node_id, ancestors, POINT, last=True)
    return Found(occurrences, ancestors, first, last)


class Span(NamedTuple):
    """Repetitions that follow each other and do the same: from the ``first`` on (counted from 1), so many."""

    first: int
    times: int
    report: Report | None
    """None where the node does not exist."""


def repetitions(inference: Inference, found: Found) -> tuple[Span, ...]:
    """What a node does in each repetition of the innermost Repeat around it."""
    path = (*found.ancestors, found.occurrences[0].node)
    inner = max((n for n, node in enumerate(path[:-1]) if _repeats(node)), default=None)
    if inner is None or found.bypassed:
        return ()
    repeat = _below((inference.body,), path[: inner + 1])
    spans: list[Span] = []
    for part in repeat.rounds if repeat is not None else ():
        report = _below(part.stacks, path[inner + 1 :])
        last = spans[-1] if spans else None
        if last is not None and _alike(last.report, report):
            spans[-1] = Span(last.first, last.times + part.times, last.report)
        else:
            spans.append(Span(last.first + last.times if last else 1, part.times, report))
    return tuple(spans)


def _repeats(node: Node) -> bool:
    return isinstance(node.block, Composite) and node.block.repeats


def _alike(one: Report | None, other: Report | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.block, one.input, one.output) == (other.block, other.input, other.output)


def _below(stacks: Iterable[StackReport], path: tuple[Node, ...]) -> Report | None:
    """The report of the last node of a path, in the last repetition that has it."""
    wanted, *rest = path
    report = next((r for stack in stacks for r in stack.reports if r.node.id == wanted.id), None)
    if report is None or not rest:
        return report
    rounds = reversed(report.rounds)
    return next((r for part in rounds if (r := _below(part.stacks, tuple(rest)))), None)


def usual_reports(inference: Inference, ids: Collection[str]) -> tuple[Report, ...]:
    """The last repetition's report of each node, in reading order; of what is bypassed, none."""
    wanted = set(ids)
    found: list[Report] = []

    def search(level: Mapping[str, Occurrences]) -> None:
        for occurrences in level.values():
            node = occurrences[-1].node
            if node.disabled:
                continue
            if node.id in wanted:
                found.append(occurrences[-1])
            for number in range(len(node.stacks)):
                search(inside(occurrences, number))

    search({report.node.id: (report,) for report in top_level(inference)})
    return tuple(found)


def _reach(
    stack: StackReport, node_id: str, path: tuple[Node, ...], entering: Reach | None, last: bool
) -> Reach | None:
    """What the node's output sees, going down the composites of the path.

    Raises ``LookupError`` where the last repetition does not have it.
    """
    reach = entering
    wanted = path[0].id if path else node_id
    for report in stack.reports:
        if report.node.id != wanted:
            reach = then(reach, report.reach)
        elif not path:
            return then(reach, report.reach)
        else:
            return _reach_inside(report, node_id, path, reach, last)
    return reach


def _reach_inside(
    report: Report, node_id: str, path: tuple[Node, ...], reach: Reach | None, last: bool
) -> Reach | None:
    block = report.block
    wanted = path[1].id if len(path) > 1 else node_id
    chosen = report.rounds[-1] if last else report.rounds[0]
    holding = [s for s in chosen.stacks if any(r.node.id == wanted for r in s.reports)]
    if isinstance(block, Composite) and last:
        for part in report.rounds:
            inner = block.merged_reach([s.reach for s in part.stacks])
            for _ in range(part.times - (part is chosen)):
                reach = then(reach, inner)
    return _reach(holding[0], node_id, path[1:], reach, last)
