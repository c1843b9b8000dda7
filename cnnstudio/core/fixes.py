"""Ways out of a problem, offered only after inference has shown that they work."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from cnnstudio.core.document import Document
from cnnstudio.core.fault import AppendTo, Both, Idea, InsertAfter, InsertBefore, Remove, RemoveAbove
from cnnstudio.core.infer import WRONG_END, Inference, Problem, Report, StackReport, infer
from cnnstudio.core.shape import Shape
from cnnstudio.core.ways import taken


@dataclass(frozen=True, slots=True)
class Fix:
    """One way out: ``text`` is a template for a button ('Insert {blocks}'), ``values`` fill it.

    ``before`` and ``after`` are the shapes that leave the place of the problem.
    """

    text: str
    values: dict[str, object]
    document: Document
    before: Shape | None
    after: Shape | None

    def __str__(self) -> str:
        return self.text.format(**self.values)


def fixes(inference: Inference, problem: Problem) -> tuple[Fix, ...]:
    """The ideas of a problem's fault that remove it and make nothing else wrong."""
    found = [fix for idea in problem.fault.ideas if (fix := _first_that_works(inference, problem, idea))]
    return tuple({str(fix): fix for fix in reversed(found)}.values())[::-1]


def _first_that_works(inference: Inference, problem: Problem, idea: Idea) -> Fix | None:
    """Blocks are added to every repetition or, where that fails, to the first one only."""
    fix = _tried(inference, problem, idea, only_first=False)
    if fix is None and isinstance(idea, AppendTo | Both):
        fix = _tried(inference, problem, idea, only_first=True)
    return fix


def _tried(inference: Inference, problem: Problem, idea: Idea, only_first: bool) -> Fix | None:
    try:
        way = taken(inference.document, problem.node, idea, only_first)
    except (ValidationError, KeyError):
        return None
    result = infer(way.document)
    if not _better(inference, result, problem):
        return None
    before, after = _shapes(inference, result, problem, idea)
    return Fix(way.text, way.values, way.document, before, after)


def _better(before: Inference, after: Inference, problem: Problem) -> bool:
    """The problem is gone, and whatever else is wrong was wrong before or was hidden behind it."""
    if any(p.node == problem.node and p.fault.text == problem.fault.text for p in after.problems):
        return False
    known = {p.node for p in before.problems}
    reached = set(_reached(before.body))
    new = [p for p in after.problems if p.node not in known and not p.warning]
    return all(_was_hidden(p, before, reached) for p in new)


def _was_hidden(problem: Problem, before: Inference, reached: set[str]) -> bool:
    """Whether nothing could be known of it, since an earlier fault left the shapes unknown."""
    if problem.fault.text == WRONG_END:
        return before.body.output is None
    return problem.node not in reached


def _reached(stack: StackReport) -> Iterator[str]:
    """The nodes whose input was known."""
    for report in stack.reports:
        if report.input is not None:
            yield report.node.id
        for part in report.rounds:
            for inner in part.stacks:
                yield from _reached(inner)


def _shapes(
    before: Inference, after: Inference, problem: Problem, idea: Idea
) -> tuple[Shape | None, Shape | None]:
    """What enters the problem's place, or leaves the stack that is added to; else what leaves the place."""
    if problem.node is None:
        return before.body.output, after.body.output
    if isinstance(idea, InsertAfter | Remove):
        return before.body.output, after.body.output
    old, new = _report(before.body, problem.node), _report(after.body, problem.node)
    if old is None or new is None:
        return None, None
    last = idea.second if isinstance(idea, Both) else idea
    if isinstance(last, AppendTo):
        return _leaving(old, last.stack), _leaving(new, last.stack)
    entering = isinstance(idea, InsertBefore | RemoveAbove)
    return (old.input, new.input) if entering else (old.output, new.output)


def _leaving(report: Report, stack: int) -> Shape | None:
    """What leaves one of a composite's stacks, in the first repetition."""
    return report.rounds[0].stacks[stack].output


def _report(stack: StackReport, node_id: str) -> Report | None:
    for report in stack.reports:
        if report.node.id == node_id:
            return report
        for part in report.rounds:
            for inner in part.stacks:
                found = _report(inner, node_id)
                if found is not None:
                    return found
    return None
