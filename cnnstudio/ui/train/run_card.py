"""The card at the top: how far the run is, what can be changed meanwhile, what it needs, how it ended."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from cnnstudio.app.examination import Examination
from cnnstudio.app.run_history import RunHistory
from cnnstudio.ui.train.doctor_row import DoctorRow
from cnnstudio.ui.train.forecast_row import ForecastRow
from cnnstudio.ui.train.last_run_row import LastRunRow
from cnnstudio.ui.train.now_strip import NowStrip
from cnnstudio.ui.train.outcome_row import OutcomeRow
from cnnstudio.ui.train.progress_row import ProgressRow
from cnnstudio.ui.train.skipped_dialog import SkippedDialog

ACTIVE = ("preparing", "running", "paused")


class RunCard(QFrame):
    """One line of progress always; below it only what matters at the moment."""

    def __init__(self, examination: Examination, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progressCard")
        self.setProperty("role", "card")
        self._history = RunHistory()
        self.news = False
        """Whether there is something to foretell that is not the run that has just ended."""
        self.progress = ProgressRow(self)
        self.now = NowStrip(self)
        self.outcome = OutcomeRow(self)
        self.forecast = ForecastRow(self)
        self.last_run = LastRunRow(self)
        self.doctor = DoctorRow(examination, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in (self.progress, self.now, self.outcome, self.forecast, self.last_run, self.doctor):
            column.addWidget(row)
        self.now.hide()
        self.outcome.hide()
        self.progress.skippedPressed.connect(self._show_skipped)

    def begin(self) -> None:
        """A run is about to be asked for."""
        self.last_run.offer(None)
        self.outcome.show_usage(None)
        self.news = False

    def show_history(self, history: RunHistory, state: str) -> None:
        """All of it, from what has been heard."""
        self._history = history
        active = state in ACTIVE
        self.progress.show_history(history, state)
        if active:
            self.now.show_history(history)
        over = self.outcome.show_history(history, state)
        # In the room of one of them, so that what is below stays under the pointer.
        both = over and self.news
        self.outcome.set_close(both)
        self.forecast.set_close(both)
        rows = (
            (self.now, active),
            (self.outcome, over),
            (self.forecast, not active and (self.news or not over)),
        )
        # Showing a row lays the card out at once: beside one that is still to go, what is below would jump.
        for row, shown in sorted(rows, key=lambda each: each[1]):
            row.setVisible(shown)

    def _show_skipped(self) -> None:
        if self._history.skipped is not None:
            SkippedDialog(self._history.skipped, self.window()).open()
