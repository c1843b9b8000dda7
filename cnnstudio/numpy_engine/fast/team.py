"""Several threads: NumPy computes without Python's lock, and so side by side.

One thread a share with single-threaded matrix products beats one after the other with products that use
several threads: pooling and activations are shared out too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Team:
    """So many threads, the one that asks among them."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._others = ThreadPoolExecutor(max(1, threads - 1), thread_name_prefix="numpy share")

    def each(self, work: Callable[[Piece], Result], pieces: Sequence[Piece]) -> list[Result]:
        """What the work makes of each piece, at most one a thread; the first is done by this one."""
        first, *rest = pieces
        if not rest:
            return [work(first)]
        with _products().limit(limits=1, user_api="blas"):
            others = [self._others.submit(work, piece) for piece in rest]
            try:
                return [work(first), *(future.result() for future in others)]
            except BaseException:
                wait(others)  # whoever handles it finds nobody at work, and no memory taken
                raise


@cache
def _products() -> ThreadpoolController:
    """NumPy's matrix products: they would take the cores that the other threads are on."""
    return ThreadpoolController()
