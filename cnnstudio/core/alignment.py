"""The cheapest way to pair two sequences, in order, leaving out what has no counterpart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import TypeVar

T = TypeVar("T")
Pairs = list[tuple[int | None, int | None]]


def align(
    left: Sequence[T],
    right: Sequence[T],
    *,
    same: Callable[[T, T], bool],
    weight: Callable[[T], float],
    cost: Callable[[T, T], float | None],
    by_place: bool = False,
) -> Pairs:
    """Indices into both sequences, each index once and in order; None where one has no counterpart.

    Args:
        left: one sequence.
        right: the other one.
        same: whether two items are equal; such a pair costs nothing.
        weight: what an item without counterpart costs.
        cost: what a pair costs; None where two items cannot be a pair.
        by_place: pairs what stands at the same place instead, which takes no time.

    What stands without counterpart on the left comes before what does on the right.
    """
    head = _common(left, right, same)
    tail = _common(left[head:][::-1], right[head:][::-1], same)
    inner_left, inner_right = left[head : len(left) - tail], right[head : len(right) - tail]
    middle = _by_place if by_place else _cheapest
    found: Pairs = [(index, index) for index in range(head)]
    for i, j in middle(inner_left, inner_right, weight, cost):
        found.append((None if i is None else i + head, None if j is None else j + head))
    found += [(len(left) - tail + index, len(right) - tail + index) for index in range(tail)]
    return found


def _common(left: Sequence[T], right: Sequence[T], same: Callable[[T, T], bool]) -> int:
    """How many items both begin with."""
    count = 0
    for a, b in zip(left, right):
        if not same(a, b):
            break
        count += 1
    return count


def _by_place(
    left: Sequence[T],
    right: Sequence[T],
    weight: Callable[[T], float],
    cost: Callable[[T, T], float | None],
) -> Pairs:
    found: Pairs = []
    for index in range(max(len(left), len(right))):
        i = index if index < len(left) else None
        j = index if index < len(right) else None
        if i is not None and j is not None and cost(left[i], right[j]) is None:
            found += [(i, None), (None, j)]
        else:
            found.append((i, j))
    return found


def _cheapest(
    left: Sequence[T],
    right: Sequence[T],
    weight: Callable[[T], float],
    cost: Callable[[T, T], float | None],
) -> Pairs:
    """Needleman and Wunsch's table: the least cost of every pair of beginnings, then the way back."""
    if not left or not right:
        return [(i, None) for i in range(len(left))] + [(None, j) for j in range(len(right))]
    gone = [weight(item) for item in left]
    came = [weight(item) for item in right]
    pairs = [[_number(cost(a, b)) for b in right] for a in left]
    table = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for j, size in enumerate(came):
        table[0][j + 1] = table[0][j] + size
    for i, row in enumerate(pairs):
        above, here = table[i], table[i + 1]
        here[0] = above[0] + gone[i]
        for j, price in enumerate(row):
            here[j + 1] = min(above[j] + price, above[j + 1] + gone[i], here[j] + came[j])
    return _way_back(table, pairs, gone, came)


def _way_back(
    table: list[list[float]], pairs: list[list[float]], gone: list[float], came: list[float]
) -> Pairs:
    found: Pairs = []
    i, j = len(gone), len(came)
    while i or j:
        total = table[i][j]
        # From the end: what came is met before what went, and so stands behind it.
        if j and total == table[i][j - 1] + came[j - 1]:
            j -= 1
            found.append((None, j))
        elif i and total == table[i - 1][j] + gone[i - 1]:
            i -= 1
            found.append((i, None))
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


def _number(price: float | None) -> float:
    return inf if price is None else price
