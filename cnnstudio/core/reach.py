"""Receptive fields: which input pixels one output pixel can see.

Arithmetic after Araujo, Norris and Sim, 'Computing Receptive Fields of Convolutional Neural Networks',
Distill 2019.
"""

from typing import NamedTuple

Plane = tuple[int, int]


class Reach(NamedTuple):
    """The window of one output pixel, in pixels of some earlier map, as (height, width).

    ``size`` is the window, ``jump`` how far it moves from one output pixel to the next, ``start`` where the
    first window begins (negative inside padding).
    """

    size: Plane = (1, 1)
    jump: Plane = (1, 1)
    start: Plane = (0, 0)


POINT = Reach()
WHOLE = None  # every output sees the whole input


def then(first: Reach | None, second: Reach | None) -> Reach | None:
    """The reach of two blocks one behind the other."""
    if first is None or second is None:
        return WHOLE
    if second is POINT:
        return first
    if first is POINT:
        return second
    (h1, w1), (jh1, jw1), (sh1, sw1) = first.size, first.jump, first.start
    (h2, w2), (jh2, jw2), (sh2, sw2) = second.size, second.jump, second.start
    return Reach(
        (h1 + (h2 - 1) * jh1, w1 + (w2 - 1) * jw1),
        (jh1 * jh2, jw1 * jw2),
        (sh1 + sh2 * jh1, sw1 + sw2 * jw1),
    )


def repeated(reach: Reach | None, times: int) -> Reach | None:
    """The reach of the same block so many times one behind the other, by squaring."""
    total: Reach | None = POINT
    while times and reach is not WHOLE:
        if times % 2:
            total = then(total, reach)
        reach, times = then(reach, reach), times // 2
    return WHOLE if times else total


def beside(first: Reach | None, second: Reach | None) -> Reach | None:
    """The reach of two branches that are merged: the smallest window that holds both."""
    if first is None or second is None:
        return WHOLE
    if first == second:
        return first
    starts = tuple(map(min, first.start, second.start))
    ends = tuple(max(s + k, t + m) for s, k, t, m in zip(first.start, first.size, second.start, second.size))
    jumps = tuple(map(max, first.jump, second.jump))
    sizes = tuple(end - start for start, end in zip(starts, ends))
    return Reach(_plane(sizes), _plane(jumps), _plane(starts))


def _plane(values: tuple[int, ...]) -> Plane:
    height, width = values
    return height, width
