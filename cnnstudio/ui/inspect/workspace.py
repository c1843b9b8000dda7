"""The Inspect workspace as one widget: what is looked at above, pages of cards below."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.app.inspection import Inspection
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.looks import TestImage
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.documents import Documents
from cnnstudio.ui.inspect.filters_card import FiltersCard
from cnnstudio.ui.inspect.health_page import HealthPage
from cnnstudio.ui.inspect.heat_card import HeatCard
from cnnstudio.ui.inspect.image_card import ImageCard
from cnnstudio.ui.inspect.maps_card import MapsCard
from cnnstudio.ui.inspect.patches_card import PatchesCard
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.subject_bar import SubjectBar
from cnnstudio.ui.theme import theme, tokens

if TYPE_CHECKING:
    from cnnstudio.ui.inspect.compare_page import ComparePage
    from cnnstudio.ui.inspect.mistakes_page import MistakesPage


_LOW = 760
"""Pixels in height, below which two cards are no room for one large map."""


class InspectWorkspace(QWidget):
    """Asks the engine for nothing while it is not seen."""

    told = Signal(str)
    failed = Signal(str)
    lookedAt = Signal(str, str)
    """The picture that is looked at, in words, and which keys lead to another."""

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
        room = Room(self.inspection, documents, self.told.emit, self.failed.emit)
        self.bar = SubjectBar(self.inspection, self, root)
        self.image = ImageCard(room, self.verdicts, self)
        self.maps = MapsCard(room, self)
        self.filters = FiltersCard(room, self)
        self.maps.enlarged.connect(self._on_enlarged)
        self.patches = PatchesCard(room, self)
        self.heat = HeatCard(room, self)
        self._stack = QStackedWidget(self)
        self._pages: dict[str, QWidget] = {}
        self._add_page("looks", self.tr("Looks"), self._looks_page())
        self._room = room
        self._mistakes: MistakesPage | None = None
        self._compare: ComparePage | None = None
        self._later = {
            "mistakes": _Later(lambda: self.mistakes, self),
            "compare": _Later(lambda: self.compare, self),
        }
        self._add_page("mistakes", self.tr("Mistakes"), self._later["mistakes"])
        self._add_page("compare", self.tr("Compare"), self._later["compare"])
        self.health = HealthPage(room, self)
        self._add_page("health", self.tr("Health"), self.health)
        self._lay_out()
        self.bar.pageChosen.connect(self.show_page)
        for signal in (self.inspection.pictureChanged, self.inspection.subjectChanged, self.verdicts.changed):
            signal.connect(self._tell_look)
        self._stack.currentChanged.connect(self._tell_look)
        self.bar.runs.listed.connect(self._tell_look)
        theme().changed.connect(self._paint)
        self._paint()

    @property
    def mistakes(self) -> MistakesPage:
        """Made when it is first asked for, as the next one is: Inspect opens in half the time."""
        if self._mistakes is None:
            from cnnstudio.ui.inspect.mistakes_page import MistakesPage

            self._mistakes = MistakesPage(self._room, self.verdicts, self)
            self._mistakes.opened.connect(self._open_image)
            self._later["mistakes"].put(self._mistakes)
        return self._mistakes

    @property
    def compare(self) -> ComparePage:
        """Two networks, or epochs, side by side."""
        if self._compare is None:
            from cnnstudio.ui.inspect.compare_page import ComparePage

            self._compare = ComparePage(self._room, self.bar.runs, self)
            self._compare.take_runs(self.bar.rows)
            self._later["compare"].put(self._compare)
        return self._compare

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
        self.filters.setVisible(not whole)
        self._grid.removeWidget(self.maps)
        self._grid.addWidget(self.maps, 0, 1, 2 if whole else 1, 1)

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
        self.health.close_reading()
        self.bar.runs.close()

    # --- making

    def _add_page(self, name: str, text: str, page: QWidget) -> None:
        self._pages[name] = page
        self._stack.addWidget(page)
        self.bar.add_page(name, text)

    def _looks_page(self) -> QWidget:
        page = QWidget(self)
        grid = self._grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        grid.addWidget(self.image, 0, 0, 2, 1)
        grid.addWidget(self.maps, 0, 1)
        grid.addWidget(self.filters, 1, 1)
        grid.addWidget(self.patches, 0, 2)
        grid.addWidget(self.heat, 1, 2)
        grid.setColumnStretch(1, 9)
        grid.setColumnStretch(2, 5)
        grid.setRowStretch(0, 3)
        grid.setRowStretch(1, 2)
        for card, least in ((self.maps, 300), (self.filters, 300), (self.patches, 250), (self.heat, 250)):
            card.setMinimumWidth(least)
        return page

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(12)
        column.addWidget(self.bar)
        column.addWidget(self._stack, 1)

    def _paint(self) -> None:
        self.setStyleSheet(f"#inspectWorkspace {{ background: {tokens().canvas}; }}")


class _Later(QWidget):
    """A place for a page that is made when it is first seen."""

    def __init__(self, make: Callable[[], QWidget], parent: QWidget) -> None:
        super().__init__(parent)
        self._make = make
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def put(self, page: QWidget) -> None:
        """Here it is."""
        self._column.addWidget(page)
        page.show()  # a layout would do it later

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is wanted."""
        self._make()
        super().showEvent(event)
