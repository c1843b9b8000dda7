"""Test images in an order that tells something: of a cell of the matrix, surest mistakes, luckiest hits."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.core.looks import Images, Judged, TestImages
from cnnstudio.core.messages import Failed
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.inspect.judgement import mistake_tip, of_cell, surest_mistakes, unsurest_successes
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.tile_grid import TileGrid
from cnnstudio.ui.inspect.verdict_card import VerdictCard
from cnnstudio.ui.train.pixel_images import images_of

MOST = 120


class SortedImagesCard(VerdictCard):
    """A click on an image shows its Grad-CAM and its feature maps."""

    opened = Signal(int)
    """The number of a test image."""

    def __init__(self, room: Room, verdicts: TestVerdicts, parent: QWidget | None = None) -> None:
        super().__init__(room, verdicts, "inspectImagesCard", parent)
        self.title.setText(self.tr("Images"))
        self.setAccessibleName(self.title.text())
        self._cell: tuple[int, int] | None = None
        self._indices: tuple[int, ...] = ()
        self._images = Inquiry(self.inspection.session, self)
        self._images.told.connect(self._hear_images)
        self.grid = TileGrid("inspectSortedImages", self.tr("Images"), self, largest=72)
        self.grid.clicked.connect(self._open)
        self.set_view(self.grid)
        group = QButtonGroup(self)
        self._orders: dict[str, QPushButton] = {}
        for name, text in (
            ("mistakes", self.tr("Surest mistakes")),
            ("successes", self.tr("Least sure successes")),
        ):
            button = QPushButton(text, self)
            button.setObjectName(f"inspectOrder-{name}")
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.clicked.connect(lambda: self.show_cell(None))
            group.addButton(button)
            self.add_tool(button)
            self._orders[name] = button
        self._group = group
        self._orders["mistakes"].setChecked(True)

    @property
    def indices(self) -> tuple[int, ...]:
        """The images that are shown, in their order."""
        return self._indices

    def show_cell(self, cell: tuple[int, int] | None) -> None:
        """The images of a true and a predicted class; None: of the order that is chosen."""
        self._cell = cell
        self._group.setExclusive(False)
        if cell is not None:
            for button in self._orders.values():
                button.setChecked(False)
        self._group.setExclusive(True)
        if self.verdicts.judged is not None:
            self.show_judged(self.verdicts.judged)

    def show_judged(self, judged: Judged) -> None:
        """Asks for the images."""
        if self._cell is None and not any(button.isChecked() for button in self._orders.values()):
            self._orders["mistakes"].setChecked(True)
        indices = tuple(self._order(judged))
        self._tell(judged, len(indices))
        if indices == self._indices and self.grid.images:
            return
        self._indices = indices
        self.grid.choose(-1)
        self.grid.show_tiles([])
        if not indices:
            self._images.call_off()
        elif self.isVisible():
            self._images.ask(TestImages(self.inspection.subject, indices))
        else:
            self._indices, self._stale = (), True

    def _order(self, judged: Judged) -> list[int]:
        if self._cell is not None:
            return of_cell(judged, *self._cell, MOST)
        if self._orders["successes"].isChecked():
            return unsurest_successes(judged, MOST)
        return surest_mistakes(judged, MOST)

    def _tell(self, judged: Judged, count: int) -> None:
        if self._cell is None:
            self.title.setText(self.tr("Images"))
            text = self.tr("{count} shown, a click opens one")
        else:
            true, guess = (judged.class_names[number] for number in self._cell)
            text = self.tr("{true} told right") if true == guess else self.tr("{true} taken for {guess}")
            self.title.setText(text.format(true=true, guess=guess))
            text = self.tr("{count} shown, surest first, a click opens one")
        if not count:
            text = self.tr("none")
        self.detail.set_texts(text.format(count=grouped(count)))

    @Slot(object)
    def _hear_images(self, message: object) -> None:
        judged = self.verdicts.judged
        if isinstance(message, Images) and judged is not None and message.indices == self._indices:
            tips = [mistake_tip(judged, index) for index in message.indices]
            self.grid.show_tiles(images_of(message.tensor), tips)
        elif isinstance(message, Failed):
            self.say(message.sentence, again=True)

    @Slot(int)
    def _open(self, number: int) -> None:
        if number < len(self._indices):
            self.opened.emit(self._indices[number])
