"""What happens to an exception that nobody caught: the person is told, and the app goes on."""

import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QObject, Signal

_Hook = object


class ErrorReporter(QObject):
    """Takes the place of :data:`sys.excepthook` while it is installed, for the threads as well."""

    happened = Signal(str, str)
    """A sentence for the person and the traceback for a report, always in the main thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = sys.excepthook
        self._thread_before = threading.excepthook
        self._installed = False

    def install(self) -> None:
        """Hears of every uncaught exception from now on."""
        if not self._installed:
            self._installed = True
            self._before, sys.excepthook = sys.excepthook, self._hook
            self._thread_before, threading.excepthook = threading.excepthook, self._thread_hook

    def remove(self) -> None:
        """Puts back what was there before."""
        if self._installed:
            self._installed = False
            sys.excepthook = self._before
            threading.excepthook = self._thread_before

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        detail = "".join(traceback.format_exception(kind, error, trace))
        print(detail, file=sys.stderr, end="")
        self.happened.emit(_sentence(error), detail)

    def _thread_hook(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None and caught.exc_type is not SystemExit:
            self._hook(caught.exc_type, caught.exc_value, caught.exc_traceback)


def _sentence(error: BaseException) -> str:
    text = QCoreApplication.translate(
        "ErrorReporter",
        "Something went wrong that CNN Studio did not expect: {kind}: {what}. Your work is still here.",
    )
    first_line = (str(error).strip().splitlines() or ["?"])[0].rstrip(".")
    return text.format(kind=type(error).__name__, what=first_line[:200])
