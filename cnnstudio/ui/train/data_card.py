"""What the chosen data set holds: sizes, class balance, images, mean and deviation, what cannot be read.

``DataSetCard(store, session)`` asks by itself, once it is visible and whenever the document names other data.
``folderWanted`` is for whoever can let the person choose an image folder.
"""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.data_place import data_place
from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document
from cnnstudio.core.messages import Cancelled, DataCard, Downloaded, Failed, Preparing
from cnnstudio.core.quantity import byte_text, grouped
from cnnstudio.core.requests import DescribeData, Download
from cnnstudio.ui.train.data_facts import DataFacts
from cnnstudio.ui.train.empty_state import EmptyState
from cnnstudio.ui.train.sample_grid import SampleGrid
from cnnstudio.workspace import datasets

SAMPLES = 120
_SENTENCE_HEIGHT = 100
_LEAST_SENTENCE = 40


class DataSetCard(QFrame):
    """Facts above, classes below; or why there is nothing to see, and what to do."""

    folderWanted = Signal()

    def __init__(self, store: DocumentStore, session: EngineSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("dataSetCard")
        self._store = store
        self._session = session
        self._inquiry = Inquiry(session, self)
        self._inquiry.told.connect(self._hear)
        self._asked: object = None
        self._fetching = False
        """Whether a download is what has been asked for."""
        self._damaged = ""
        """The file that cannot be read."""
        self._name = QLabel(self)
        self._name.setObjectName("dataSetName")
        self._name.setProperty("role", "muted")
        self._facts = DataFacts(self)
        self._grid = SampleGrid(self)
        self._layers = QStackedLayout()
        self._note = _Note(self)
        self._wait = _Wait(self)
        self._content = self._make_content()
        for layer in (self._note, self._wait, self._content):
            self._layers.addWidget(layer)
        self._lay_out()
        self._note.download.clicked.connect(self._download)
        for fetch in (self._note.fetch, self._note.retry):
            fetch.clicked.connect(self._download)
        self._note.folder.clicked.connect(self.folderWanted)
        self._note.again.clicked.connect(self.refresh)
        self._wait.cancel.clicked.connect(self._call_off)
        store.documentChanged.connect(self._follow)
        session.answered.connect(self._overhear)
        session.stateChanged.connect(self._on_training)

    @property
    def busy(self) -> bool:
        """Whether images are being read or fetched."""
        return self._inquiry.waiting

    def add_to_title(self, widget: QWidget) -> None:
        """Something to press at the right of the title."""
        self._title_row.addWidget(widget)

    def refresh(self) -> None:
        """Asks anew: the data may have changed on the disk."""
        self._asked = None
        self._follow(self._store.document)

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is worth asking."""
        super().showEvent(event)
        self._follow(self._store.document)

    def _make_content(self) -> QWidget:
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._facts)
        area = QScrollArea(content)
        area.setObjectName("sampleScroll")
        area.setAccessibleName(self.tr("Classes and their images"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._grid)
        column.addWidget(area, 1)
        return content

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Data"), self)
        title.setStyleSheet("font-weight: 600;")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self._name)
        row.addStretch(1)
        row.addWidget(self._facts.skipped)
        self._title_row = row
        column = QVBoxLayout(self)
        column.setContentsMargins(13, 11, 13, 12)
        column.setSpacing(8)
        column.addLayout(row)
        column.addLayout(self._layers, 1)

    def _follow(self, document: Document) -> None:
        """Asks if the document names other data than those that are shown."""
        if not self.isVisible():
            return
        place = data_place(document)
        key = (*_what(document), place)
        if key == self._asked:
            return
        if self._session.active:
            self._wait_for_training()
            return
        self._asked = key
        self._name.setText(_title(document, place))
        dataset = document.training.dataset
        if dataset == "folder" and place is None:
            self._say(self.tr("No folder of images has been chosen yet."), self._note.folder)
        elif dataset not in datasets.DATASET_IDS:
            self._say(self.tr("There is no data set “{name}”.").format(name=dataset))
        elif dataset != "folder" and not datasets.is_present(dataset, place):
            info = datasets.dataset(dataset)
            text = self.tr("{name} is not on this disk yet. It is a download of {size}.")
            size = byte_text(info.download_bytes)
            self._say(text.format(name=info.title, size=size), self._note.download)
        else:
            self._damaged = ""
            self._fetching = False
            self._wait.say(self.tr("Looking at the images …"))
            self._layers.setCurrentWidget(self._wait)
            self._inquiry.ask(DescribeData(document, str(place), SAMPLES))

    def _on_training(self) -> None:
        """A training reads its images at once: it shall not share the disk and the cores with a card."""
        if not self._session.active:
            self._follow(self._store.document)
        elif self._inquiry.waiting:
            self._inquiry.call_off()
            self._wait_for_training()

    def _wait_for_training(self) -> None:
        self._asked = None
        self._say(self.tr("What the data set holds is shown here when the training has ended."))

    def _download(self) -> None:
        document = self._store.document
        name = datasets.dataset(document.training.dataset).title
        self._wait.say(self.tr("Downloading {name} …").format(name=name))
        self._layers.setCurrentWidget(self._wait)
        damaged, self._damaged = self._damaged, ""
        self._fetching = True
        self._inquiry.ask(Download(document.training.dataset, str(data_place(document)), damaged))

    def _call_off(self) -> None:
        self._inquiry.call_off()
        self._say(self.tr("Called off: nothing is known of these images yet."), self._note.again)

    def _hear(self, message: object) -> None:
        match message:
            case Preparing():
                self._wait.show_progress(message)
            case DataCard():
                self._show(message)
            case Downloaded():
                self.refresh()
            case Failed(damaged=damaged) if damaged:
                self._damaged = damaged
                text = self.tr("{file} is damaged: it can be downloaded again, the rest stays as it is.")
                self._say(text.format(file=Path(damaged).name), self._note.fetch)
            case Failed(sentence=sentence):
                self._say(sentence, self._note.retry if self._fetching else self._note.again)
            case Cancelled():
                self._call_off()

    def _overhear(self, ticket: int, message: object) -> None:
        """Somebody else may have downloaded what was missing."""
        if isinstance(message, Downloaded) and not self._inquiry.waiting:
            self.refresh()

    def _show(self, card: DataCard) -> None:
        self._facts.show_card(card)
        self._grid.show_card(card)
        self._layers.setCurrentWidget(self._content)

    def _say(self, sentence: str, button: QPushButton | None = None) -> None:
        self._inquiry.call_off()
        self._facts.skipped.hide()
        self._note.say(sentence, button)
        self._layers.setCurrentWidget(self._note)


class _Note(QWidget):
    """A sentence and what can be done about it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = EmptyState("search", "", self)
        self._state.setMinimumHeight(_LEAST_SENTENCE)
        self._state.setMaximumHeight(_SENTENCE_HEIGHT)
        self.download = self._button("dataCardDownload", self.tr("Download"))
        self.folder = self._button("dataCardFolder", self.tr("Choose a folder…"))
        self.again = self._button("dataCardAgain", self.tr("Look again"))
        self.fetch = self._button("dataCardFetch", self.tr("Download it again"))
        self.retry = self._button("dataCardRetry", self.tr("Try again"))
        self._buttons = (self.download, self.fetch, self.retry, self.folder, self.again)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addStretch(1)
        column.addWidget(self._state, 100)
        column.addLayout(row)
        column.addStretch(1)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.hide()
        return button

    def say(self, sentence: str, button: QPushButton | None) -> None:
        """Another sentence, with one of the buttons or none."""
        self._state.say(sentence)
        for one in self._buttons:
            one.setVisible(one is button)


class _Wait(QWidget):
    """What goes on, how far it has come, and a way out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = QLabel(self)
        self._text.setObjectName("dataCardStage")
        self._text.setProperty("role", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bar = QProgressBar(self)
        self._bar.setObjectName("dataCardProgress")
        self._bar.setAccessibleName(self.tr("Progress of reading the data set"))
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(220)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setObjectName("dataCardCancel")
        self.cancel.setAccessibleName(self.tr("Cancel reading the data set"))
        self.cancel.setProperty("role", "small")
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(1)
        for widget in (self._text, self._bar, self.cancel):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def say(self, text: str) -> None:
        """Something else goes on."""
        self._text.setText(text)
        self._bar.setRange(0, 0)

    def show_progress(self, now: Preparing) -> None:
        """How far it has come."""
        if now.stage == "repair":
            self.say(self.tr("{name} is damaged and is fetched again").format(name=now.name))
            return
        self._bar.setRange(0, 1000 if now.total else 0)
        self._bar.setValue(round(1000 * now.done / now.total) if now.total else 0)
        if not now.total:
            return
        if now.stage in ("download", "unpack"):
            done, total = byte_text(now.done), byte_text(now.total)
            text = self.tr("Downloading {name}: {done} of {total}")
            if now.stage == "unpack":
                text = self.tr("Unpacking {name}: {done} of {total}")
            self._text.setText(text.format(name=now.name, done=done, total=total))
        else:
            text = self.tr("Reading {name}: {done} of {total} images")
            done, total = grouped(now.done), grouped(now.total)
            self._text.setText(text.format(name=now.name, done=done, total=total))


def _what(document: Document) -> tuple[object, ...]:
    """What the card depends on, besides the files."""
    settings = document.training
    return settings.dataset, document.input, settings.seed, document.classes


def _title(document: Document, place: object) -> str:
    dataset = document.training.dataset
    if dataset == "folder" and place is not None:
        return str(getattr(place, "name", place))
    return datasets.dataset(dataset).title if dataset in datasets.DATASET_IDS else dataset
