"""What the Inspect workspace looks at: a network, a picture, a block and a filter. Each card asks for itself.

It asks the engine nothing: the cards do, each in an :class:`~cnnstudio.app.inquiry.Inquiry` of its own, when
one of the signals tells that what they have is stale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.looks import Maps, Picture, Prediction, Subject, TestImage
from cnnstudio.core.messages import Finished, Started
from cnnstudio.core.registry import block_type
from cnnstudio.core.shape import Shape

LIVE_MS = 400
"""How often a training is looked at: a few times a second, and never before the last look was answered."""
CONVOLUTIONS = ("Conv2d", "DepthwiseConv2d")


@dataclass(frozen=True, slots=True)
class BlockSeen:
    """A block that a picture went through: its module, the document's node, its type, what leaves it."""

    path: str
    node: str
    kind: str
    shape: Shape

    @property
    def filters(self) -> bool:
        """Whether it has filters to look at."""
        return self.kind in CONVOLUTIONS


class Inspection(QObject):
    """One for the workspace."""

    subjectChanged = Signal()
    """Another network, or another epoch of it."""
    pictureChanged = Signal()
    freshened = Signal()
    """The training that is looked at has gone on."""
    blocksChanged = Signal()
    """The blocks are known, or others than before."""
    focusChanged = Signal()
    """Another block or filter is looked at."""
    predicted = Signal(object)
    """The :class:`~cnnstudio.core.looks.Prediction` for the present picture."""
    runEnded = Signal(str)
    """The folder of a training that has just ended."""

    def __init__(self, store: DocumentStore, session: EngineSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.session = session
        self.subject = Subject(document=store.document)
        self.picture: Picture = TestImage(0)
        self.blocks: tuple[BlockSeen, ...] = ()
        self.path = ""
        self.filter = 0
        self.prediction: Prediction | None = None
        self.live_run = ""
        """The folder of the training that goes on, or of the last one."""
        self.watched = False
        self.settled = False
        """Whether it is known what is looked at first; before, nobody asks for anything."""
        self._arriving: list[BlockSeen] = []
        self.all_known = False
        """Whether :attr:`blocks` are all of them."""
        self._pulse = QTimer(self, interval=LIVE_MS)
        self._pulse.setObjectName("inspectPulse")
        self._pulse.timeout.connect(self._beat)
        session.messages.connect(self._hear)
        session.stateChanged.connect(self._follow)

    @property
    def live(self) -> bool:
        """Whether what is looked at changes while one looks."""
        return self.subject.run is None and self.subject.epoch is None and self.session.active

    def watch(self, watched: bool) -> None:
        """Whether somebody looks; a training is not looked at for nobody."""
        self.watched = watched
        self._follow()

    # --- what is looked at

    def look_at(self, subject: Subject) -> None:
        """Another network."""
        if subject == self.subject:
            return
        another = (subject.run, subject.document) != (self.subject.run, self.subject.document)
        self.subject = subject
        self.prediction = None
        if another:
            self.blocks = ()
            self.blocksChanged.emit()
        self._follow()
        self.subjectChanged.emit()

    def settle(self) -> None:
        """What is looked at first is known."""
        if not self.settled:
            self.settled = True
            self.subjectChanged.emit()

    def at_epoch(self, epoch: int | None) -> None:
        """The same network with the weights of an epoch; None: those that were kept."""
        self.look_at(replace(self.subject, epoch=epoch))

    def show(self, picture: Picture) -> None:
        """Another picture."""
        if picture != self.picture:
            self.picture = picture
            self.prediction = None
            self.pictureChanged.emit()

    def next_image(self, step: int = 1) -> None:
        """The next test image, or so many further; from a picture of one's own, the first one."""
        if isinstance(self.picture, TestImage):
            self.show(TestImage(max(0, self.picture.index + step)))
        else:
            self.show(TestImage(0))

    def focus(self, path: str, number: int = 0) -> None:
        """Another block, or another of its filters."""
        if (path, number) != (self.path, self.filter):
            self.path, self.filter = path, number
            self.focusChanged.emit()

    # --- what has come

    def take_prediction(self, prediction: Prediction) -> None:
        """The network has said what it takes the picture for."""
        self.prediction = prediction
        self.predicted.emit(prediction)

    def take_maps(self, maps: Maps) -> None:
        """Blocks become known with their first maps; they are told whenever there are twice as many."""
        if maps.number == 0:
            self._arriving = []
        self._arriving.append(BlockSeen(maps.path, maps.node, maps.kind, maps.shape))
        is_last = self.all_known = maps.number + 1 >= maps.total
        if not is_last and len(self._arriving) < 2 * len(self.blocks):
            return
        blocks = tuple(self._arriving)
        if blocks != self.blocks and len(blocks) >= len(self.blocks):
            self._settle(blocks)

    def _settle(self, blocks: tuple[BlockSeen, ...]) -> None:
        self.blocks = blocks
        if self.path not in [block.path for block in blocks]:
            first = next((block for block in blocks if block.filters), blocks[0])
            self.path, self.filter = first.path, 0
            self.focusChanged.emit()
        self.blocksChanged.emit()

    @property
    def block(self) -> BlockSeen | None:
        """The block that is looked at, once it is known."""
        return next((block for block in self.blocks if block.path == self.path), None)

    @property
    def convolutions(self) -> tuple[BlockSeen, ...]:
        """Those with filters, in reading order."""
        return tuple(block for block in self.blocks if block.filters)

    def activated(self, convolution: BlockSeen) -> str:
        """Where a convolution's maps are as they go on: behind its own normalisation and activation."""
        path = convolution.path
        numbers = [number for number, block in enumerate(self.blocks) if block.path == path]
        for block in self.blocks[numbers[0] + 1 :] if numbers else ():
            own = block_type(block.kind).category in ("Activation", "Normalisation")
            if not own or block.shape != convolution.shape:
                break
            path = block.path
        return path

    # --- a training

    def _hear(self, messages: tuple[object, ...]) -> None:
        for message in messages:
            if isinstance(message, Started):
                self.live_run = message.run
            if isinstance(message, Finished) and message.run:
                self.runEnded.emit(message.run)

    def _follow(self, _state: str = "") -> None:
        going = self.watched and self.live and self.session.state != "paused"
        if going != self._pulse.isActive():
            if going:
                self._pulse.start()
            else:
                self._pulse.stop()

    def _beat(self) -> None:
        if self.session.state == "running":
            self.freshened.emit()
