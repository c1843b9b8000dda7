"""What a filter looks for: the test patches that excite it most, cut at its exact receptive field."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from cnnstudio.core.looks import Done, Patches, TestImage, TopPatches
from cnnstudio.ui.inspect.block_names import short_names
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.tile_grid import TileGrid

_COUNT = 9
_SETTLE_MS = 250


class PatchesCard(LookCard):
    """Looks for itself in a run; a training changes too fast for it, so there it waits to be asked."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(room, "inspectPatchesCard", "", "", parent)
        self.title.setText(self.tr("What a filter looks for"))
        self.setAccessibleName(self.title.text())
        self.empty.say(self.tr("The test patches that excite a filter most."))
        self._found: Patches | None = None
        self._wanted: tuple[object, ...] | None = None
        self.number = QSpinBox(self)
        self.number.setObjectName("patchesFilter")
        self.number.setMinimum(1)
        self.number.setAccessibleName(self.tr("Filter"))
        self.number.setToolTip(self.tr("Another filter of the block"))
        self.number.setKeyboardTracking(False)
        self.number.valueChanged.connect(self._on_number)
        self.words = QLabel(self)
        self.words.setObjectName("patchesWords")
        self.words.setProperty("role", "small")
        self.words.setWordWrap(True)
        self.grid = TileGrid("inspectPatches", self.tr("Patches"), self, largest=110)
        self.grid.clicked.connect(self._look_at)
        self.offer = QPushButton(self.tr("Look for patches"), self)
        self.offer.setObjectName("patchesFind")
        self.offer.setProperty("role", "small")
        self.offer.clicked.connect(self._ask)
        self.offer.hide()
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.number)
        column.addLayout(row)
        column.addWidget(self.offer)
        column.addWidget(self.grid, 1)
        self.set_view(page)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self.refresh)
        seen = self.inspection
        seen.subjectChanged.connect(self.inquiry.call_off)
        seen.subjectChanged.connect(self._settle.start)
        seen.focusChanged.connect(self._on_focus)
        seen.blocksChanged.connect(self._settle.start)

    def look(self) -> None:
        """Asks, unless the network is about to change."""
        seen = self.inspection
        if seen.block is None:
            return
        self._tell_title()
        wanted = (seen.subject, seen.path, seen.filter)
        if wanted == self._wanted and (self._found is not None or self.inquiry.waiting):
            return
        self._wanted = wanted
        if seen.live:
            self._forget(
                self.tr("A training goes on: patches are of the weights at the moment that you ask.")
            )
        else:
            self._ask()

    @Slot()
    def _ask(self) -> None:
        block = self.inspection.block
        if block is None:
            return
        self._forget(self.tr("Looking through the test images …"), offered=False)
        filters = (min(self.inspection.filter, block.shape[0] - 1),)
        self.ask(TopPatches(self.inspection.subject, block.path, filters, _COUNT))

    def take(self, message: object) -> None:
        """The best so far, and at last the best."""
        if isinstance(message, Patches):
            from cnnstudio.ui.train.pixel_images import images_of

            self._found = message
            tip = self.tr("image {index}: excites by {score}")
            tips = [
                tip.format(index=index, score=f"{score:.3g}")
                for index, score in zip(message.indices, message.scores, strict=True)
            ]
            self.grid.show_tiles(images_of(message.tensor), tips, columns=3)
            self._tell_words(message)
            self.show_view()
        elif isinstance(message, Done) and self._found is not None:
            self.bar.setRange(0, 1)

    def _tell_words(self, found: Patches) -> None:
        high, wide = found.tensor.shape[1:3]
        if not found.tensor.shape[0]:
            self.words.setText(self.tr("No test image excites this filter."))
            return
        text = self.tr("the {count} test patches that excite it most, at its receptive field {high}×{wide}")
        if (high, wide) == (1, 1):
            text = self.tr(
                "it sees a single pixel: that pixel in the {count} test images that excite it most; "
                "a click shows the image"
            )
        elif found.seen < found.total:
            text = self.tr("the best {count} of {seen} images so far, at its receptive field {high}×{wide}")
        count = found.tensor.shape[0]
        self.words.setText(text.format(count=count, seen=found.seen, high=high, wide=wide))

    def _forget(self, sentence: str, offered: bool = True) -> None:
        self.inquiry.call_off()
        self._end_wait()
        self._found = None
        self.offer.setVisible(offered)
        self.words.setText(sentence)
        self.grid.show_tiles([])
        self.show_view()

    def _tell_title(self) -> None:
        block = self.inspection.block
        number = self.inspection.filter + 1
        text = self.tr("What filter {number} looks for")
        if block is not None and len(block.shape) == 1:
            text = self.tr("What number {number} looks for")
        self.title.setText(text.format(number=number))
        if block is not None:
            names = short_names((one.path, one.kind) for one in self.inspection.blocks)
            self.detail.set_texts(names[block.path], "")
            self.detail.setToolTip(block.path)
            self.number.blockSignals(True)
            self.number.setMaximum(block.shape[0])
            self.number.setValue(number)
            self.number.blockSignals(False)

    @Slot()
    def _on_focus(self) -> None:
        self._tell_title()
        self._settle.start()

    @Slot(int)
    def _on_number(self, number: int) -> None:
        self.inspection.focus(self.inspection.path, number - 1)

    @Slot(int)
    def _look_at(self, number: int) -> None:
        if self._found is not None and number < len(self._found.indices):
            self.inspection.show(TestImage(self._found.indices[number]))
