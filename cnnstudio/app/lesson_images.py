"""Images of a data set for the Learn workspace, asked of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.session import EngineSession
from cnnstudio.core.document import Document
from cnnstudio.core.looks import Images, Subject, TestImages
from cnnstudio.core.messages import DataCard, Failed, Tensor
from cnnstudio.core.requests import CallOff, DescribeData

if TYPE_CHECKING:
    from cnnstudio.app.pixels import Pixels


@dataclass(frozen=True, slots=True)
class Data:
    """Whose images: those that a document names, or those that a run was trained on.

    ``place`` is the data folder (of "folder" the image folder), None where none has been chosen.
    """

    document: Document
    place: str | None
    run: str | None = None

    @property
    def same(self) -> object:
        """Equal where the images are, whoever names them."""
        settings = self.document.training
        drawn = (settings.seed, self.document.classes) if settings.dataset == "shapes" else ()
        return settings.dataset, self.document.input, drawn, self.place

    @property
    def subject(self) -> Subject:
        """Whom the engine is asked about."""
        if self.run is not None:
            return Subject(run=self.run)
        return Subject(document=self.document, epoch=0, data_dir=self.place)


class LessonImages(QObject):
    """Test images by number. Where the engine cannot give one, samples of the data set stand in."""

    told = Signal()
    """More is known about the data: see :attr:`card`."""
    came = Signal(int, object, object)
    """An image's number, its pixels uint8 (H, W, C), and its class or None."""
    missed = Signal()
    """It will not come: see :attr:`problem`."""

    def __init__(self, session: EngineSession | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.data: Data | None = None
        self.card: DataCard | None = None
        self._data_ticket = self._image_ticket = 0
        self.wanted = 0
        """The number of the test image that was asked for last."""
        self._have_wanted = False
        self.problem = ""
        """Why there are no images, in a sentence; empty while there are, or while nobody knows."""
        if session is not None:
            session.answered.connect(self._hear)
            session.engineDied.connect(self._mourn)

    @property
    def count(self) -> int:
        """How many images there are to choose from; 0 while nothing is known."""
        if self.card is None:
            return 0
        return self.card.test_images or len(self.card.sample_labels)

    @property
    def waiting(self) -> bool:
        """Whether an image has been asked for that has not come."""
        return self._image_ticket != 0

    @property
    def stands_in(self) -> bool:
        """Whether the image that came last is a training image in the place of the test image."""
        return not self._have_wanted

    def about(self, data: Data) -> bool:
        """Whose images are shown; asks only where they are others than before. Says whether they are."""
        before, self.data = self.data, data
        if before is not None and before.same == data.same:
            return False
        self.card, self.problem = None, ""
        if self._session is not None:
            self._call_off()
            if data.place is not None:
                self._data_ticket = self._session.ask(DescribeData(data.document, data.place))
        return True

    def ask_again(self) -> None:
        """Where there were no images, there may be some by now: a download, another folder."""
        if self.problem and self.data is not None:
            data, self.data = self.data, None
            self.about(data)
            self.want(self.wanted)

    def want(self, number: int) -> None:
        """Asks for a test image; :attr:`came` brings it, or a sample in its place."""
        if self._session is None or self.data is None or self.data.place is None:
            return
        self.wanted, self._have_wanted = number, False
        if self._image_ticket:
            self._session.ask(CallOff(self._image_ticket))
        self._image_ticket = self._session.ask(TestImages(self.data.subject, (number,)))
        self._give_sample()

    def want_none(self) -> None:
        """Another image is looked at: what was asked for must not take its place."""
        if self._session is not None and self._image_ticket:
            self._session.ask(CallOff(self._image_ticket))
        self._image_ticket, self._have_wanted = 0, True

    def _call_off(self) -> None:
        assert self._session is not None
        for ticket in filter(None, (self._data_ticket, self._image_ticket)):
            self._session.ask(CallOff(ticket))
        self._data_ticket = self._image_ticket = 0

    @Slot(int, object)
    def _hear(self, ticket: int, message: object) -> None:
        if not ticket:
            return
        if ticket == self._data_ticket and isinstance(message, DataCard):
            self._data_ticket, self.card, self.problem = 0, message, ""
            self.told.emit()
            if not self._have_wanted:
                self._give_sample()
        elif ticket == self._data_ticket and isinstance(message, Failed):
            self._data_ticket = 0
        elif ticket == self._image_ticket and isinstance(message, Images):
            self._image_ticket, self._have_wanted, self.problem = 0, True, ""
            label = message.labels[0] if message.labels else None
            self.came.emit(message.indices[0], _pixels(message.tensor, 0), label)
        elif ticket == self._image_ticket and isinstance(message, Failed):
            self._image_ticket = 0  # a sample stands in, where there is one
            self.problem = "" if self.card is not None else message.sentence
            self.missed.emit()

    @Slot(str)
    def _mourn(self, sentence: str) -> None:
        """Nobody answers any more; who comes back asks again."""
        if self._data_ticket or self._image_ticket:
            self._data_ticket = self._image_ticket = 0
            self.problem = sentence
            self.missed.emit()

    def _give_sample(self) -> None:
        if self.card is None or not self.card.sample_labels:
            return
        number = self.wanted % len(self.card.sample_labels)
        pixels = _pixels(self.card.samples, number)
        self.came.emit(self.wanted, pixels, self.card.sample_labels[number])


def _pixels(tensor: Tensor, number: int) -> Pixels:
    import numpy as np

    pixels: Pixels = np.frombuffer(tensor.data, dtype=np.uint8).reshape(tensor.shape)[number]
    return pixels
