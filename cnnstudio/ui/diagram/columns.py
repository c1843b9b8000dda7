"""How a tall stack of blocks is broken into columns of about one height. No Qt."""

from collections.abc import Sequence

Span = tuple[int, int]
"""The first element of a column, and the one behind its last."""


def columns_of(heights: Sequence[float], gap: float, count: int) -> tuple[Span, ...]:
    """Breaks a stack into at most ``count`` columns, in order, so that the tallest is as low as can be.

    ``heights`` are positive; ``gap`` stands between two elements of a column.
    """
    if not heights:
        return ()
    low, high = max(heights), sum(heights) + gap * (len(heights) - 1)
    best = _filled(heights, gap, high)
    # Halving the doubt thirty times is finer than a pixel for any network.
    for _ in range(30):
        middle = (low + high) / 2
        spans = _filled(heights, gap, middle)
        if len(spans) <= count:
            high, best = middle, spans
        else:
            low = middle
    spans = _filled(heights, gap, low)
    return spans if len(spans) <= count else best


def column_height(heights: Sequence[float], gap: float, span: Span) -> float:
    """From the top of a column to its bottom."""
    first, last = span
    return sum(heights[first:last]) + gap * (last - first - 1)


def _filled(heights: Sequence[float], gap: float, most: float) -> tuple[Span, ...]:
    """Columns of at most this height, each as full as it can be."""
    spans: list[Span] = []
    first, used = 0, heights[0]
    for number, height in enumerate(heights[1:], start=1):
        # A rounding error must not begin a column.
        if used + gap + height > most + 1e-6:
            spans.append((first, number))
            first, used = number, height
        else:
            used += gap + height
    return (*spans, (first, len(heights)))
