"""The doctor at work beside the window: findings about one training, kept fresh in another thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.app.background import BackgroundCall
from cnnstudio.app.patient import Patient, read_patient
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.doctor import Advice, Remedy, advise
from cnnstudio.core.document import Document, walk
from cnnstudio.core.messages import DataCard

SETTLE_MS = 250
"""Epochs, and edits, that come fast are looked at together."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What was found, and in what. ``present`` is the document that remedies change."""

    patient: Patient
    present: Document
    advice: tuple[Advice, ...] = ()

    @property
    def trained(self) -> bool:
        """Whether there is anything of a training."""
        return bool(self.patient.epochs or self.patient.losses or self.patient.health)


class Examination(QObject):
    """Hears of one training at a time; what is found comes by :attr:`changed`."""

    changed = Signal()
    """:attr:`findings` are others."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self._patient = Patient()
        self._card: DataCard | None = None
        self._call: BackgroundCall | None = None
        self._path = ""
        """A run's folder that is still to be read."""
        self._from_disk = ""
        self._known: dict[str, Document] = {}
        """The open document as it was when it was a run's network, by the run's folder."""
        self._foreign = ""
        """The run whose network was open before another was loaded."""
        self.findings = Findings(self._patient, store.document)
        self._timer = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._timer.timeout.connect(self._begin)
        store.documentChanged.connect(self._on_document)
        store.aboutToLoad.connect(self._on_load)

    @property
    def run(self) -> str:
        """The folder of the run that is looked at, or about to be."""
        return self._path or self._patient.run

    def look(self, patient: Patient) -> None:
        """There is news of a training."""
        shut = bool(patient.run) and patient.run == self._foreign
        self._patient, self._path = replace(patient, open=False) if shut else patient, ""
        self._from_disk = ""
        self.refresh()

    def look_at_run(self, path: str) -> None:
        """Reads a run's folder, and looks at what it tells."""
        self._path = self._from_disk = path
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Looks once more, soon."""
        if not self._timer.isActive():
            self._timer.start()

    def hear(self, _ticket: int, message: object) -> None:
        """What the engine says about data sets: the doctor counts classes."""
        if isinstance(message, DataCard):
            self._card = message
            if self.findings.trained:
                self.refresh()

    def apply(self, rule: str, said: str, text: str) -> bool:
        """Makes the remedy that is called ``said``, as one step back called ``text``.

        It is taken as it is for the document now: a button may be older than an edit. False where there is
        no such remedy any more.
        """
        remedy = self._remedy(rule, said)
        if remedy is None:
            return False
        known = {node.id for node in walk(self.store.document.body)}
        fresh = [node.id for node in walk(remedy.document.body) if node.id not in known]
        self.store.apply(text, remedy.document, select=fresh or None)
        return True

    def close(self) -> None:
        """Waits for what is being looked at; nobody hears it."""
        self._timer.stop()
        if self._call is not None:
            self._call.finished.disconnect(self._end)
            self._call.wait()
            self._call = None

    def _remedy(self, rule: str, said: str) -> Remedy | None:
        found = self.findings
        if found.present is not self.store.document:
            found = _examined(found.patient, self.store.document, self._card)
        remedies = (remedy for advice in found.advice if advice.rule == rule for remedy in advice.remedies)
        return next((remedy for remedy in remedies if str(remedy) == said), None)

    @Slot()
    def _on_document(self) -> None:
        if self.findings.trained:
            self.refresh()

    @Slot()
    def _on_load(self) -> None:
        """Blocks of another network may have the ids of this one's."""
        self._known.clear()
        self._foreign = self._patient.run
        self._path = self._from_disk
        if self._patient.run:
            self._patient = replace(self._patient, open=False)

    @Slot()
    def _begin(self) -> None:
        if self._call is not None:
            self._timer.start()
            return
        self._call = BackgroundCall(self._work())
        self._call.setObjectName("examination")
        self._call.finished.connect(self._end)
        self._call.begin()

    def _work(self) -> Callable[[], Findings]:
        path, patient, present, card = self._path, self._patient, self.store.document, self._card
        known = self._known.get(path)
        return lambda: _examined(read_patient(path, present, known) if path else patient, present, card)

    @Slot()
    def _end(self) -> None:
        call, self._call = self._call, None
        if call is None:
            return
        call.wait()
        if call.error is not None:
            raise call.error
        found = call.answer
        if not isinstance(found, Findings):
            return
        if self._path and self._path == found.patient.run:
            self._path, self._patient = "", found.patient
            if found.patient.open and found.patient.document is not None:
                self._known[found.patient.run] = found.patient.document
        elif self._path or (found.patient is not self._patient):
            return  # of something that nobody asks for any more; the next look is on its way
        self.findings = found
        self.changed.emit()


def _examined(patient: Patient, present: Document, card: DataCard | None) -> Findings:
    advice = advise(patient.case(present, card))
    if not patient.open:
        advice = tuple(replace(one, remedies=()) for one in advice)
    return Findings(patient, present, advice)
