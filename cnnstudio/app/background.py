"""One function in a thread of its own, for what would hold the window up."""

from collections.abc import Callable

from PySide6.QtCore import QThread

_STACK_BYTES = 16 << 20  # macOS gives a secondary thread 512 KB


class BackgroundCall(QThread):
    """Calls a function that touches no Qt object of the main thread.

    Connect ``finished``, which comes in the main thread, keep the object until then, and ask it what came.
    """

    def __init__(self, call: Callable[[], object]) -> None:
        super().__init__()
        self.setStackSize(_STACK_BYTES)
        self._call = call
        self.answer: object = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """What the thread does."""
        try:
            self.answer = self._call()
        except BaseException as error:  # it is raised where the answer is wanted
            self.error = error
