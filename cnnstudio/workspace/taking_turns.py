"""One at a time at something on this disk, threads and processes alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnstudio.workspace.process_lock import ProcessLock

_POLL = 0.1


@contextmanager
def alone(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Waits until nobody else is within such a block; `path` is its lock, gone afterwards.

    `waiting` is called now and then meanwhile, and may raise.
    """
    lock = None
    while lock is None:
        try:
            lock = ProcessLock(path)
        except BlockingIOError:
            waiting()
            time.sleep(_POLL)
        except OSError:
            break  # a file system without locks, or a folder that cannot be written, of which we hear soon
    try:
        yield
    finally:
        if lock is not None:
            lock.remove()
