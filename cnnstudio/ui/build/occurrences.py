"""Where a node occurs: a block inside a Repeat has a report for the first repetition and others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cnnstudio.core.block import Composite
from cnnstudio.core.document import Node
from cnnstudio.core.infer import Inference, Report, Round, StackReport
from cnnstudio.core.reach import POINT, Reach, then

Occurrences = tuple[Report, ...]
"""The first repetition's report first, the last one's last; one for a block outside any Repeat."""


def inside(occurrences: Occurrences, stack: int) -> dict[str, Occurrences]:
    """The occurrences of each node in one of a composite's stacks, by id."""
    found: dict[str, list[Report]] = {}
    for report in occurrences:
        for part in _telling(report.rounds):
            for inner in part.stacks[stack].reports:
                found.setdefault(inner.node.id, []).append(inner)
    return {node_id: tuple(dict.fromkeys(reports)) for node_id, reports in found.items()}


def _telling(rounds: Sequence[Round]) -> Iterator[Round]:
    """The repetitions worth showing: the first two, the last, and where something goes wrong first."""
    if len(rounds) <= 3:
        yield from rounds
        return
    yield from rounds[:2]
    for part in rounds[2:-1]:
        if any(stack.faults for stack in part.stacks):
            yield part
            break
    yield rounds[-1]


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
        return any(isinstance(n.block, Composite) and n.block.repeats for n in self.ancestors)


def find_occurrences(inference: Inference, node_id: str) -> Found | None:
    """All that is known of a node; None for an unknown one."""
    top = {report.node.id: (report,) for report in inference.body.reports}
    found = _find(top, inference.body, node_id, ())
    if found is None:
        return None
    occurrences, ancestors = found
    first = _reach(inference.body, node_id, ancestors, POINT, last=False)
    try:
        last = _reach(inference.body, node_id, ancestors, POINT, last=True)
    except LookupError:  # it exists in the first repetition only
        last = first
    return Found(occurrences, ancestors, first, last)


def _find(
    level: Mapping[str, Occurrences], stack: StackReport, node_id: str, ancestors: tuple[Node, ...]
) -> tuple[Occurrences, tuple[Node, ...]] | None:
    for report in stack.reports:
        occurrences = level[report.node.id]
        if report.node.id == node_id:
            return occurrences, ancestors
        for number, inner in enumerate(report.rounds[0].stacks if report.rounds else ()):
            found = _find(inside(occurrences, number), inner, node_id, (*ancestors, report.node))
            if found is not None:
                return found
    return None


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
