"""Messages on their way out of the engine process: in batches, by a thread of their own.

Training only appends to a list, so a reader that is busy painting never makes it wait.
"""

from __future__ import annotations

import threading
from typing import BinaryIO

from cnnstudio.core.messages import Step
from cnnstudio.core.requests import Answer, Reply
from cnnstudio.core.wire import write_frame

BATCH_SECONDS = 0.02
MOST_WAITING = 200_000


class Outbox:
    """Sends tuples of :class:`Answer`; ``post`` may be called from any thread and never blocks."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: list[Answer] = []
        self._filled = threading.Event()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._send_all, name="outbox", daemon=True)
        self._thread.start()

    def post(self, ticket: int, message: Reply) -> None:
        """Puts one message into the next batch."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self._waiting = _thinned(self._waiting)
            self._waiting.append(Answer(ticket, message))
        self._filled.set()

    def close(self) -> None:
        """Sends what still waits, then ends the thread."""
        self._closed.set()
        self._filled.set()
        self._thread.join()

    def _send_all(self) -> None:
        while not (self._closed.is_set() and not self._waiting):
            self._filled.wait()
            # A moment for more to come: a thousand steps a second become fifty frames.
            self._closed.wait(BATCH_SECONDS)
            self._filled.clear()
            with self._lock:
                batch, self._waiting = tuple(self._waiting), []
            try:
                if batch:
                    write_frame(self._stream, batch)
            except (OSError, ValueError):  # nobody listens any more: the run goes on to its checkpoint
                return


def _thinned(waiting: list[Answer]) -> list[Answer]:
    """Every second step is left out when the reader has not read for minutes; nothing else ever is."""
    kept: list[Answer] = []
    for number, answer in enumerate(waiting):
        if number % 2 and isinstance(answer.message, Step):
            continue
        kept.append(answer)
    return kept
