"""The Train workspace as one widget: progress, settings, curves, filters, confusion."""

from time import monotonic, perf_counter

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from cnnstudio.app.examination import Examination
from cnnstudio.app.patient import Patient, patient_of
from cnnstudio.app.run_history import RunHistory
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document, walk
from cnnstudio.core.health import Health
from cnnstudio.core.messages import Checkpointed, Epoch, Failed
from cnnstudio.core.requests import Job
from cnnstudio.ui.theme import theme, tokens
from cnnstudio.ui.train.augmentation_preview import AugmentationPreview
from cnnstudio.ui.train.confusion_card import ConfusionCard
from cnnstudio.ui.train.filter_card import FilterCard
from cnnstudio.ui.train.look_slot import LookSlot
from cnnstudio.ui.train.plot_card import PlotCard
from cnnstudio.ui.train.run_card import ACTIVE, RunCard
from cnnstudio.ui.train.settings_card import SettingsCard

REPAINT_MS = 150
SETTINGS_WIDTH = 304
_MOST_OF_A_CORE = 0.12
_SLOWEST_MS = 500
_BETWEEN_MS = 40


class TrainWorkspace(QWidget):
    """Hears a run and shows it, a dozen times a second at most and only while it is visible."""

    runTextChanged = Signal(object)
    """For the status bar: the run's name and how old its last checkpoint is."""
    seen = Signal(bool)
    """It is shown, or no longer."""
    drawn = Signal()
    """All that has been heard so far is shown."""

    def __init__(self, store: DocumentStore, session: EngineSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainWorkspace")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.history = RunHistory()
        self._store = store
        self._state = "idle"
        self._trained: Document | None = None
        self._resumed = False
        """Whether the run began in another session, with a document that is not known here."""
        self._saved_at = 0.0
        self._spent_ms = 0.0
        self._told: tuple[str, ...] = ()
        self._waiting: list[object] | None = None
        """What has been heard while the beginning of the run is still being read."""
        self.examination = Examination(store, self)
        """What the doctor finds in the present or last run."""
        session.answered.connect(self.examination.hear)
        self.settings = SettingsCard(store, self)
        self.preview = AugmentationPreview(store, session, self)
        self.preview.setMinimumSize(1, 160)  # its title may be cut rather than widen the card
        self.settings.groups["augmentation"].add_below(self.preview)
        self.card = RunCard(self.examination, self)
        self.loss = PlotCard("loss", self)
        self.accuracy = PlotCard("accuracy", self)
        self.looks = LookSlot(store, session, self)
        self.confusion = ConfusionCard(self)
        self._timer = QTimer(self, interval=REPAINT_MS, singleShot=True)
        self._timer.timeout.connect(self._draw_first)
        self._rest = QTimer(self, interval=_BETWEEN_MS, singleShot=True)
        self._rest.timeout.connect(self._draw_rest)
        self._lay_out()
        store.documentChanged.connect(self.draw_soon)
        theme().changed.connect(self._paint)
        self._paint()
        self._repaint()

    @property
    def filters(self) -> FilterCard:
        """The filters of the first layer."""
        return self.looks.filters

    @property
    def run(self) -> str:
        """The folder of the present or last run; empty before the first."""
        return self.history.started.run if self.history.started else ""

    def _tell_run(self) -> None:
        parts = self._run_parts()
        if parts != self._told:
            self._told = parts
            self.runTextChanged.emit(parts)

    def _run_parts(self) -> tuple[str, ...]:
        if not self.run:
            return ()
        name = self.run.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        parts = [self.tr("Run {name}").format(name=name)]
        if self._state in ACTIVE:
            if self.history.step is not None:
                epoch = self.tr("epoch {epoch} / {epochs}")
                total = self.history.total_epochs
                parts.append(epoch.format(epoch=self.history.step.epoch, epochs=total))
            if self.history.checkpoint is not None:
                age = round(monotonic() - self._saved_at)
                parts.append(self.tr("checkpoint saved {seconds} s ago").format(seconds=age))
        return tuple(parts)

    def prepare_plots(self) -> None:
        """Imports what draws the curves; called once something is to be seen."""
        self.loss.prepare()
        self.accuracy.prepare()

    def begin(self, job: Job) -> None:
        """A run is about to be asked for; what is known of one that is resumed stays.

        The beginning of another one that is resumed is to come by :meth:`take_history`.
        """
        self.card.begin()
        if job.resume and job.run == self.run:
            self.history.go_on()
            return
        self.history = RunHistory()
        self.examination.look(Patient())
        self._waiting = [] if job.resume else None
        self._resumed = job.document is None
        if job.document is not None:
            self._trained = job.document
            self.history.base_rate = job.document.training.optimizer.lr
        self.loss.begin()
        self.accuracy.begin()
        self._repaint()

    def take_history(self, history: RunHistory) -> None:
        """The beginning of the run that is gone on with."""
        heard, self._waiting = self._waiting, None
        self.history = history
        self.hear(tuple(heard or ()))

    def hear(self, messages: tuple[object, ...]) -> None:
        """Takes a batch of a run's messages in."""
        if self._waiting is not None:
            self._waiting.extend(messages)
            return
        for message in messages:
            self.history.hear(message)
            if isinstance(message, Checkpointed):
                self._saved_at = monotonic()
        if any(isinstance(message, Epoch | Health | Failed) for message in messages):
            self._examine()
        self.draw_soon()
        self._tell_run()

    def _examine(self) -> None:
        """A run that is gone on with after a restart was described in its folder only."""
        if self._resumed and self.run:
            self.examination.look_at_run(self.run)
        else:
            self.examination.look(patient_of(self.history, self._trained))

    def show_state(self, state: str) -> None:
        """The training's state."""
        self._state = state
        self.settings.show_locked(state in ACTIVE)
        # The words come with the next drawing: the message that says why a run ended follows its state.
        self.draw_soon()

    def showEvent(self, event: QShowEvent) -> None:
        """What happened while another workspace was shown."""
        super().showEvent(event)
        self.draw_soon()
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.seen.emit(False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(12)
        column.addWidget(self.card)
        grid = QGridLayout()
        grid.setSpacing(12)
        self.settings.setFixedWidth(SETTINGS_WIDTH)
        grid.addWidget(self.settings, 0, 0, 2, 1)
        grid.addWidget(self.loss, 0, 1)
        grid.addWidget(self.accuracy, 0, 2)
        grid.addWidget(self.looks, 1, 1)
        grid.addWidget(self.confusion, 1, 2)
        for number in (1, 2):
            grid.setColumnStretch(number, 1)
        for number in (0, 1):
            grid.setRowStretch(number, 1)
        column.addLayout(grid, 1)

    def draw_soon(self) -> None:
        """Shows what has changed, with whatever else changes in the next moment."""
        if not self._timer.isActive() and self.isVisible():
            self._timer.start()

    def _repaint(self) -> None:
        """All of it at once."""
        self._draw_first()
        self._draw_rest()

    def _draw_first(self) -> None:
        """One half; the other follows a moment later, so that neither is felt."""
        began = perf_counter()
        self._tell_run()
        self.card.show_history(self.history, self._state)
        self.loss.show_history(self.history)
        self._spent_ms = 1000 * (perf_counter() - began)
        self._rest.start()

    def _draw_rest(self) -> None:
        self._rest.stop()
        began = perf_counter()
        self.accuracy.show_history(self.history)
        self.looks.show_history(self.history, self._has_convolution())
        self.confusion.show_history(self.history)
        self.drawn.emit()
        # Painting shares the machine with training: where it is slow, it happens less often.
        spent_ms = self._spent_ms + 1000 * (perf_counter() - began)
        self._timer.setInterval(int(min(_SLOWEST_MS, max(REPAINT_MS, spent_ms / _MOST_OF_A_CORE))))

    def _has_convolution(self) -> bool:
        document = self._trained if self.run and self._trained else self._store.document
        return any("Conv2d" in type(node.block).__name__ for node in walk(document.body))

    def _paint(self) -> None:
        self.setStyleSheet(f"#trainWorkspace {{ background: {tokens().canvas}; }}")
