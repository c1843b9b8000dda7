"""Ctrl+C: the first one asks for an end, the second one ends the program at once, whatever it computes."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_CODE = 130

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP: the terminal is closed


@contextmanager
def interruptible(first: Callable[[], None], second: Callable[[], None]) -> Iterator[None]:
    """Calls ``first`` at the first signal, and ``second`` right before the program ends at the next one.

    Both are called in a thread of their own: Python tells its main thread of a signal only between two of
    its own instructions, and a single step of a large network takes seconds.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    watcher = threading.Thread(target=_watch, args=(ours, first, second), name="interrupts", daemon=True)
    watcher.start()
    handlers = {}
    for name in _SIGNALS:
        if (number := getattr(signal, name, None)) is not None:
            handlers[number] = signal.signal(number, _heard)
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        theirs.close()
        watcher.join()
        ours.close()


def _heard(number: int, frame: FrameType | None) -> None:
    """Nothing: the watcher has been told. But without a handler the signal would end the program."""


def _watch(source: socket.socket, first: Callable[[], None], second: Callable[[], None]) -> None:
    asked = False
    # A byte a signal; none when the other end is closed.
    while source.recv(1):
        if asked:
            try:
                second()
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(EXIT_CODE)
        asked = True
        first()
