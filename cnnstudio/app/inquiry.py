"""One question to the engine at a time: a new one calls the last one off, and late answers are not heard."""

from PySide6.QtCore import QObject, Signal

from cnnstudio.app.session import EngineSession
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

_ENDS = (AugmentedBatch, Cancelled, DataCard, Downloaded, Failed, Forecast)


class Inquiry(QObject):
    """Asks on behalf of one widget."""

    told = Signal(object)
    """A message about the present question: progress, or what ends it."""

    def __init__(self, session: EngineSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ticket = 0
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

    def call_off(self) -> None:
        """Takes the question back; nothing more is told about it."""
        if self._ticket:
            self._session.ask(CallOff(self._ticket))
            self._ticket = 0

    def _hear(self, ticket: int, message: object) -> None:
        if ticket != self._ticket or not ticket:
            return
        if isinstance(message, _ENDS) or (isinstance(message, RateCurve) and message.done):
            self._ticket = 0
        self.told.emit(message)

    def _engine_died(self, sentence: str) -> None:
        if self._ticket:
            self._ticket = 0
            self.told.emit(Failed(sentence))
