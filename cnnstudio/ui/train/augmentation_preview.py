"""A batch of training images before and after the document's augmentation, live while it is edited.

``AugmentationPreview(store, session)`` asks by itself, once it is visible, a moment after each change, and
when the person wants another draw. It has no frame of its own: put it into a card or below the settings.
"""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from cnnstudio.app.data_place import data_place
from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document
from cnnstudio.core.messages import AugmentedBatch, Downloaded, Failed
from cnnstudio.core.requests import PreviewAugmentation
from cnnstudio.core.training import Augmentation
from cnnstudio.ui.theme import icon, theme, tokens
from cnnstudio.ui.train.before_after import BeforeAfter
from cnnstudio.ui.train.empty_state import EmptyState
from cnnstudio.ui.train.pixel_images import images_of
from cnnstudio.workspace import datasets

IMAGES = 20
SETTLE_MS = 120
"""How long a setting rests before the preview follows: not every step of a spin box is asked about."""


class AugmentationPreview(QWidget):
    """A title, a button for another draw, and the images."""

    def __init__(self, store: DocumentStore, session: EngineSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("augmentationPreview")
        self._store = store
        self._session = session
        self._inquiry = Inquiry(session, self)
        self._inquiry.told.connect(self._hear)
        self._asked: object = None
        self._seed = 0
        self._timer = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._timer.timeout.connect(self._ask)
        self._hint = QLabel(self)
        self._hint.setObjectName("augmentationHint")
        self._hint.setProperty("role", "small")
        self._again = QToolButton(self)
        self._again.setObjectName("redrawButton")
        self._again.setProperty("role", "ghost")
        self._again.setAccessibleName(self.tr("Draw again"))
        self._again.setToolTip(self.tr("Draw the random changes again"))
        self._again.clicked.connect(self.redraw)
        self._view = BeforeAfter(self)
        self._empty = EmptyState("search", self.tr("Looking at the images …"), self)
        self._layers = QStackedLayout()
        self._layers.addWidget(self._empty)
        self._layers.addWidget(self._view)
        self._lay_out()
        store.documentChanged.connect(self._touch)
        session.answered.connect(self._overhear)
        session.stateChanged.connect(self._touch)
        theme().changed.connect(self._paint)
        self._paint()

    @property
    def view(self) -> BeforeAfter:
        """The images."""
        return self._view

    def redraw(self) -> None:
        """The same images, changed in another way."""
        self._seed += 1
        self._ask()

    def refresh(self) -> None:
        """The data may be others now."""
        self._asked = None
        self._touch()

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is worth asking."""
        super().showEvent(event)
        self._touch()

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Preview"), self)
        title.setStyleSheet("font-weight: 600;")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self._hint, 1)
        row.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addLayout(self._layers, 1)

    def _touch(self) -> None:
        # A training that reads its images comes first; its next state brings us here again.
        reading = self._session.state == "preparing"
        if self.isVisible() and not reading and _what(self._store.document) != self._asked:
            self._timer.start()

    def _ask(self) -> None:
        document = self._store.document
        self._asked = _what(document)
        place = data_place(document)
        dataset = document.training.dataset
        missing = self._missing(document)
        self._again.setEnabled(not missing)
        if missing:
            self._inquiry.call_off()
            self._say(missing)
        elif place is not None or dataset != "folder":
            self._inquiry.ask(PreviewAugmentation(document, str(place), IMAGES, self._seed))

    def _missing(self, document: Document) -> str:
        """Why there is nothing to see yet; empty where there is."""
        dataset, place = document.training.dataset, data_place(document)
        if dataset == "folder":
            return "" if place else self.tr("Choose a folder of images to see them augmented.")
        if dataset not in datasets.DATASET_IDS:
            return self.tr("There is no data set “{name}”.").format(name=dataset)
        if not datasets.is_present(dataset, place):
            name = datasets.dataset(dataset).title
            return self.tr("{name} is not on this disk yet.").format(name=name)
        return ""

    def _hear(self, message: object) -> None:
        match message:
            case AugmentedBatch():
                self._show(message)
            case Failed(sentence=sentence):
                self._say(sentence)

    def _overhear(self, ticket: int, message: object) -> None:
        """What was missing may be there now."""
        if isinstance(message, Downloaded):
            self.refresh()

    def _show(self, batch: AugmentedBatch) -> None:
        pairs = list(zip(images_of(batch.before), images_of(batch.after)))
        known = datasets.dataset(self._store.document.training.dataset).class_names
        names = [known[label] if label < len(known) else str(label) for label in batch.labels]
        self._view.show_pairs(pairs, names)
        changes = self._store.document.training.augment != Augmentation()
        self._tell(self.tr("before above, after below") if changes else self.tr("nothing is changed"))
        self._layers.setCurrentWidget(self._view)

    def _say(self, sentence: str) -> None:
        self._tell("")
        self._empty.say(sentence)
        self._layers.setCurrentWidget(self._empty)

    def _tell(self, hint: str) -> None:
        self._hint.setText(hint)

    def _paint(self) -> None:
        self._again.setIcon(icon("redo", tokens().muted, 16))


def _what(document: Document) -> tuple[object, ...]:
    """What the preview depends on, besides the files."""
    settings = document.training
    place = data_place(document)
    return settings.dataset, document.input, document.classes, settings.augment, settings.normalise, place
