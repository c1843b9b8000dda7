"""``cnnstudio shapes``: what flows where, what it costs, what is wrong."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from cnnstudio.cli.model import load_model
from cnnstudio.cli.table import print_json, print_table
from cnnstudio.codegen import CannotGenerate, generate
from cnnstudio.core.document import locations
from cnnstudio.core.infer import Inference, Problem, Report, StackReport, infer
from cnnstudio.core.quantity import grouped
from cnnstudio.core.shape import Shape, shape_text


@dataclass(frozen=True, slots=True)
class Row:
    """One block in one repetition. ``params`` and ``macs`` are of one of ``times`` equal occurrences, and of
    a composite they include what is inside: summed over the others, times ``times``, they give the totals.
    """

    id: str
    path: str
    module: str | None
    block: str
    input: Shape | None
    output: Shape | None
    params: int
    macs: int
    problem: str | None
    depth: int
    composite: bool
    times: int

    def values(self) -> dict[str, object]:
        """As JSON."""
        values = asdict(self)
        return {
            "id": values.pop("id"),
            "path": values.pop("path"),
            "block": values.pop("block"),
            "in": _listed(values.pop("input")),
            "out": _listed(values.pop("output")),
            **values,
        }


def shapes(options: Namespace) -> int:
    """Prints every block's shapes and costs; exit code 1 where something is wrong."""
    inference = infer(load_model(options.model))
    rows = list(block_rows(inference))
    if options.json:
        print_json(
            {
                "blocks": [row.values() for row in rows],
                "totals": {"params": inference.params, "macs": inference.macs},
                "problems": [_problem_values(inference, problem) for problem in inference.problems],
            }
        )
    else:
        _print(inference, rows)
    return 0 if inference.trainable else 1


def block_rows(inference: Inference) -> Iterator[Row]:
    """The rows in reading order; equal repetitions are one row."""
    return _Rows(inference).stack(inference.body, depth=0, times=1, near=1)


class _Rows:
    """Walks the reports; counts which occurrence of a block comes next, for its module."""

    def __init__(self, inference: Inference) -> None:
        self._places = locations(inference.document)
        self._problems = {problem.node: str(problem.fault) for problem in inference.problems}
        self._modules = _modules(inference)
        self._seen: Counter[str] = Counter()

    def stack(self, stack: StackReport, depth: int, times: int, near: int) -> Iterator[Row]:
        """``times`` are all occurrences, ``near`` those in one repetition of what lies further out."""
        for report in stack.reports:
            yield self._row(report, depth, times)
            self._seen[report.node.id] += near
            for part in report.rounds:
                # A repeated block inside a repeated block: its own rounds follow each other first.
                inner = part.times if report.block.repetitions() > 1 else near  # type: ignore[attr-defined]
                for branch in part.stacks:
                    yield from self.stack(branch, depth + 1, times * part.times, inner)

    def _row(self, report: Report, depth: int, times: int) -> Row:
        node = report.node
        modules, number = self._modules.get(node.id, ()), self._seen[node.id]
        return Row(
            id=node.id,
            path=self._places[node.id],
            module=modules[number] if number < len(modules) else None,
            block=type(report.block).__name__,
            input=report.input,
            output=report.output,
            params=report.params,
            macs=report.macs,
            problem=self._problems.get(node.id),
            depth=depth,
            composite=bool(node.stacks),
            times=times,
        )


def _modules(inference: Inference) -> Mapping[str, tuple[str, ...]]:
    try:
        return generate(inference.document).paths
    except CannotGenerate:
        return {}


def _problem_values(inference: Inference, problem: Problem) -> dict[str, object]:
    return {
        "id": problem.node,
        "path": locations(inference.document).get(problem.node or ""),
        "problem": str(problem.fault),
        "warning": problem.warning,
    }


def _listed(shape: Shape | None) -> list[int] | None:
    return None if shape is None else list(shape)


def _print(inference: Inference, rows: list[Row]) -> None:
    document = inference.document
    print(f"{document.name}, input {shape_text(document.input.shape)}\n")
    head = ("block", "path", "in", "out", "params", "MACs")
    print_table(head, [_cells(row) for row in rows], right=frozenset({2, 3, 4, 5}))
    print(f"\n{grouped(inference.params)} parameters, {grouped(inference.macs)} MACs an image")
    for problem in inference.problems:
        place = locations(document).get(problem.node or "", "the network")
        print(f"{'Warning' if problem.warning else 'Problem'}: {place} {problem.fault}.")


def _cells(row: Row) -> tuple[str, ...]:
    mark = " !" if row.problem else ""
    times = f" ×{row.times}" if row.times > 1 else ""
    name = f"{'  ' * row.depth}{row.block}{times}{mark}"
    costs = (grouped(row.params), grouped(row.macs)) if row.output is not None else ("?", "?")
    return (name, row.path, shape_text(row.input), shape_text(row.output), *costs)
