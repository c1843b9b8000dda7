"""Inference: what shape flows where, what it costs, what is wrong. Pure, cached per subtree.

A report of a subtree depends on the (immutable) node, the shape that enters and whether this is the
first repetition, so one dictionary of those answers everything that an edit did not change. Reports are
named tuples since those are made fastest, and compare by identity since comparing trees would be slow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast

from cnnstudio.core.block import Block, Composite, Layer
from cnnstudio.core.document import Document, Node, Stack
from cnnstudio.core.fault import AppendTo, Change, Fault, Idea, InsertAfter, Piece, Remove
from cnnstudio.core.reach import POINT, Reach, repeated, then
from cnnstudio.core.shape import BYTES_PER_VALUE, Shape, count, is_map, shape_text


class Report(NamedTuple):
    """What inference found out about one node in one repetition.

    ``params``, ``macs`` and ``values`` (numbers kept for the backward pass, one image) include everything
    inside; ``faults`` counts this node's and all inner ones.
    """

    node: Node
    block: Block
    input: Shape | None
    output: Shape | None
    params: int = 0
    macs: int = 0
    values: int = 0
    fault: Fault | None = None
    faults: int = 0
    rounds: tuple["Round", ...] = ()

    @property
    def reach(self) -> Reach | None:
        """What an output pixel sees of the node's input; worked out for who asks, as few do."""
        return _reach(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class StackReport(NamedTuple):
    """What inference found out about a stack; sums over its nodes."""

    reports: tuple[Report, ...]
    output: Shape | None
    params: int
    macs: int
    values: int
    faults: int

    @property
    def reach(self) -> Reach | None:
        """What an output pixel sees of the stack's input."""
        reach: Reach | None = POINT
        for report in self.reports:
            reach = then(reach, report.reach)
        return reach

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Round(NamedTuple):
    """``times`` equal repetitions of a composite, the stacks of one of them, and what leaves it."""

    stacks: tuple[StackReport, ...]
    output: Shape | None
    times: int
    first: bool

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a document. ``node`` is None when it is about the network as a whole."""

    node: str | None
    fault: Fault
    warning: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """Everything that is known about a document without torch."""

    document: Document
    body: StackReport
    problems: tuple[Problem, ...]

    @property
    def params(self) -> int:
        """Trainable numbers, auxiliary heads included."""
        return self.body.params

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one image, auxiliary heads included."""
        return self.body.macs

    @property
    def activation_bytes(self) -> int:
        """Memory for one image's activations as training keeps them (float32), the input included."""
        return (self.body.values + count(self.document.input.shape)) * BYTES_PER_VALUE

    @property
    def trainable(self) -> bool:
        """Whether nothing is wrong that would keep torch from running the network."""
        return all(problem.warning for problem in self.problems)


WRONG_END = "ends with {got}, but the loss needs one number for each of the {classes} classes"

_Key = tuple[Node, Shape | None, bool, bool]
_CACHE_SIZE = 20_000
_cache: dict[_Key, Report] = {}
_older: dict[_Key, Report] = {}


def infer(document: Document) -> Inference:
    """Shapes, costs and problems of the whole document; never raises for a faulty one."""
    body = _stack(document.body, document.input.shape, first=True, root=True)
    found: dict[str, Problem] = {}
    if body.faults:
        _collect(body, found)
    return Inference(document, body, (*found.values(), *_whole(document, body)))


def as_enabled(node: Node, x: Shape | None, *, first: bool = True, root: bool = False) -> Report:
    """What a disabled node would be for the shape that enters; :func:`infer` itself leaves it out."""
    key = (node, x, first, root)
    return _cache.get(key) or _remember(key)


def forget() -> None:
    """Empties the cache, so that a measurement starts cold."""
    _cache.clear()
    _older.clear()
    _reach.cache_clear()


def _stack(stack: Stack, x: Shape | None, first: bool, root: bool = False) -> StackReport:
    reports = []
    params = macs = values = faults = 0
    for node in stack:
        if node.disabled or (node.only_first and not first):
            continue
        key = (node, x, first, root)
        report = _cache.get(key) or _remember(key)
        reports.append(report)
        x = report.output
        params += report.params
        macs += report.macs
        values += report.values
        faults += report.faults
    return StackReport(tuple(reports), x, params, macs, values, faults)


def _remember(key: _Key) -> Report:
    """Two generations, so that what is still in use survives and memory stays bounded."""
    global _cache, _older  # the cache is the one piece of state here
    report = _older.get(key) or _report(*key)
    if len(_cache) >= _CACHE_SIZE:
        _cache, _older = {}, _cache
    _cache[key] = report
    return report


def _report(node: Node, x: Shape | None, first: bool, root: bool) -> Report:
    block = node.effective(first)
    if isinstance(block, Composite):
        return _composite(node, block, x, first, root)
    return _layer(node, cast(Layer, block), x)


def _layer(node: Node, block: Layer, x: Shape | None) -> Report:
    if x is None:
        return Report(node, block, x, None)
    try:
        y = block.output(x)
    except Fault as fault:
        return Report(node, block, x, fault.assume, fault=fault, faults=1)
    return Report(node, block, x, y, block.parameters(x), block.macs(x, y), count(y))


def _composite(node: Node, block: Composite, x: Shape | None, first: bool, root: bool) -> Report:
    times = block.repetitions()
    rounds: list[Round] = []
    params = macs = values = faults = 0
    fault: Fault | None = None
    entering, done = x, 0
    while done < times:
        is_first = done == 0 if block.repeats else first
        stacks = tuple(_stack(stack, entering, is_first) for stack in node.stacks)
        output, own_fault, own_values = _merge(block, entering, stacks)
        fault = fault or own_fault
        # Equal rounds follow each other once the shape has settled, so one stands for all the rest.
        settled = output == entering and not is_first
        rest = times - done if settled or output is None else 1
        values += rest * own_values
        for inside in stacks:
            params += rest * inside.params
            macs += rest * inside.macs
            values += rest * inside.values
            faults += inside.faults
        rounds.append(Round(stacks, output, rest, is_first))
        entering, done = output, done + rest
    if block.root_only and not root:
        fault = Fault("can stand in the network's own stack only", assume=x, ideas=(Remove(),))
    if fault is not None:
        faults += 1
        entering = entering if entering is not None else fault.assume
    return Report(node, block, x, entering, params, macs, values, fault, faults, tuple(rounds))


@lru_cache(maxsize=_CACHE_SIZE)
def _reach(report: Report) -> Reach | None:
    block, x = report.block, report.input
    if isinstance(block, Layer):
        return block.reach(x) if x is not None and report.fault is None else POINT
    reach: Reach | None = POINT
    for part in report.rounds:
        inner = cast(Composite, block).merged_reach([s.reach for s in part.stacks]) if part.stacks else POINT
        reach = then(reach, repeated(inner, part.times))
    return reach


def _merge(
    block: Composite, x: Shape | None, stacks: tuple[StackReport, ...]
) -> tuple[Shape | None, Fault | None, int]:
    """What leaves one repetition, what is wrong with the merge, and how many values the merge keeps."""
    outputs = [stack.output for stack in stacks]
    if x is None or any(output is None for output in outputs):
        return None, None, 0
    known = cast(list[Shape], outputs)
    try:
        return block.combine(x, known), None, block.merged_values(x, known)
    except Fault as fault:
        return fault.assume, fault, 0


def _collect(stack: StackReport, found: dict[str, Problem]) -> None:
    """The problems in reading order; what goes wrong in several repetitions is told once."""
    for report in stack.reports:
        if report.faults == 0:
            continue
        if report.fault is not None:
            found.setdefault(report.node.id, Problem(report.node.id, report.fault))
        for part in report.rounds:
            for inner in part.stacks:
                _collect(inner, found)


def _whole(document: Document, body: StackReport) -> list[Problem]:
    """What only the whole network can get wrong: the number of classes, and Softmax before the loss."""
    heads: list[tuple[str | None, StackReport]] = [(None, body)]
    heads += [
        (report.node.id, report.rounds[0].stacks[0])
        for report in body.reports
        if isinstance(report.block, Composite) and report.block.root_only
    ]
    return [problem for owner, head in heads for problem in _end(document.classes, owner, head)]


def _end(classes: int, owner: str | None, head: StackReport) -> Iterator[Problem]:
    """What is wrong with the end of the network, or of the side head ``owner``."""
    last = head.reports[-1] if head.reports else None
    if head.output is not None and head.output != (classes,):
        where = last.node.id if last else owner
        yield Problem(where, _classes_fault(classes, owner, head.output, head))
    elif last is not None and last.block.is_softmax:
        text = "stands before the cross-entropy loss, which applies softmax itself: learning slows down"
        yield Problem(last.node.id, Fault(text, ideas=(Remove(),)), warning=True)


def _classes_fault(classes: int, owner: str | None, output: Shape, head: StackReport) -> Fault:
    last = head.reports[-1] if head.reports else None
    linear = next((r for r in reversed(head.reports) if "out_features" in type(r.block).model_fields), None)
    ideas: list[Idea] = []
    if linear is not None:
        ideas.append(Change({"out_features": classes}, "" if linear is last else linear.node.id))
    classifier = Piece("Linear", {"out_features": classes})
    ideas += (
        AppendTo(0, pieces) if owner and last is None else InsertAfter(pieces)
        for pieces in _endings(output, classes, classifier)
    )
    return Fault(WRONG_END, got=shape_text(output), classes=classes, ideas=tuple(ideas))


def _endings(output: Shape, classes: int, classifier: Piece) -> Iterator[tuple[Piece, ...]]:
    """What can stand between this shape and the loss."""
    if not is_map(output):
        yield (classifier,)
        return
    pool = Piece("GlobalAvgPool2d")
    if output[0] == classes:
        yield (pool,)
    yield (Piece("Flatten"), classifier)
    if output[0] != classes:
        yield (pool, classifier)
