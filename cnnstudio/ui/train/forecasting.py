"""When a training is foretold: by itself once the settings rest, where that is quick, else when asked to."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document
from cnnstudio.core.messages import Cancelled, Failed, Forecast, Preparing
from cnnstudio.core.requests import Preflight
from cnnstudio.ui.train.progress_row import doing
from cnnstudio.ui.training_control import TrainingControl

_REST_MS = 1200
_QUICK_MACS = 5e9
"""Of a step: with more, timing some steps would be felt, and nobody has asked for it."""


class Forecasting(QObject):
    """Keeps one forecast with what it is of; a press on Train never waits for it."""

    changed = Signal()

    def __init__(self, store: DocumentStore, session: EngineSession, control: TrainingControl) -> None:
        super().__init__(control)
        self._store = store
        self._session = session
        self._control = control
        self._inquiry = Inquiry(session, self)
        self._of: tuple[Document, str] | None = None
        self._asked_of: tuple[Document, str] | None = None
        self._forecast: Forecast | None = None
        self.trouble = ""
        """Why nothing could be foretold."""
        self.busy = ""
        """What goes on, while it is being foretold."""
        self.watched = False
        """Whether anybody can see it; else nothing is foretold unasked."""
        self.hindered: Callable[[], bool] = lambda: False
        """Whether something goes on now beside which steps would take longer than in a training."""
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._try_unasked)
        self._inquiry.told.connect(self._hear)
        store.documentChanged.connect(self.touch)
        control.starting.connect(self.call_off)

    @property
    def forecast(self) -> Forecast | None:
        """Of the document and the device as they are now."""
        return self._forecast if self._of == self._now() else None

    @property
    def last(self) -> Forecast | None:
        """The last one, whatever it was of."""
        return self._forecast

    def touch(self) -> None:
        """Something changed, or somebody looks: foretell once it rests."""
        if self._inquiry.waiting and self._asked_of != self._now():
            self.call_off()
        self.trouble = ""
        if self.watched:
            self._rest.start()
        self.changed.emit()

    def ask(self) -> None:
        """Foretells now."""
        job = self._control.trial_job()
        if isinstance(job, str):
            self._fail(job)
            return
        self._asked_of = self._now()
        self.trouble = ""
        self.busy = self.tr("Timing some steps …")
        self._inquiry.ask(Preflight(job))
        self.changed.emit()

    def call_off(self) -> None:
        """A training begins, or the document is another."""
        self._rest.stop()
        self.busy = ""
        self._inquiry.call_off()
        self.changed.emit()

    def _try_unasked(self) -> None:
        document = self._store.document
        macs = self._store.inference.macs * document.training.batch_size
        quick = macs <= _QUICK_MACS and document.training.dataset != "folder"
        known = self._inquiry.waiting or self.forecast is not None
        if not self.watched or self._session.active or known or not quick:
            return
        if self.hindered():
            self._rest.start()
        elif not isinstance(self._control.trial_job(), str):
            self.ask()

    def _now(self) -> tuple[Document, str]:
        return self._store.document, self._control.device

    def _hear(self, message: object) -> None:
        match message:
            case Preparing():
                self.busy = f"{doing(message)} …"
            case Forecast():
                self._forecast, self._of, self.busy = message, self._asked_of, ""
            case Failed(sentence=sentence):
                self.busy, self.trouble = "", sentence
            case Cancelled():
                self.busy = ""
        self.changed.emit()

    def _fail(self, sentence: str) -> None:
        self.busy, self.trouble = "", sentence
        self.changed.emit()
