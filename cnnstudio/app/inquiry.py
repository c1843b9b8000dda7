"""One question to the engine at a time: a new one calls the last one off, and late answers are not heard."""

from PySide6.QtCore import QObject, Signal

from cnnstudio.app.session import EngineSession
from cnnstudio.core import looks
from cnnstudio.core.messages import (
    AugmentedBatch,
    Cancelled,
    DataCard,
    Downloaded,
    Failed,
    Forecast,
    RateCurve,
)
from cnnstudio.core.requests import CallOff, Request

_ENDS = (
    AugmentedBatch,
    Cancelled,
    DataCard,
    Downloaded,
    Failed,
    Forecast,
    looks.Prediction,
    looks.Done,
    looks.KernelsOf,
    looks.KernelsThroughTime,
    looks.Judged,
    looks.Images,
    looks.Shifted,
)


class Inquiry(QObject):
    """Asks on behalf of one widget."""

    told = Signal(object)
    """A message about the present question: progress, or what ends it."""

    def __init__(self, session: EngineSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ticket = 0
        self._next: Request | None = None
        session.answered.connect(self._hear)
        session.engineDied.connect(self._engine_died)

    @property
    def waiting(self) -> bool:
        """Whether a question is open."""
        return self._ticket != 0

    def ask(self, request: Request) -> None:
        """Asks; what was asked before is called off."""
        self.call_off()
        self._ticket = self._session.ask(request)

    def ask_next(self, request: Request) -> None:
        """Asks once the present question is answered; of several that wait only the last is asked.

        For what changes faster than it is answered: a drawing, the weights of a training.
        """
        if self.waiting:
            self._next = request
        else:
            self.ask(request)

    def call_off(self) -> None:
        """Takes the question back; nothing more is told about it."""
        self._next = None
        if self._ticket:
            self._session.ask(CallOff(self._ticket))
            self._ticket = 0

    def _hear(self, ticket: int, message: object) -> None:
        if ticket != self._ticket or not ticket:
            return
        if isinstance(message, _ENDS) or _is_last(message):
            self._ticket = 0
        self.told.emit(message)
        if not self._ticket and self._next is not None:
            request, self._next = self._next, None
            self.ask(request)

    def _engine_died(self, sentence: str) -> None:
        if self._ticket:
            self._ticket, self._next = 0, None
            self.told.emit(Failed(sentence))


def _is_last(message: object) -> bool:
    """Of answers that come again and again."""
    if isinstance(message, RateCurve):
        return message.done
    return isinstance(message, looks.HeatMap) and message.share >= 1
