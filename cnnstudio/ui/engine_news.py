"""What the window says when the engine is ready, ends a run, fails, or dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from cnnstudio.app.session import EngineSession
from cnnstudio.core.messages import Failed, Finished, Ready
from cnnstudio.ui.notice import Level, Offer
from cnnstudio.ui.train import TrainWorkspace
from cnnstudio.ui.training_choices import TrainingChoices
from cnnstudio.ui.training_control import TrainingControl

if TYPE_CHECKING:
    from cnnstudio.ui.main_window import MainWindow


class EngineNews(QObject):
    """Hears the engine and tells the person, with an offer where something can be done about it."""

    def __init__(
        self,
        session: EngineSession,
        control: TrainingControl,
        choices: TrainingChoices,
        train: TrainWorkspace,
        window: MainWindow,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._control = control
        self._choices = choices
        self._train = train
        self._window = window
        self.closing = False
        """Whether the person has asked for the end: nothing is offered any more."""
        session.messages.connect(self._on_messages)
        session.answered.connect(self._on_answer)
        session.engineDied.connect(self._on_engine_died)

    @Slot(object)
    def _on_messages(self, messages: tuple[object, ...]) -> None:
        self._train.hear(messages)
        for message in messages:
            if isinstance(message, Failed):
                self._window.tell_error(message.sentence, message.detail)
            elif isinstance(message, Finished) and message.stopped and message.run and not self.closing:
                self._tell_stop(message.run)

    def _tell_stop(self, run: str) -> None:
        """The Train workspace says it, and offers it, by itself."""
        if not self._train.isVisible():
            self._offer_to_go_on(self.tr("Stopped; what was learnt so far is saved."), run)

    @Slot(int, object)
    def _on_answer(self, ticket: int, message: object) -> None:
        status = self._window.status
        if isinstance(message, Ready):
            self._choices.show_devices(message.devices)
            status.show_engine(self.tr("Engine ready"), f"torch {message.torch}")
        elif isinstance(message, Failed) and ticket == 0:
            status.show_engine(self.tr("No engine"))
            self._window.tell_error(message.sentence, message.detail)

    @Slot(str, str)
    def _on_engine_died(self, sentence: str, detail: str) -> None:
        self._window.status.show_engine(self.tr("Engine stopped"))
        if self._session.state == "failed" and self._train.run:
            self._offer_to_go_on(sentence, self._train.run, "error")
        else:
            self._window.tell_error(sentence, detail)

    def _offer_to_go_on(self, text: str, run: str, level: Level = "info") -> None:
        offer = Offer("resumeButton", self.tr("Go on with this run"), lambda: self._control.resume(run))
        self._window.notice.say(text, level, (offer,))
