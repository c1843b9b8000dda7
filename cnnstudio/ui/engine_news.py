"""What the window says when the engine is ready, ends a run, fails, or dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from cnnstudio.app.session import EngineSession
from cnnstudio.core.messages import Failed, Finished, Ready
from cnnstudio.ui.notice import Offer
from cnnstudio.ui.train import TrainWorkspace
from cnnstudio.ui.train.outcome_row import outcome, resumable_epoch
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
        train.seen.connect(self._on_train_seen)
        train.card.outcome.detailsAsked.connect(window.show_details)
        self._said_elsewhere = ""
        """About a run that is over, since another workspace than Train was shown."""

    @Slot(object)
    def _on_messages(self, messages: tuple[object, ...]) -> None:
        self._train.hear(messages)
        for message in messages:
            if isinstance(message, Failed):
                self._tell_failure(message)
            elif isinstance(message, Finished) and message.stopped and message.run and not self.closing:
                self._tell_stop(message.run)

    def _tell_stop(self, run: str) -> None:
        """The Train workspace says it, and offers it, by itself."""
        if not self._train.isVisible():
            self._said_elsewhere = self.tr("Stopped; what was learnt so far is saved.")
            self._window.notice.say(self._said_elsewhere, offers=(self._going_on(run),))

    def _tell_failure(self, failed: Failed) -> None:
        """In one place: on the card of the run where that is to be seen, else in the notice."""
        if self._train.isVisible():
            return
        history = self._train.history
        self._said_elsewhere = outcome(history, "failed") if history.failed is failed else failed.sentence
        offers = [Offer("showTrainingButton", self.tr("Show the training"), self._show_training)]
        if self._train.run and resumable_epoch(history, "failed") is not None:
            offers.insert(0, self._going_on(self._train.run))
        self._window.tell_error(self._said_elsewhere, failed.detail, tuple(offers))

    @Slot(bool)
    def _on_train_seen(self, seen: bool) -> None:
        if seen:
            self._window.notice.withdraw(self._said_elsewhere)

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
        if self._session.state == "failed" and self._train.history.failed is None:
            failed = Failed(sentence, detail)
            self._train.hear((failed,))
            self._tell_failure(failed)
        else:
            self._window.tell_error(sentence, detail)

    def _going_on(self, run: str) -> Offer:
        return Offer("resumeButton", self.tr("Go on with this run"), lambda: self._control.resume(run))

    def _show_training(self) -> None:
        self._window.show_workspace("train")
