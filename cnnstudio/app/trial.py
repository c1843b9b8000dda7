"""A request beside the training whose answer somebody waits for, and which can be called off."""

from PySide6.QtCore import QObject, Signal

from cnnstudio.app.session import EngineSession
from cnnstudio.core.messages import Cancelled, Failed, Preparing, RateCurve
from cnnstudio.core.requests import CallOff, Request


class Trial(QObject):
    """One request at a time; a new one takes the place of the last, whose answer nobody hears any more."""

    told = Signal(object)
    """An answer, or a part of one (:class:`RateCurve`)."""
    preparing = Signal(object)
    failed = Signal(str)
    """A sentence for the person."""

    def __init__(self, session: EngineSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ticket = 0
        session.answered.connect(self._hear)
        session.engineDied.connect(self._on_death)

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self._ticket != 0

    def ask(self, request: Request) -> None:
        """Asks the engine."""
        self.call_off()
        self._ticket = self._session.ask(request)

    def call_off(self) -> None:
        """Forgets the request; the engine is told to stop with it."""
        if self._ticket:
            self._session.ask(CallOff(self._ticket))
            self._ticket = 0

    def _hear(self, ticket: int, message: object) -> None:
        if not self._ticket or ticket != self._ticket:
            return
        match message:
            case Preparing():
                self.preparing.emit(message)
            case Cancelled():
                self._ticket = 0
            case Failed(sentence=sentence):
                self._ticket = 0
                self.failed.emit(sentence)
            case _:
                if not (isinstance(message, RateCurve) and not message.done):
                    self._ticket = 0
                self.told.emit(message)

    def _on_death(self, sentence: str) -> None:
        if self._ticket:
            self._ticket = 0
            self.failed.emit(sentence)
