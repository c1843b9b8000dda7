"""What the engine said and the window has not heard yet: filled in one thread, emptied in another."""

import threading


class Inbox:
    """A list behind a lock. Both sides hold the lock for as long as a list takes to swap."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[object] = []

    def put(self, messages: list[object]) -> bool:
        """Adds messages; True where the box was empty, so that somebody has to be woken."""
        with self._lock:
            was_empty = not self._messages
            self._messages.extend(messages)
        return was_empty and bool(messages)

    def take(self) -> list[object]:
        """Everything so far, in order; the box is empty afterwards."""
        with self._lock:
            messages, self._messages = self._messages, []
        return messages
