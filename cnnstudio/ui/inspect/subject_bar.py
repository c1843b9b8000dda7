"""What is looked at: a run, the training, or the open network; and which epoch of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from cnnstudio.app.data_place import data_place
from cnnstudio.app.inspect_runs import EpochsFound, InspectRuns, RunsFound
from cnnstudio.app.inspection import Inspection
from cnnstudio.core.document import Document
from cnnstudio.core.looks import Prediction, Subject
from cnnstudio.ui.inspect.choosers import Chooser, EpochChooser
from cnnstudio.ui.runs.words import dataset_title
from cnnstudio.ui.widgets.elided import ElidedLabel
from cnnstudio.workspace.runs.listing import RunRow

LIVE, OPEN = ":live", ":open"


class SubjectBar(QFrame):
    """Chooses by itself at first: the training that goes on, else the last run, else the open network."""

    pageChosen = Signal(str)

    def __init__(
        self, inspection: Inspection, parent: QWidget | None = None, root: Path | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspectSubjectBar")
        self.setProperty("role", "card")
        self._inspection = inspection
        self._chosen = False
        self._rows: tuple[RunRow, ...] = ()
        # Without a parent: it must outlive the window by the moment in which its threads end.
        self.runs = InspectRuns(root=root)
        self.runs.listed.connect(self._on_listed)
        self.runs.epochsRead.connect(self._on_epochs)
        self.subject = Chooser("inspectSubject", self.tr("Network to look at"), self)
        self.subject.setMinimumContentsLength(26)
        self.subject.activated.connect(self._on_subject)
        self.epoch = EpochChooser("inspectEpoch", self.tr("Epoch"), self)
        self.epoch.activated.connect(self._on_epoch)
        self.words = ElidedLabel(self)
        self.words.setObjectName("inspectSource")
        self.words.setProperty("role", "muted")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(13, 7, 13, 7)
        self._row.setSpacing(8)
        look_at = QLabel(self.tr("Look at"), self)
        look_at.setProperty("role", "muted")
        for widget in (look_at, self.subject, self.epoch):
            self._row.addWidget(widget)
        self._row.addWidget(self.words, 1)
        self._pages = QButtonGroup(self)
        self._by_page: dict[str, QPushButton] = {}
        inspection.session.stateChanged.connect(self._on_state)
        inspection.runEnded.connect(self._on_run_ended)
        inspection.store.documentChanged.connect(self._on_document)
        inspection.predicted.connect(self._tell)
        self._fill()
        self._fill_epochs((), None)

    def add_page(self, name: str, text: str) -> None:
        """A button for a page of the workspace."""
        button = QPushButton(text, self)
        button.setObjectName(f"inspect{name.capitalize()}Page")
        button.setProperty("role", "segment")
        button.setCheckable(True)
        button.setChecked(not self._by_page)
        button.clicked.connect(lambda: self.pageChosen.emit(name))
        self._pages.addButton(button)
        self._by_page[name] = button
        self._row.addWidget(button)

    def show_page(self, name: str) -> None:
        """Marks the page that is shown."""
        self._by_page[name].setChecked(True)

    @property
    def rows(self) -> tuple[RunRow, ...]:
        """The runs that can be looked at."""
        return self._rows

    def dataset(self) -> str:
        """What the data are called that the network is looked at with; empty where nobody knows yet."""
        run = self._inspection.subject.run
        id = self._inspection.store.document.training.dataset
        if run is not None:
            id = next((row.dataset for row in self._rows if row.path == run), "")
        return dataset_title(id)

    def look_at_run(self, path: str, epoch: int | None = None) -> None:
        """Shows a run, whoever asked for it."""
        self._inspection.settled = True
        self._chosen = True
        if self.subject.findData(path) < 0:
            with QSignalBlocker(self.subject):
                self.subject.addItem(Path(path).name, path)
        self._take(path, epoch)

    def showEvent(self, event: QShowEvent) -> None:
        """Runs may have come and gone."""
        super().showEvent(event)
        if not self._chosen and self._inspection.session.active:
            self._take(LIVE)
            self._inspection.settle()
        elif self.subject.currentData() == OPEN and self._inspection.settled:
            self._inspection.look_at(self._here(0))  # another data folder may have been chosen
        self.runs.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was chosen stays."""
        super().hideEvent(event)

    # --- choosing

    def _take(self, key: str, epoch: int | None = None) -> None:
        with QSignalBlocker(self.subject):
            self.subject.setCurrentIndex(max(0, self.subject.findData(key)))
        if key in (LIVE, OPEN):
            # Epoch 0 with a document: its initial weights, also while another one trains.
            self._inspection.look_at(self._here(0 if key == OPEN else None))
            self._fill_epochs((), None)
        else:
            self._inspection.look_at(Subject(key, epoch))
            self._fill_epochs((), epoch)
            self.runs.read_epochs(key)
        self.words.clear()

    def _here(self, epoch: int | None) -> Subject:
        """The open network, with its pictures from where the settings say."""
        document = self._inspection.store.document
        place = data_place(document)
        return Subject(None, epoch, document, None if place is None else str(place))

    @Slot()
    def _on_subject(self) -> None:
        self._chosen = True
        self._take(str(self.subject.currentData()))

    @Slot()
    def _on_epoch(self) -> None:
        self._inspection.at_epoch(self.epoch.currentData())

    def _fill(self) -> None:
        chosen = self.subject.currentData()
        with QSignalBlocker(self.subject):
            self.subject.clear()
            self.subject.addItem(self.tr("The open network, untrained"), OPEN)
            if self._inspection.session.active:
                self.subject.addItem(self.tr("The training that goes on"), LIVE)
            for row in self._rows:
                self.subject.addItem(said(row), row.path)
            run = self._inspection.subject.run
            if run is not None and self.subject.findData(run) < 0:
                self.subject.addItem(Path(run).name, run)
            self.subject.setCurrentIndex(max(0, self.subject.findData(chosen)))

    def _fill_epochs(self, epochs: tuple[int, ...], chosen: int | None) -> None:
        self.epoch.fill(epochs, chosen)
        self.epoch.setVisible(self._inspection.subject.run is not None)
        self.epoch.setEnabled(bool(epochs))

    @Slot(object)
    def _on_listed(self, found: RunsFound) -> None:
        self._rows = found.rows
        self._fill()
        if not self._chosen and not self._inspection.session.active and found.rows:
            self._chosen = True
            self._take(found.rows[0].path)
        elif not self._chosen and not self._inspection.session.active:
            self._inspection.look_at(self._here(0))
        self._inspection.settle()

    @Slot(object)
    def _on_epochs(self, found: EpochsFound) -> None:
        if found.path == self._inspection.subject.run:
            self._fill_epochs(found.epochs, self._inspection.subject.epoch)

    @Slot(str)
    def _on_state(self, state: str) -> None:
        self._fill()
        if state == "preparing" and self.isVisible():
            self._take(LIVE)
        elif state == "preparing":
            self._chosen = False  # who comes back looks at the training, or at the run that it has become
        if state == "failed" and self.subject.findData(LIVE) < 0:
            self._take(OPEN)

    @Slot(str)
    def _on_run_ended(self, path: str) -> None:
        """Who watched the training goes on with its run."""
        if (
            self._inspection.subject.run is None and self._inspection.subject.epoch is None
        ) or not self._chosen:
            self.look_at_run(path)
        if self.isVisible():
            self.runs.look()

    @Slot(object)
    def _on_document(self, _document: Document) -> None:
        subject = self._inspection.subject
        if subject.run is None and not self._inspection.session.active:
            self._inspection.look_at(self._here(0))

    @Slot(object)
    def _tell(self, prediction: Prediction) -> None:
        source = prediction.source
        subject = self._inspection.subject
        if source.kind == "initial" or subject.epoch == 0:
            text, short = self.tr("initial weights: nothing learnt yet"), self.tr("untrained")
        elif source.kind == "live":
            text, short = self.tr("trains now: epoch {epoch}, step {step}"), self.tr("epoch {epoch}")
        elif not source.epoch:
            text, short = self.tr("weights from within the first epoch"), self.tr("epoch 1")
        else:
            text, short = self.tr("weights after epoch {epoch}"), self.tr("epoch {epoch}")
        texts = (words.format(epoch=source.epoch, step=source.step) for words in (text, short))
        self.words.set_texts(*texts)


def said(row: RunRow) -> str:
    """A run as a list offers it: name, number, how well it did."""
    name = row.name or row.folder_name
    number = row.folder_name.rsplit("_", 1)[-1]
    share = row.test_accuracy if row.test_accuracy is not None else row.best_accuracy
    parts = [f"{name} #{number}"]
    if share is not None and row.epochs:  # a run that was stopped in its first epoch has none
        parts.append(f"{100 * share:.1f} %")
    return " · ".join(parts)
