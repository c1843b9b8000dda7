"""The Train workspace as one widget: progress, settings, curves, filters, confusion."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.requests import Job
from cnnstudio.ui.train.progress_card import ProgressCard
from cnnstudio.ui.train.settings_card import SettingsCard

REPAINT_MS = 80
SETTINGS_WIDTH = 300


class TrainWorkspace(QWidget):
    """Hears a run and shows it, a dozen times a second and only while it is visible."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainWorkspace")
        self.history = RunHistory()
        self._state = "idle"
        self._settings = SettingsCard(store, self)
        self._progress = ProgressCard(self)
        self._timer = QTimer(self, interval=REPAINT_MS, singleShot=True)
        self._timer.timeout.connect(self._repaint)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(12)
        column.addWidget(self._progress)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._settings.setFixedWidth(SETTINGS_WIDTH)
        self._grid.addWidget(self._settings, 0, 0, 2, 1)
        column.addLayout(self._grid, 1)
        self._repaint()

    @property
    def run(self) -> str:
        """The folder of the present or last run; empty before the first."""
        return self.history.started.run if self.history.started else ""

    @property
    def run_text(self) -> str:
        """For the status bar."""
        return self.run

    def prepare_plots(self) -> None:
        """Imports what draws the curves; called once something is to be seen."""

    def begin(self, job: Job) -> None:
        """A new run is about to be asked for."""
        self.history = RunHistory()
        self._repaint()

    def hear(self, messages: tuple[object, ...]) -> None:
        """Takes a batch of a run's messages in."""
        for message in messages:
            self.history.hear(message)
        self._touch()

    def show_state(self, state: str) -> None:
        """The training's state."""
        self._state = state
        self._settings.show_locked(state in ("preparing", "running", "paused"))
        self._repaint()

    def _touch(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _repaint(self) -> None:
        self._progress.show_history(self.history, self._state)
