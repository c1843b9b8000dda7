"""The feature maps of every block: chips to choose a block, its maps as tiles, the picture's way below."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspection import BlockSeen
from cnnstudio.core.looks import Done, FeatureMaps, Maps
from cnnstudio.core.messages import Failed
from cnnstudio.ui.inspect.block_names import short_names
from cnnstudio.ui.inspect.enlarged_map import EnlargedMap
from cnnstudio.ui.inspect.gestures import LEAVE_MAP
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.pager import Pager
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.tile_grid import TileGrid, Tips

_FILM_TILE = 50
_FRAME_SECONDS = 0.003
_FILM_MS = 120
"""Of a large network hundreds of blocks come one after the other."""
_CHIPS_HEIGHT = 40
_CHIPS_AT_ONCE = 5
"""A chip takes a third of a millisecond to make, and again as long to be laid out."""
_AT_ONCE = 64
"""Maps that are shown, and asked for, together."""


class MapsCard(LookCard):
    """Fills as the picture goes through the network, and again while the network trains."""

    enlarged = Signal(bool)
    """One map is shown alone, or all are again."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(room, "inspectMapsCard", "", "", parent)
        self.title.setText(self.tr("Feature maps"))
        self.setAccessibleName(self.title.text())
        self.empty.say(self.tr("What each block makes of the picture."))
        self._maps: dict[str, Maps] = {}
        self._film: dict[str, QImage] = {}
        self._film_soon = QTimer(self, interval=_FILM_MS, singleShot=True)
        self._film_soon.timeout.connect(self._draw_film)
        self._further: Maps | None = None
        """Those of the page that is open, where it is not the first."""
        self._pages_of = Inquiry(self.inspection.session, self)
        self._pages_of.told.connect(self._hear_page)
        self._chips: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self.own = QCheckBox(self.tr("Own scales"), self)
        self.own.setObjectName("mapsOwnScale")
        self.own.setToolTip(
            self.tr("Each map on its own scale; else all of a block share one, and weak ones are dark")
        )
        self.own.setChecked(True)
        self.own.toggled.connect(self._draw)
        self.pager = Pager("mapsPager", _AT_ONCE, self)
        self.pager.turned.connect(self._on_page)
        self.add_tool(self.pager)
        self.add_tool(self.own)
        self.grid = TileGrid("featureMapView", self.tr("Feature maps"), self, largest=150)
        self.grid.clicked.connect(lambda number: self._enlarge(self.pager.first + number))
        self.film = TileGrid(
            "inspectFilmstrip", self.tr("The way of the picture through the network"), self, 64
        )
        self.film.clicked.connect(self._choose_number)
        self.large = EnlargedMap(room, self)
        self.large.left.connect(self._leave)
        self.large.moved.connect(self._on_moved)
        self._make()
        seen = self.inspection
        seen.subjectChanged.connect(self.start_over)
        seen.pictureChanged.connect(self.refresh)
        seen.freshened.connect(self._follow)
        seen.blocksChanged.connect(self._on_blocks)
        seen.focusChanged.connect(self._on_focus)

    def look(self) -> None:
        """Asks for the maps of all blocks."""
        self.ask(FeatureMaps(self.inspection.subject, self.inspection.picture), patient=True)

    def take(self, message: object) -> None:
        """One block's maps."""
        if isinstance(message, Maps):
            if message.number == 0 and message.path not in self._maps:
                self._maps, self._film = {}, {}
            self._maps[message.path] = message
            self._film.pop(message.path, None)
            self.inspection.take_maps(message)
            if not self._film_soon.isActive():
                self._film_soon.start()
            if message.path == self.inspection.path or len(self._maps) == 1:
                self._draw()
                self.show_view()
        elif isinstance(message, Done):
            if self.pager.page:
                self._ask_page()
            self._draw()
            self._film_soon.stop()
            self._draw_film()

    @Slot()
    def _on_page(self) -> None:
        """Maps behind the first ones are asked for when somebody turns to them."""
        self._further = None
        if self.pager.page:
            self._ask_page()
        else:
            self._pages_of.call_off()
            self._draw()

    def _ask_page(self) -> None:
        seen = self.inspection
        self._pages_of.ask_next(
            FeatureMaps(seen.subject, seen.picture, (seen.path,), _AT_ONCE, _AT_ONCE, self.pager.first)
        )

    @Slot(object)
    def _hear_page(self, message: object) -> None:
        if isinstance(message, Maps) and message.path == self.inspection.path and self.pager.page:
            self._further = message
            self._draw()
        elif isinstance(message, Failed):
            self.say(message.sentence, again=not message.lasting)

    @Slot()
    def _follow(self) -> None:
        if self.isVisible() and not self.inquiry.waiting:
            self.look()

    # --- which block

    @Slot()
    def _on_blocks(self) -> None:
        """They become known a few at a time; what is shown of the one that is looked at stays."""
        self._fill_chips()
        if not self.inspection.blocks:
            self._maps, self._film = {}, {}
            self._leave()
        if self._tell_total():
            self._on_page()

    def _tell_total(self) -> bool:
        block, further = self.inspection.block, self._further
        self.pager.show_total(block.shape[0] if block is not None and len(block.shape) == 3 else 0)
        turned = self.pager.show_number(self.inspection.filter)
        return turned or (further is not None and further.path != self.inspection.path)

    @Slot()
    def _fill_chips(self) -> None:
        blocks = self.inspection.blocks
        paths, there = [block.path for block in blocks], list(self._chips)
        if paths == there:
            return
        if paths[: len(there)] != there:
            for old in self._chips.values():
                self._group.removeButton(old)
                old.hide()
                old.deleteLater()
            self._chips = {}
        names = short_names((block.path, block.kind) for block in blocks)
        for block in blocks[len(self._chips) :][:_CHIPS_AT_ONCE]:
            self._chips[block.path] = self._new_chip(block, names[block.path])
        if len(self._chips) < len(blocks):
            QTimer.singleShot(0, self._film_soon, self._fill_chips)
        self._mark_chip()

    def _new_chip(self, block: BlockSeen, text: str) -> QPushButton:
        chip = QPushButton(text, self._chip_row)
        chip.setObjectName(f"mapsChip-{block.path}")
        chip.setToolTip(f"{block.path} · {block.kind} · {_shape(block.shape)}")
        chip.setAccessibleName(chip.toolTip())
        chip.setProperty("role", "segment")
        chip.setCheckable(True)
        chip.clicked.connect(lambda: self._choose(block.path))
        self._group.addButton(chip)
        self._chip_line.insertWidget(self._chip_line.count() - 1, chip)
        QWidget.setTabOrder(next(reversed(self._chips.values()), self.own), chip)
        return chip

    def _choose(self, path: str) -> None:
        self._leave()
        self.inspection.focus(path)

    @Slot(int)
    def _choose_number(self, number: int) -> None:
        if number < len(self.inspection.blocks):
            self._choose(self.inspection.blocks[number].path)

    @Slot()
    def _on_focus(self) -> None:
        self._mark_chip()
        self._mark_film()
        if self._tell_total():
            self._on_page()
        else:
            self._draw()

    def _mark_chip(self) -> None:
        chip = self._chips.get(self.inspection.path)
        if chip is not None and not chip.isChecked():
            chip.setChecked(True)
            QTimer.singleShot(0, self._film_soon, self._show_chip)  # once it has its place

    @Slot()
    def _show_chip(self) -> None:
        chip = self._chips.get(self.inspection.path)
        if chip is not None:
            self._chip_area.ensureWidgetVisible(chip, 60, 0)

    # --- drawing

    @Slot()
    def _draw(self) -> None:
        from cnnstudio.ui.inspect.tile_images import floats, show_maps

        found = self._further if self.pager.page else self._maps.get(self.inspection.path)
        if found is None:
            return
        values, first = floats(found.tensor), self.pager.first
        show_maps(self.grid, values, found.low, found.high, self.own.isChecked(), _tips(values, first))
        place = self.inspection.filter - first
        self.grid.choose(place if 0 <= place < len(values) else -1)
        parts = [f"{found.path} · {found.kind}", _shape(found.shape)]
        if values.ndim == 1 and len(values) < found.shape[0]:
            shown = self.tr("first {shown} of {count}")
            parts.append(shown.format(shown=len(values), count=found.shape[0]))
        if values.ndim == 3:
            parts.append(self.tr("click one to enlarge"))
        self.detail.set_texts(" · ".join(parts), " · ".join(parts[:2]))
        self.own.setEnabled(values.ndim == 3)

    @Slot()
    def _draw_film(self) -> None:
        """As far as the picture has come, and as many as can be made within a frame; the rest soon."""
        until = time.perf_counter() + _FRAME_SECONDS
        missing = [path for path in self._maps if path not in self._film]
        for path in missing:
            self._film[path] = _film_image(self._maps[path])
            if time.perf_counter() > until:
                break
        known = [block for block in self.inspection.blocks if block.path in self._film]
        tips = [f"{block.path} · {block.kind} · {_shape(block.shape)}" for block in known]
        self.film.setMinimumWidth(len(known) * (_FILM_TILE + 2))
        self.film.show_tiles([self._film[block.path] for block in known], tips, columns=len(known))
        self._mark_film()
        if any(path not in self._film for path in missing):
            QTimer.singleShot(0, self._film_soon, self._draw_film)

    def _mark_film(self) -> None:
        paths = [block.path for block in self.inspection.blocks if block.path in self._film]
        self.film.choose(paths.index(self.inspection.path) if self.inspection.path in paths else -1)
        if self.film.chosen >= 0:
            middle = self.film.tile_area(self.film.chosen).center()
            self._film_area.ensureVisible(middle.x(), middle.y(), 2 * _FILM_TILE, 0)

    # --- one map

    @Slot(int)
    def _enlarge(self, number: int) -> None:
        self.inspection.focus(self.inspection.path, number)
        block = self.inspection.block
        if block is not None and len(block.shape) == 3:
            self.large.look_at(block, number)
            self._layer.setCurrentWidget(self.large)
            self._film_area.hide()
            self.large.setFocus()
            self.enlarged.emit(True)

    @Slot()
    def _leave(self) -> None:
        if self._layer.currentWidget() is self.large:
            self._layer.setCurrentWidget(self.grid)
            self._film_area.show()
            self.grid.setFocus()
            self.enlarged.emit(False)

    @Slot(int)
    def _on_moved(self, number: int) -> None:
        self.inspection.focus(self.inspection.path, number)

    def _make(self) -> None:
        self._chip_row = QWidget(self)
        self._chip_line = QHBoxLayout(self._chip_row)
        self._chip_line.setContentsMargins(0, 0, 0, 0)
        self._chip_line.setSpacing(5)
        self._chip_line.addStretch(1)
        self._chip_area = _strip(self._chip_row, _CHIPS_HEIGHT, self)
        self._layer = QStackedWidget(self)
        self._layer.addWidget(self.grid)
        self._layer.addWidget(self.large)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self._chip_area)
        column.addWidget(self._layer, 1)
        self._film_area = _strip(self.film, _FILM_TILE + 14, self)
        column.addWidget(self._film_area)
        self.set_view(page)
        leave = QShortcut(QKeySequence(LEAVE_MAP), self.large, self._leave)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)


def _film_image(found: Maps) -> QImage:
    """The mean of a block's maps; of a vector its numbers in a square."""
    from cnnstudio.ui.inspect.tile_images import map_images
    from cnnstudio.ui.train.tensors import array

    values = array(found.tensor)
    if values.ndim == 1:
        side = max(1, int(len(values) ** 0.5))
        values = values[: side * side].reshape(1, side, side)
    mean: NDArray[np.float32] = np.nan_to_num(values.mean(axis=0, keepdims=True, dtype=np.float32))
    return map_images(mean, 0, 1, own=True)[0]


def _strip(inner: QWidget, height: int, parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFixedHeight(height)
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _shape(shape: tuple[int, ...]) -> str:
    """As people write it: height × width × channels."""
    return "×".join(str(side) for side in (*shape[1:], shape[0]))


def _tips(values: NDArray[np.float32], first: int) -> Tips:
    """A number, or the range of a map; the first is number ``first``, from 0 (people count from 1)."""
    if values.ndim == 1:
        return lambda number: f"{first + number + 1}: {values[number]:.4g}"
    return lambda number: f"{first + number + 1}: {values[number].min():.3g} … {values[number].max():.3g}"
