"""One function in a thread of its own, for what would hold the window up."""

import atexit
from collections.abc import Callable

from PySide6.QtCore import QThread, Slot

_STACK_BYTES = 16 << 20  # macOS gives a secondary thread 512 KB
_running: set["BackgroundCall"] = set()
"""Qt ends the process when the object of a running thread goes, and who started it may go first."""


class BackgroundCall(QThread):
    """Calls a function that touches no Qt object of the main thread.

    Connect ``finished``, which comes in the main thread, and ask for what came.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        super().__init__()
        self.setStackSize(_STACK_BYTES)
        self._call = call
        self.answer: object = None
        self.error: BaseException | None = None
        self.finished.connect(self._leave)

    def begin(self) -> None:
        """Starts the thread."""
        _running.add(self)
        self.start()

    def run(self) -> None:
        """What the thread does."""
        try:
            self.answer = self._call()
        except BaseException as error:  # it is raised where the answer is wanted
            self.error = error

    @Slot()
    def _leave(self) -> None:
        self.wait()  # it has said its last word, but may not have left
        _running.discard(self)


@atexit.register
def _wait_for_all() -> None:
    for call in tuple(_running):
        call.wait()
