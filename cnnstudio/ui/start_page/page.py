"""The start page: an empty network, files, and the presets as cards, filled in one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from cnnstudio.core.fileformat import FileError, read_document
from cnnstudio.ui.preset_menu import grouped_presets
from cnnstudio.ui.start_page.card import CardText, StartCard
from cnnstudio.ui.start_page.card_grid import CardGrid
from cnnstudio.ui.start_page.neighbour import DIRECTIONS, neighbour
from cnnstudio.ui.start_page.telling import told, told_file
from cnnstudio.workspace.errors import PresetError
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.recent import recent_files

_RECENT = 3
_MARGIN = 24

Fill = Callable[[], None]


class StartPage(QScrollArea):
    """Asks for nothing and opens nothing by itself: it tells what was picked."""

    presetPicked = Signal(str)
    filePicked = Signal(object)
    """Carries the path."""
    emptyPicked = Signal()
    openPicked = Signal()
    tourPicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("startPage")
        self.setAccessibleName(self.tr("Start"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._timer = QTimer(self)
        self._timer.setObjectName("startPageTimer")
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._fill_one)
        self._left: Iterator[Fill] = iter(())
        self._recent: list[tuple[Path, StartCard]] = []
        self._presets: dict[str, StartCard] = {}
        self._lay_out()

    def cards(self) -> list[StartCard]:
        """The cards that can be seen, in reading order."""
        return [card for grid in self._grids for card in grid.cards if not card.isHidden()]

    @property
    def filled(self) -> bool:
        """Whether every card is complete."""
        return not self._timer.isActive()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_recent()
        self._left = iter([*self._empty_recent(), *self._empty_presets()])
        self._timer.start()
        self.cards()[0].setFocus()

    def hideEvent(self, event: QEvent) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys go from card to card."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            direction = DIRECTIONS.get(event.key())
            if direction is not None and isinstance(watched, StartCard):
                self._go(neighbour(watched, self.cards(), direction))
                return True
        elif event.type() == QEvent.Type.FocusIn and isinstance(watched, StartCard):
            self.ensureWidgetVisible(watched, 0, _MARGIN)
        return super().eventFilter(watched, event)

    def _go(self, card: StartCard | None) -> None:
        if card is not None:
            card.setFocus()

    # --- layout -----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(_MARGIN, 18, _MARGIN, _MARGIN)
        column.setSpacing(18)
        title = QLabel(self.tr("What would you like to build?"), page)
        title.setProperty("role", "title")
        column.addWidget(title)
        self._first = CardGrid(one_row=True, parent=page)
        self._grids = [self._first]
        empty = CardText(self.tr("Empty network"), self.tr("Start from the input"))
        self._add(self._first, "emptyNetworkCard", empty, "plus").clicked.connect(self.emptyPicked)
        file = CardText(self.tr("Open a file…"), self.tr("or drop one on the window"))
        self._add(self._first, "openFileCard", file, "open").clicked.connect(self.openPicked)
        tour = CardText(self.tr("Take a tour"), self.tr("How a CNN computes"))
        self._tour = self._add(self._first, "tourCard", tour, "learn")
        self._tour.clicked.connect(self.tourPicked)
        for heading, presets in grouped_presets():
            grid = CardGrid(heading, parent=page)
            self._grids.append(grid)
            for preset in presets:
                card = self._add(grid, f"presetCard-{preset}", CardText(preset))
                card.clicked.connect(partial(self.presetPicked.emit, preset))
                self._presets[preset] = card
        for grid in self._grids:
            column.addWidget(grid)
        column.addStretch(1)
        self.setWidget(page)

    def _add(self, grid: CardGrid, name: str, text: CardText, picture: str = "") -> StartCard:
        card = StartCard(name, text, picture, grid)
        card.installEventFilter(self)
        grid.add(card)
        return card

    def _refresh_recent(self) -> None:
        for _, card in self._recent:
            self._first.take(card)
        self._recent = []
        for number, path in enumerate(recent_files()[:_RECENT]):
            card = self._add(self._first, f"recentCard-{number}", CardText(path.name, tip=str(path)), "open")
            card.clicked.connect(partial(self.filePicked.emit, path))
            self._recent.append((path, card))
        self._first.move_to_end(self._tour)

    # --- filling ----------------------------------------------------------------------------------------

    def _empty_recent(self) -> list[Fill]:
        return [partial(_fill_file, card, path) for path, card in self._recent]

    def _empty_presets(self) -> list[Fill]:
        waiting = [(card, preset) for preset, card in self._presets.items() if not card.words.facts]
        return [partial(_fill_preset, card, preset) for card, preset in waiting]

    @Slot()
    def _fill_one(self) -> None:
        fill = next(self._left, None)
        if fill is None:
            self._timer.stop()
        else:
            fill()


def _fill_preset(card: StartCard, preset: str) -> None:
    try:
        document = load_preset(preset)
    except PresetError as error:
        card.show_text(CardText(preset, str(error), tip=str(error)))
        card.setEnabled(False)
    else:
        card.show_text(*told(document))


def _fill_file(card: StartCard, path: Path) -> None:
    try:
        document = read_document(path.read_text("utf-8"), path.name)
    except (FileError, OSError, UnicodeDecodeError):
        return  # opening it says what is wrong
    card.show_text(*told_file(path, document))
