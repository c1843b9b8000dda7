"""Long work of the main thread in steps so small that the window goes on between them.

The work is a generator. It yields how much is done (0 to 1), or :class:`Elsewhere` for what another thread
can do meanwhile; what that returns or raises comes back from the ``yield``.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.app.background import BackgroundCall

T = TypeVar("T")
SLICE_SECONDS = 0.008
"""So long the window waits for a few steps; one step should take less."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A call for another thread; it touches no Qt object but those that it is given alone."""

    call: Callable[[], object]


Steps = Generator[float | Elsewhere, object, T]


def at_once(steps: Steps[T]) -> T:
    """All steps in a row, for who can wait."""
    answer: object = None
    error: Exception | None = None
    while True:
        try:
            step = steps.throw(error) if error is not None else steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = error = None
        if isinstance(step, Elsewhere):
            try:
                answer = step.call()
            except Exception as raised:
                error = raised


class StepRunner(QObject):
    """Takes the steps of one work between the events of the window."""

    progressed = Signal(float)
    finished = Signal(object)
    """Carries what the work returned."""
    failed = Signal(object)
    """Carries the exception."""
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Steps[object] | None = None
        self._call: BackgroundCall | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._take_slice)

    @property
    def busy(self) -> bool:
        """Whether something is under way, an abandoned call in the other thread included."""
        return self._steps is not None or self._call is not None

    def start(self, steps: Steps[object]) -> None:
        """Begins at once; there must be nothing under way."""
        assert not self.busy
        self._steps = steps
        self._timer.start()
        self._take_slice()

    def cancel(self) -> None:
        """Gives the work up; a call in the other thread comes to its end unheard."""
        if self._steps is not None:
            self._end().close()
            self.cancelled.emit()

    def shutdown(self) -> None:
        """Gives up and waits for the other thread."""
        self.cancel()
        if self._call is not None:
            self._call.wait()
            self._call = None

    @Slot()
    def _take_slice(self) -> None:
        until = time.perf_counter() + SLICE_SECONDS
        while self._steps is not None and self._call is None and time.perf_counter() < until:
            self._take(None, None)

    def _take(self, answer: object, error: BaseException | None) -> None:
        steps = self._steps
        if steps is None:
            return
        try:
            step = steps.throw(error) if error is not None else steps.send(answer)
        except StopIteration as end:
            self._end()
            self.finished.emit(end.value)
        except Exception as raised:
            self._end()
            self.failed.emit(raised)
        else:
            if isinstance(step, Elsewhere):
                self._hand_over(step)
            else:
                self.progressed.emit(step)

    def _hand_over(self, step: Elsewhere) -> None:
        self._timer.stop()
        self._call = BackgroundCall(step.call)
        self._call.finished.connect(self._on_answer)
        self._call.begin()

    @Slot()
    def _on_answer(self) -> None:
        call, self._call = self._call, None
        if call is None:
            return
        if self._steps is not None:
            self._timer.start()
            self._take(call.answer, call.error)

    def _end(self) -> Steps[object]:
        steps, self._steps = self._steps, None
        assert steps is not None
        self._timer.stop()
        return steps
