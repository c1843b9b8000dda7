"""Aligned columns for the console, and JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isfinite


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()
) -> None:
    """Prints rows under a head; the columns whose numbers are in ``right`` are flushed right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    rule = ["─" * width for width in widths]
    for row in (head, rule, *rows):
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        print("  ".join(cells).rstrip())


def print_json(value: object) -> None:
    """Prints one JSON value; a number that is not finite is ``null``, as JSON has no NaN."""
    print(json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False))


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return value
