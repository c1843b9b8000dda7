"""Who runs a network that several threads look at: one at a time, and who looks at one picture goes first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A plain lock would let a search over the test set, which gives it back and takes it at once, go on and
    on while a person waits for one prediction.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_taken = False
        self._pressing = 0

    @contextmanager
    def turn(self, *, patient: bool = False) -> Iterator[None]:
        """Nobody else has one meanwhile; ``patient``: after all that are not."""
        with self._changed:
            self._pressing += not patient
            try:
                while self._is_taken or (patient and self._pressing):
                    self._changed.wait()
            finally:
                self._pressing -= not patient
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()
