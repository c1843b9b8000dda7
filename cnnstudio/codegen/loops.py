"""Neighbours that a careful person would write as a loop."""

from collections.abc import Sequence
from dataclasses import replace

from cnnstudio.codegen.expression import Construct, Copies, Expression, Symbol

_FEWEST = 4  # fewer modules than this are listed


def merged(parts: Sequence[tuple[Construct, int]]) -> list[tuple[Construct, int]]:
    """Neighbours that are constructed alike as one, so that the loop counts them all."""
    found: list[tuple[Construct, int]] = []
    for construct, times in parts:
        if found and found[-1][0] == construct and found[-1][0].origin == construct.origin:
            found[-1] = (construct, found[-1][1] + times)
        else:
            found.append((construct, times))
    return found


def progressions(items: Sequence[Expression]) -> list[Expression]:
    """Modules whose numbers grow evenly as a loop: ``*(DenseLayer(64 + 32 * i) for i in range(6))``."""
    found: list[Expression] = []
    start = 0
    while start < len(items):
        steps, stop = _run(items, start)
        first = items[start]
        if stop - start >= _FEWEST and isinstance(first, Construct):
            args = tuple(_grown(value, step) for value, step in zip(first.args, steps, strict=True))
            found.append(Copies(replace(first, args=args, comment=""), stop - start, "i"))
            start = stop
        else:
            found.append(first)
            start += 1
    return found


def _run(items: Sequence[Expression], start: int) -> tuple[tuple[int, ...], int]:
    """How each argument grows from ``start`` on, and where that ends."""
    steps: tuple[int, ...] | None = None
    stop = start + 1
    while stop < len(items):
        found = _steps(items[stop - 1], items[stop])
        if found is None or not any(found) or (steps is not None and found != steps):
            break
        steps, stop = found, stop + 1
    return steps or (), stop


def _steps(one: Expression, other: Expression) -> tuple[int, ...] | None:
    """How the positional arguments differ, if nothing but whole numbers does."""
    if not (isinstance(one, Construct) and isinstance(other, Construct)):
        return None
    if (one.target, one.kwargs, one.origin) != (other.target, other.kwargs, other.origin):
        return None
    if len(one.args) != len(other.args):
        return None
    steps = [_step(a, b) for a, b in zip(one.args, other.args, strict=True)]
    return None if None in steps else tuple(step for step in steps if step is not None)


def _step(one: Expression, other: Expression) -> int | None:
    if type(one) is int and type(other) is int:
        return other - one
    return 0 if one == other else None


def _grown(value: Expression, step: int) -> Expression:
    if not step or not isinstance(value, int):
        return value
    return Symbol(f"{value} {'+' if step > 0 else '-'} {abs(step)} * i")
