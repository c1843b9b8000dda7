"""Ways out of a problem, offered only after inference has shown that they work."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from pydantic import ValidationError

from cnnstudio.core.block import Composite
from cnnstudio.core.document import Document, Node, Place, find, place_of
from cnnstudio.core.edits import change, insert, node, remove
from cnnstudio.core.fault import AppendTo, Change, Idea, InsertAfter, InsertBefore, Piece, Remove
from cnnstudio.core.fields import Value
from cnnstudio.core.infer import WRONG_END, Inference, Problem, Report, StackReport, infer
from cnnstudio.core.registry import block_type
from cnnstudio.core.shape import Shape
from cnnstudio.core.window import pair_text


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
    if fix is None and isinstance(idea, AppendTo):
        fix = _tried(inference, problem, idea, only_first=True)
    return fix


def _tried(inference: Inference, problem: Problem, idea: Idea, only_first: bool) -> Fix | None:
    document = inference.document
    try:
        edited = _applied(document, problem.node, idea, only_first)
    except (ValidationError, KeyError):
        return None
    result = infer(edited)
    if not _better(inference, result, problem):
        return None
    text, values = _described(inference, problem, idea, only_first)
    before, after = _shapes(inference, result, problem, idea)
    return Fix(text, values, edited, before, after)


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


def _applied(document: Document, node_id: str | None, idea: Idea, only_first: bool) -> Document:
    if node_id is None:
        end = Place(None, 0, len(document.body))
        return insert(document, end, _nodes(idea, only_first)) if isinstance(idea, InsertAfter) else document
    match idea:
        case InsertBefore():
            return insert(document, place_of(document, node_id), _nodes(idea, only_first))
        case InsertAfter():
            place = place_of(document, node_id)
            return insert(document, replace(place, index=place.index + 1), _nodes(idea, only_first))
        case AppendTo(stack=number):
            length = len(find(document, node_id).stacks[number])
            return insert(document, Place(node_id, number, length), _nodes(idea, only_first))
        case Change(values=values):
            return change(document, node_id, **values)
        case Remove():
            return remove(document, [node_id])


def _nodes(idea: InsertBefore | InsertAfter | AppendTo, only_first: bool) -> list[Node]:
    return [replace(_node(piece), only_first=only_first) for piece in idea.pieces]


def _node(piece: Piece) -> Node:
    return node(block_type(piece.block).model_validate(dict(piece.values)))


def _described(
    inference: Inference, problem: Problem, idea: Idea, only_first: bool
) -> tuple[str, dict[str, object]]:
    match idea:
        case Change(values=values) if problem.node is not None:
            labels = {f.name: f.label for f in find(inference.document, problem.node).block.fields()}
            changes = ", ".join(f"{labels[name]} to {_value(value)}" for name, value in values.items())
            return "Set {changes}", {"changes": changes}
        case InsertBefore(pieces=pieces) | InsertAfter(pieces=pieces):
            return "Insert {blocks}", {"blocks": _names(pieces)}
        case AppendTo(pieces=pieces):
            text = "Add {blocks} to the {stack}"
            if only_first:
                text += " of the first repetition"
            return text, {"blocks": _names(pieces), "stack": _stack_label(inference, problem, idea)}
        case _:
            return "Remove this block", {}


def _stack_label(inference: Inference, problem: Problem, idea: AppendTo) -> str:
    owner = find(inference.document, cast(str, problem.node)).block
    return cast(Composite, owner).stack_label(idea.stack)


def _names(pieces: tuple[Piece, ...]) -> str:
    return " and ".join(block_type(piece.block).title for piece in pieces)


def _value(value: Value) -> str:
    return pair_text(value) if isinstance(value, tuple) else str(value)


def _shapes(
    before: Inference, after: Inference, problem: Problem, idea: Idea
) -> tuple[Shape | None, Shape | None]:
    """What enters the problem's place before and after an insertion; else what leaves it."""
    if problem.node is None:
        return before.body.output, after.body.output
    if isinstance(idea, InsertAfter | Remove):
        return before.body.output, after.body.output
    old, new = _report(before.body, problem.node), _report(after.body, problem.node)
    if old is None or new is None:
        return None, None
    return (old.input, new.input) if isinstance(idea, InsertBefore) else (old.output, new.output)


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
