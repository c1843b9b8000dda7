"""Who else works in this process: what a system tells of a process's memory is then not of one training."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_count = {"present": 0, "come": 0}


@contextmanager
def standing_by() -> Iterator[None]:
    """Around what is read or looked at beside a training."""
    with _lock:
        _count["present"] += 1
        _count["come"] += 1
    try:
        yield
    finally:
        with _lock:
            _count["present"] -= 1


class Solitude:
    """From here on: did anybody else work in this process?"""

    def __init__(self) -> None:
        with _lock:
            self._lonely, self._come = not _count["present"], _count["come"]

    def kept(self) -> bool:
        """Nobody did."""
        with _lock:
            return self._lonely and _count["come"] == self._come
