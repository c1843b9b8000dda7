"""Below the picture: the mistakes that the network is surest of, to look at with a click."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.core.looks import Images, TestImage, TestImages
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.tile_grid import TileGrid

MOST = 16


class MistakeStrip(QWidget):
    """Asks for itself where a run is looked at; of a training, and of a network before it, on demand."""

    def __init__(self, room: Room, verdicts: TestVerdicts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._verdicts = verdicts
        self._inquiry = Inquiry(room.inspection.session, self)
        self._inquiry.told.connect(self._hear)
        self._indices: tuple[int, ...] = ()
        title = QLabel(self.tr("MISTAKES, SUREST FIRST"), self)
        title.setProperty("role", "heading")
        self.note = QLabel(self)
        self.note.setProperty("role", "small")
        self.note.setWordWrap(True)
        self.offer = QPushButton(self.tr("Find the mistakes"), self)
        self.offer.setObjectName("inspectFindMistakes")
        self.offer.setProperty("role", "small")
        self.offer.clicked.connect(verdicts.again)
        self.grid = TileGrid("mistakeStrip", self.tr("Mistakes, surest first"), self, largest=48)
        self.grid.clicked.connect(self._look_at)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        for widget in (title, self.note, self.offer):
            column.addWidget(widget)
        column.addWidget(self.grid, 1)
        verdicts.changed.connect(self._show)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """A run's verdicts are kept with it, so they may be asked for at once."""
        super().showEvent(event)
        self._show()

    @Slot()
    def _show(self) -> None:
        judged, trouble = self._verdicts.judged, self._verdicts.trouble
        unknown = judged is None and trouble is None and not self._verdicts.waiting
        if (
            unknown
            and self.isVisible()
            and self._room.inspection.settled
            and self._room.inspection.subject.run is not None
        ):
            self._verdicts.want()
            return
        self.note.setVisible(trouble is not None or self._verdicts.waiting)
        self.note.setText(trouble.sentence if trouble else self.tr("Looking at the test images …"))
        self.offer.setVisible(judged is None and not self._verdicts.waiting)
        self.grid.setHidden(judged is None)  # the sentence needs its room
        if judged is None:
            self._indices = ()
            self.grid.show_tiles([])
            return
        from cnnstudio.ui.inspect.judgement import surest_mistakes

        indices = tuple(surest_mistakes(judged, MOST))
        if indices != self._indices:
            self._indices = indices
            self._inquiry.ask(TestImages(self._room.inspection.subject, indices))

    @Slot(object)
    def _hear(self, message: object) -> None:
        from cnnstudio.ui.inspect.judgement import mistake_tip
        from cnnstudio.ui.train.pixel_images import images_of

        judged = self._verdicts.judged
        if isinstance(message, Images) and judged is not None and message.indices == self._indices:
            tips = [mistake_tip(judged, index) for index in message.indices]
            self.grid.show_tiles(images_of(message.tensor), tips)

    @Slot(int)
    def _look_at(self, number: int) -> None:
        if number < len(self._indices):
            self._room.inspection.show(TestImage(self._indices[number]))
