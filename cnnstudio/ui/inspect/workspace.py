"""The Inspect workspace as one widget: what is looked at above, pages of cards below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from cnnstudio.app.examination import Examination
from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.app.inspection import Inspection
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.looks import TestImage
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.documents import Documents
from cnnstudio.ui.inspect.filters_card import FiltersCard
from cnnstudio.ui.inspect.heat_card import HeatCard
from cnnstudio.ui.inspect.image_card import WIDTH, ImageCard
from cnnstudio.ui.inspect.later import Later, Turns
from cnnstudio.ui.inspect.maps_card import MapsCard
from cnnstudio.ui.inspect.patches_card import PatchesCard
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.subject_bar import SubjectBar

if TYPE_CHECKING:
    from cnnstudio.ui.inspect.compare_page import ComparePage
    from cnnstudio.ui.inspect.health_page import HealthPage
    from cnnstudio.ui.inspect.mistakes_page import MistakesPage


_LOW = 760
"""Pixels in height, below which two cards are no room for one large map."""


class InspectWorkspace(QWidget):
    """Asks the engine for nothing while it is not seen."""

    told = Signal(str)
    failed = Signal(str)
    lookedAt = Signal(str, str)
    """The picture that is looked at, in words, and which keys lead to another."""
    blockWanted = Signal(str)
    """A block is to be shown in Build."""
    remedyApplied = Signal(str)
    """What the doctor has changed."""

    def __init__(
        self,
        store: DocumentStore,
        session: EngineSession,
        documents: Documents,
        parent: QWidget | None = None,
        root: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspectWorkspace")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.inspection = Inspection(store, session, self)
        self.verdicts = TestVerdicts(self.inspection)
        self._room = Room(self.inspection, documents, self.told.emit, self.failed.emit)
        self._present: Examination | None = None
        self.bar = SubjectBar(self.inspection, self, root)
        self._stack = QStackedWidget(self)
        self._pages: dict[str, QWidget] = {}
        self._turns = Turns(self)
        self._lay_out()
        self._add_page("looks", self.tr("Looks"), self._looks_page())
        self._mistakes = Later(self._turns, self._make_mistakes, self._stack, card=False)
        self._compare = Later(self._turns, self._make_compare, self._stack, card=False)
        self._health = Later(self._turns, self._make_health, self._stack, card=False)
        self._add_page("mistakes", self.tr("Mistakes"), self._mistakes)
        self._add_page("compare", self.tr("Compare"), self._compare)
        self._add_page("health", self.tr("Health"), self._health)
        self.bar.pageChosen.connect(self.show_page)
        for signal in (self.inspection.pictureChanged, self.inspection.subjectChanged, self.verdicts.changed):
            signal.connect(self._tell_look)
        self._stack.currentChanged.connect(self._tell_look)
        self.bar.runs.listed.connect(self._tell_look)

    # --- cards and pages, made when they are first asked for or seen

    @property
    def image(self) -> ImageCard:
        """What is looked at, and what the network takes it for."""
        return self._image.widget()

    @property
    def maps(self) -> MapsCard:
        """What each block makes of it."""
        return self._maps.widget()

    @property
    def filters(self) -> FiltersCard:
        """The filters of a convolution through the training."""
        return self._filters.widget()

    @property
    def patches(self) -> PatchesCard:
        """What a filter looks for."""
        return self._patches.widget()

    @property
    def heat(self) -> HeatCard:
        """Where the network looked."""
        return self._heat.widget()

    @property
    def mistakes(self) -> MistakesPage:
        """Where the network is wrong."""
        return self._mistakes.widget()

    @property
    def compare(self) -> ComparePage:
        """Two networks, or epochs, side by side."""
        return self._compare.widget()

    @property
    def health(self) -> HealthPage:
        """How the network is doing."""
        return self._health.widget()

    def set_present(self, examination: Examination, run: str = "") -> None:
        """Who hears of this window's trainings from their beginning; ``run``: that which has begun."""
        self._present = examination
        self.inspection.live_run = self.inspection.live_run or run
        if self._health.made is not None:
            self._health.made.set_present(examination)

    def show_page(self, name: str) -> None:
        """``"looks"``, ``"mistakes"``, ``"compare"`` or ``"health"``."""
        self._stack.setCurrentWidget(self._pages[name])
        self.bar.show_page(name)

    def look_at_run(self, path: str) -> None:
        """Shows a run on disk."""
        self.bar.look_at_run(path)

    def open_picture(self, path: Path) -> None:
        """Looks at a picture of the person's own."""
        self.show_page("looks")
        self.image.open_file(path)

    @Slot(int)
    def _open_image(self, index: int) -> None:
        """From a mistake to where the network looked, in one click."""
        if self.inspection.convolutions:
            self.heat.kind.setCurrentIndex(self.heat.kind.findData("grad-cam"))
        self.inspection.show(TestImage(index))
        self.show_page("looks")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right: the test image before, the next one. An image that was copied is looked at."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Paste):
            self.image.paste()
        elif key in steps and isinstance(self.inspection.picture, TestImage):
            self.inspection.next_image(steps[key])
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """A training is watched from now on."""
        super().showEvent(event)
        self.inspection.watch(True)
        self.setFocus()
        self._tell_look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.inspection.watch(False)

    @Slot(bool)
    def _on_enlarged(self, alone: bool) -> None:
        """In a low window a map alone gets the room of the filters, too."""
        whole = alone and self.height() <= _LOW
        self._filters.setVisible(not whole)
        self._grid.removeWidget(self._maps)
        self._grid.addWidget(self._maps, 0, 1, 2 if whole else 1, 1)

    @Slot()
    def _tell_look(self) -> None:
        if not self.isVisible():
            return
        picture, judged = self.inspection.picture, self.verdicts.judged
        if not isinstance(picture, TestImage):
            drawn = picture.digit
            self.lookedAt.emit(self.tr("Your drawing") if drawn else self.tr("Your own image"), "")
            return
        text = self.tr("{data} test image {index}").format(data=self.bar.dataset(), index=picture.index)
        if judged is not None:
            text = self.tr("{image} of {count}").format(image=text, count=grouped(judged.labels.shape[0]))
        stepping = self._stack.currentWidget() in (self._pages["looks"], self._pages["compare"])
        self.lookedAt.emit(text.strip(), self.tr("← → next image") if stepping else "")

    @Slot()
    def end(self) -> None:
        """The window closes: the threads end."""
        self.inspection.watch(False)
        if self._health.made is not None:
            self._health.made.close_reading()
        self.bar.runs.close()

    # --- making

    def _add_page(self, name: str, text: str, page: QWidget) -> None:
        self._pages[name] = page
        self._stack.addWidget(page)
        self.bar.add_page(name, text)

    def _looks_page(self) -> QWidget:
        page, turns = QWidget(self._stack), self._turns
        self._image = Later(turns, lambda place: ImageCard(self._room, self.verdicts, place), page)
        self._maps = Later(turns, self._make_maps, page)
        self._filters = Later(turns, lambda place: FiltersCard(self._room, place), page)
        self._patches = Later(turns, lambda place: PatchesCard(self._room, place), page)
        self._heat = Later(turns, lambda place: HeatCard(self._room, place), page)
        grid = self._grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        grid.addWidget(self._image, 0, 0, 2, 1)
        grid.addWidget(self._maps, 0, 1)
        grid.addWidget(self._filters, 1, 1)
        grid.addWidget(self._patches, 0, 2)
        grid.addWidget(self._heat, 1, 2)
        grid.setColumnStretch(1, 9)
        grid.setColumnStretch(2, 5)
        grid.setRowStretch(0, 3)
        grid.setRowStretch(1, 2)
        self._image.setFixedWidth(WIDTH)
        for card, least in ((self._maps, 300), (self._filters, 300), (self._patches, 250), (self._heat, 250)):
            card.setMinimumWidth(least)
        return page

    def _make_maps(self, place: QWidget) -> MapsCard:
        maps = MapsCard(self._room, place)
        maps.enlarged.connect(self._on_enlarged)
        return maps

    def _make_mistakes(self, place: QWidget) -> MistakesPage:
        from cnnstudio.ui.inspect.mistakes_page import MistakesPage

        page = MistakesPage(self._room, self.verdicts, self._turns, place)
        page.opened.connect(self._open_image)
        return page

    def _make_compare(self, place: QWidget) -> ComparePage:
        from cnnstudio.ui.inspect.compare_page import ComparePage

        return ComparePage(self._room, self.bar, self._turns, place)

    def _make_health(self, place: QWidget) -> HealthPage:
        from cnnstudio.ui.inspect.health_page import HealthPage

        page = HealthPage(self._room, self._turns, place)
        page.doctor.blockWanted.connect(self.blockWanted)
        page.doctor.applied.connect(self.remedyApplied)
        if self._present is not None:
            page.set_present(self._present)
        return page

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(12)
        column.addWidget(self.bar)
        column.addWidget(self._stack, 1)
