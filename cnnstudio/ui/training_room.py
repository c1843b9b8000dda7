"""Who hears whom around a training: the Train workspace, the engine's session, the document."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from cnnstudio.app.run_reading import ReadRun, RunReading, Usage
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.app.training_edits import with_setting
from cnnstudio.core.messages import Finished
from cnnstudio.core.requests import Job
from cnnstudio.ui.actions import Actions
from cnnstudio.ui.header import Header
from cnnstudio.ui.train import TrainWorkspace
from cnnstudio.ui.train.forecasting import Forecasting
from cnnstudio.ui.train.last_run_row import LastRun
from cnnstudio.ui.training_control import TrainingControl
from cnnstudio.workspace.runs.listing import RunRow

_LOOK_AFTER_MS = 700
"""The last run is looked for when the window has been painted and the engine is on its way."""


class TrainingRoom(QObject):
    """Turns what a person does in the Train workspace into requests, and answers into what it shows."""

    def __init__(
        self,
        store: DocumentStore,
        session: EngineSession,
        control: TrainingControl,
        train: TrainWorkspace,
        actions: Actions,
        header: Header,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._store = store
        self._session = session
        self._control = control
        self._train = train
        self._actions = actions
        self._header = header
        self._window = window
        self.forecasting = Forecasting(store, session, control)
        self.forecasting.hindered = lambda: train.looks.data.busy
        self.reading = RunReading(self)
        card = train.card
        card.now.adjusted.connect(session.adjust)
        card.now.stopAfterEpoch.connect(control.stop_after_epoch)
        control.endingChanged.connect(self._show_ending)
        card.outcome.continued.connect(lambda: control.resume(train.run))
        card.last_run.continued.connect(control.resume)
        card.forecast.asked.connect(self.forecasting.ask)
        card.forecast.batchChosen.connect(self._take_batch)
        train.settings.findRatePressed.connect(self.find_rate)
        train.looks.data.folderWanted.connect(control.choose_folder)
        control.folderChosen.connect(train.looks.data.refresh)
        control.folderChosen.connect(train.preview.refresh)
        train.seen.connect(self._on_seen)
        train.drawn.connect(self._show_forecast)
        self.forecasting.changed.connect(self._show_forecast)
        control.starting.connect(self._on_starting)
        session.stateChanged.connect(self._on_state)
        session.messages.connect(self._on_messages)
        self.reading.read.connect(self._on_read)
        self.reading.lastFound.connect(self._offer_last)
        self.reading.measured.connect(self._show_usage)
        store.documentChanged.connect(self._on_document)
        window.destroyed.connect(self.reading.shutdown)
        window.destroyed.connect(train.examination.close)
        self._look = QTimer(self, interval=_LOOK_AFTER_MS, singleShot=True)
        self._look.timeout.connect(self.reading.look_for_last)
        self._on_state(session.state)

    def look_for_last_run(self) -> None:
        """Looks, soon, whether the last run wants to be gone on with."""
        self._look.start()

    def shutdown(self) -> None:
        """Nothing is read or foretold any more."""
        self._look.stop()
        self.forecasting.call_off()
        self.reading.shutdown()
        self._train.examination.close()

    def find_rate(self) -> None:
        """Opens the learning-rate finder, or says why it cannot be."""
        job = self._control.trial_job()
        if self._session.active:
            job = self.tr("A training is under way: the finder can be used when it has ended.")
        if isinstance(job, str):
            self._control.failed.emit(job)
            return
        from cnnstudio.ui.train.rate_dialog import RateDialog

        self.forecasting.call_off()
        dialog = RateDialog(job, self._session, self._window)
        dialog.rateChosen.connect(self._take_rate)
        dialog.open()

    def _take_rate(self, rate: float) -> None:
        changed = with_setting(self._store.document, "optimizer.lr", rate)
        self._store.apply(self.tr("Use the found learning rate"), changed)

    def _take_batch(self, size: int) -> None:
        changed = with_setting(self._store.document, "batch_size", size)
        self._store.apply(self.tr("Use a batch size that fits"), changed)
        self.forecasting.ask()

    def _on_starting(self, job: Job) -> None:
        """Curves of a run that is gone on with after a restart come from its folder."""
        if job.resume and job.run and job.run != self._train.run:
            self.reading.start(job.run)

    def _on_read(self, found: ReadRun) -> None:
        self._train.take_history(found.history)

    def _offer_last(self, row: RunRow) -> None:
        if self._session.state == "idle" and not self._train.run:
            name = row.name or Path(row.path).name
            self._train.card.last_run.offer(
                LastRun(row.path, name, row.status, row.epochs, row.asked, row.started)
            )

    def _show_usage(self, usage: Usage) -> None:
        if usage.path == self._train.run and not self._session.active:
            self._train.card.outcome.show_usage(usage)

    def _on_document(self) -> None:
        """What is foretold from now on is of another training than the one that has ended."""
        if not self._session.active and not self._train.card.news:
            self._train.card.news = True
            self._train.draw_soon()

    def _on_seen(self, seen: bool) -> None:
        self.forecasting.watched = seen and not self._session.active
        if self.forecasting.watched and self.forecasting.forecast is None:
            self.forecasting.touch()

    def _on_state(self, state: str) -> None:
        active = self._session.active
        self.forecasting.watched = self._train.isVisible() and not active
        going = state in ("running", "paused")
        self._actions["trainAction"].setEnabled(not active)
        self._actions["findRateAction"].setEnabled(not active)
        self._actions["stopAction"].setEnabled(active)
        self._actions["stopAfterEpochAction"].setEnabled(going)
        pause = self._actions["pauseAction"]
        pause.setEnabled(going)
        pause.setText(self.tr("Resume the training") if state == "paused" else self.tr("Pause the training"))
        self._header.train.setToolTip(self._actions["trainAction"].toolTip())
        self._header.stop.setToolTip(self._actions["stopAction"].toolTip())
        keys = pause.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._header.pause.setToolTip(f"{pause.text()} ({keys})")
        self._show_forecast()

    def _on_messages(self, messages: tuple[object, ...]) -> None:
        for message in messages:
            if isinstance(message, Finished) and message.run:
                self.reading.measure(message.run)

    def _show_ending(self, ends: bool) -> None:
        self._train.card.now.show_ending(ends)
        text = self.tr("Do not stop after this epoch") if ends else self.tr("Stop after this epoch")
        self._actions["stopAfterEpochAction"].setText(text)

    def _show_forecast(self) -> None:
        row, forecasting = self._train.card.forecast, self.forecasting
        if self._session.active:
            return
        if forecasting.busy:
            row.show_busy(forecasting.busy)
        elif forecasting.trouble:
            row.show_failure(forecasting.trouble)
        else:
            row.show_forecast(forecasting.forecast)
