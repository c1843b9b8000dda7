"""Test images in an order that tells something: of a cell of the matrix, surest mistakes, luckiest hits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QScrollArea, QWidget

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.core.looks import Images, Judged, TestImages
from cnnstudio.core.messages import Failed
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.inspect.captioned_tiles import CaptionedTiles
from cnnstudio.ui.inspect.judgement import (
    image_rows,
    mistake_caption,
    mistake_tip,
    of_cell,
    surest_mistakes,
    unsurest_successes,
)
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.verdict_card import Rows, VerdictCard
from cnnstudio.ui.train.pixel_images import images_of

MOST = 240
"""Images that are fetched; a table has all of them."""
_ALL = 1 << 62


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
        self.grid = CaptionedTiles("inspectSortedImages", self.tr("Images"), self)
        self.grid.clicked.connect(self._open)
        area = QScrollArea(self)
        area.setObjectName("inspectSortedArea")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.grid)
        self.set_view(area)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("These images as CSV…"), lambda: self.save_table(self._rows, "images"))
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
        self.tab_order(*self._orders.values(), self.grid, area)
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
        whole = self._order(judged)
        indices = tuple(whole[:MOST])
        self._tell(judged, len(whole))
        if whole:
            self.show_view()
        else:
            self.say(self._nothing(judged))
        if indices == self._indices and self.grid.images:
            return
        self._indices = indices
        self.grid.choose(-1)
        self.grid.show_captioned([], ())
        if not indices:
            self._images.call_off()
        elif self.isVisible():
            self._images.ask(TestImages(self.inspection.subject, indices))
        else:
            self._indices, self._stale = (), True

    def _order(self, judged: Judged) -> list[int]:
        if self._cell is not None:
            return of_cell(judged, *self._cell, _ALL)
        if self._orders["successes"].isChecked():
            return unsurest_successes(judged, _ALL)
        return surest_mistakes(judged, _ALL)

    def _rows(self, judged: Judged) -> Rows:
        return image_rows(judged, self._order(judged))

    def _nothing(self, judged: Judged) -> str:
        if self._cell is not None:
            true, guess = (judged.class_names[number] for number in self._cell)
            if true == guess:
                return self.tr("No test image of {true} is told right.").format(true=true)
            return self.tr("No test image of {true} is taken for {guess}.").format(true=true, guess=guess)
        if self._orders["successes"].isChecked():
            return self.tr("No test image is told right.")
        return self.tr("No mistakes: every test image is told right.")

    def _tell(self, judged: Judged, count: int) -> None:
        if self._cell is None:
            self.title.setText(self.tr("Images"))
            text = self.tr("{count}, a click shows where it looked")
        else:
            true, guess = (judged.class_names[number] for number in self._cell)
            text = self.tr("{true} told right") if true == guess else self.tr("{true} taken for {guess}")
            self.title.setText(text.format(true=true, guess=guess))
            text = self.tr("{count}, surest first, a click shows where it looked")
        if count > MOST:
            shown = self.tr("{shown} of {count}").format(shown=grouped(MOST), count=grouped(count))
        else:
            shown = grouped(count)
        self.detail.set_texts(*((text.format(count=shown), shown) if count else (self.tr("none"),)))

    @Slot(object)
    def _hear_images(self, message: object) -> None:
        judged = self.verdicts.judged
        if isinstance(message, Images) and judged is not None and message.indices == self._indices:
            tips = [mistake_tip(judged, index) for index in message.indices]
            short = self._cell is not None
            captions = [mistake_caption(judged, index, short) for index in message.indices]
            self.grid.show_captioned(images_of(message.tensor), captions, tips)
        elif isinstance(message, Failed):
            self.say(message.sentence, again=not message.lasting)

    @Slot(int)
    def _open(self, number: int) -> None:
        if number < len(self._indices):
            self.opened.emit(self._indices[number])
