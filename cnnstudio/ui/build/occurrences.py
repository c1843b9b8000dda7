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

    ``entering`` is the reach of the node's input, ``leaving`` that of its output, in pixels of the image.
    """

    occurrences: Occurrences
    ancestors: tuple[Node, ...]
    entering: Reach | None
    leaving: Reach | None

    @property
    def repeated(self) -> bool:
        """Whether the node is in the body of a Repeat."""
        return any(isinstance(n.block, Composite) and n.block.repeats for n in self.ancestors)


def find_occurrences(inference: Inference, node_id: str) -> Found | None:
    """All that is known of a node; None for an unknown one."""
    top = {report.node.id: (report,) for report in inference.body.reports}
    return _find(top, inference.body, node_id, (), POINT)


def _find(
    level: Mapping[str, Occurrences],
    stack: StackReport,
    node_id: str,
    ancestors: tuple[Node, ...],
    entering: Reach | None,
) -> Found | None:
    reach = entering
    for report in stack.reports:
        occurrences = level[report.node.id]
        if report.node.id == node_id:
            return Found(occurrences, ancestors, reach, then(reach, report.reach))
        for number, inner in enumerate(report.rounds[0].stacks if report.rounds else ()):
            found = _find(inside(occurrences, number), inner, node_id, (*ancestors, report.node), reach)
            if found is not None:
                return found
        reach = then(reach, report.reach)
    return None
