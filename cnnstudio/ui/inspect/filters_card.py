"""A convolution's filters before, during and after training, on one colour scale, with a scrubber."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from cnnstudio.core.looks import KernelHistory, Kernels, KernelsOf, KernelsThroughTime
from cnnstudio.core.messages import Tensor
from cnnstudio.ui.inspect.block_names import short_names
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.picture_view import PictureView
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.tile_grid import TileGrid
from cnnstudio.ui.theme import icon, theme

_PLAY_MS = 350
_LIVE_MS = 2000
_LARGE = 150
_READABLE = 11
"""Pixels a side: a filter of 11 by 11 is the largest that a tile shows well."""


class FiltersCard(LookCard):
    """Follows the training until the person moves the scrubber away from its end."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(room, "inspectFiltersCard", "", "", parent)
        self.title.setText(self.tr("Filters through training"))
        self.setAccessibleName(self.title.text())
        self.empty.say(self.tr("The filters of a convolution, and how training changes them."))
        self._history: KernelsThroughTime | None = None
        self.convolution = QComboBox(self)
        self.convolution.setObjectName("filtersConvolution")
        self.convolution.setAccessibleName(self.tr("Convolution"))
        self.convolution.setToolTip(self.convolution.accessibleName())
        self.convolution.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.convolution.currentIndexChanged.connect(self._on_convolution)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("filtersScrubber")
        self.slider.setAccessibleName(self.tr("Moment of the training"))
        self.slider.setMinimumWidth(70)
        self.slider.valueChanged.connect(self._draw)
        self.moment = QLabel(self)
        self.moment.setObjectName("filtersMoment")
        self.moment.setProperty("role", "muted")
        self.play = QToolButton(self)
        self.play.setObjectName("filtersPlay")
        self.play.setAccessibleName(self.tr("Play through training"))
        self.play.setToolTip(self.play.accessibleName())
        self.play.setIconSize(QSize(12, 12))
        self.play.clicked.connect(self._on_play)
        self._player = QTimer(self, interval=_PLAY_MS)
        self._player.timeout.connect(self._step)
        self._slow = QTimer(self, interval=_LIVE_MS, singleShot=True)
        self.grid = TileGrid("inspectFilters", self.tr("Filters"), self, largest=120)
        self.grid.clicked.connect(self._on_filter)
        self.grid.hovered.connect(self._enlarge)
        self.large = PictureView(
            "filtersLarge", self.tr("The filter under the pointer, or the chosen one"), self
        )
        self.large.setFixedWidth(_LARGE)
        self.change = QLabel(self)
        self.change.setObjectName("filtersChange")
        self.change.setProperty("role", "small")
        self._make()
        seen = self.inspection
        seen.subjectChanged.connect(self._on_subject)
        seen.blocksChanged.connect(self._on_blocks)
        seen.focusChanged.connect(self._on_focus)
        seen.freshened.connect(self._follow)
        theme().changed.connect(self._paint)
        self._paint()
        self._on_blocks()

    # --- asking

    def look(self) -> None:
        """Asks for the filters of the chosen convolution; no picture is needed for it."""
        seen = self.inspection
        if seen.all_known and seen.blocks and not seen.convolutions:
            self.say(self.tr("This network has no convolution, so there are no filters to look at."))
            return
        # Where no block is known yet, or without any picture never, it is the first convolution's.
        path, subject = str(self.convolution.currentData() or ""), seen.subject
        if subject.run is not None or self.inspection.live:
            self.ask(KernelHistory(subject.run, path), patient=self.inspection.live)
        else:
            self.ask(Kernels(subject, path))

    def take(self, message: object) -> None:
        """The filters at all moments."""
        if isinstance(message, KernelsOf):
            message = _only_now(message)
        if not isinstance(message, KernelsThroughTime):
            return
        follows = self._history is None or self.slider.value() == self.slider.maximum()
        self._history = message
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(message.epochs) - 1)
            if follows:
                self.slider.setValue(self._wanted_moment(message))
        many = len(message.epochs) > 1
        for widget in (self.slider, self.play, self._before):
            widget.setEnabled(many)
        self.show_view()
        self._draw()

    def _wanted_moment(self, found: KernelsThroughTime) -> int:
        epoch = self.inspection.subject.epoch
        return found.epochs.index(epoch) if epoch in found.epochs else len(found.epochs) - 1

    @Slot()
    def _on_subject(self) -> None:
        self._history = None
        self.start_over()

    @Slot()
    def _follow(self) -> None:
        if self.isVisible() and not self.inquiry.waiting and not self._slow.isActive():
            self._slow.start()
            self.look()

    # --- which convolution

    @Slot()
    def _on_blocks(self) -> None:
        """Of a large network they become known little by little; what is shown stays, and is asked once."""
        chosen = self.convolution.currentData()
        names = short_names((block.path, block.kind) for block in self.inspection.blocks)
        with QSignalBlocker(self.convolution):
            self.convolution.clear()
            for block in self.inspection.convolutions:
                self.convolution.addItem(names[block.path], block.path)
            place = self.convolution.findData(chosen)
            self.convolution.setCurrentIndex(max(0, place))
        self.convolution.setVisible(self.convolution.count() > 0 or not self.inspection.all_known)
        if not self.inspection.blocks:
            self._history = None
        elif chosen is None or place < 0 or not self.inspection.convolutions:
            if self._history is None or self._history.path != self.convolution.currentData():
                self._history = None
                self.refresh()
            self._on_focus()

    @Slot()
    def _on_convolution(self) -> None:
        self._history = None
        self.refresh()
        path = str(self.convolution.currentData() or "")
        if path and path != self.inspection.path:
            self.inspection.focus(path)

    @Slot()
    def _on_focus(self) -> None:
        place = self.convolution.findData(self.inspection.path)
        if place >= 0 and place != self.convolution.currentIndex():
            self.convolution.setCurrentIndex(place)
        self.grid.choose(self.inspection.filter if place >= 0 else -1)
        self._enlarge(-1)

    @Slot(int)
    def _on_filter(self, number: int) -> None:
        self.inspection.focus(str(self.convolution.currentData() or ""), number)

    # --- through time

    @Slot()
    def _on_play(self) -> None:
        if self._player.isActive():
            self._player.stop()
        else:
            self.slider.setValue(0)
            self._player.start()
        self._paint()

    @Slot()
    def _step(self) -> None:
        if self.slider.value() >= self.slider.maximum() or not self.isVisible():
            self._player.stop()
            self._paint()
        else:
            self.slider.setValue(self.slider.value() + 1)

    @Slot()
    def _draw(self) -> None:
        from cnnstudio.ui.inspect.filter_tiles import MOST_INPUTS, filter_tiles
        from cnnstudio.ui.inspect.tile_images import floats

        found = self._history
        if found is None:
            return
        number = min(self.slider.value(), len(found.tensors) - 1)
        scale = max(abs(found.low), abs(found.high), 1e-12)
        changes = floats(found.changes)[number]
        tip = self.tr("filter {number}: has changed by {share} % of its length")
        tips = [tip.format(number=i, share=f"{100 * change:.0f}") for i, change in enumerate(changes, 1)]
        levels = [float(change) for change in changes] if number else []
        self.grid.show_tiles(filter_tiles(found.tensors[number], scale), tips, levels=levels)
        self.grid.choose(self.inspection.filter if self.inspection.path == found.path else -1)
        self._enlarge(-1)
        self._tell_moment(found, number)
        out, inputs = found.whole[:2]
        shape = f"{out} × {inputs} × {found.whole[2]}×{found.whole[3]}"
        parts = [shape, self.tr("scale ±{scale}").format(scale=f"{scale:.2g}")]
        shown = found.tensors[number].shape
        if shown[0] < out:
            parts.insert(1, self.tr("first {shown} of {count}").format(shown=shown[0], count=out))
        if min(shown[1], MOST_INPUTS) < inputs:
            text = self.tr("{shown} of {count} inputs")
            parts.append(text.format(shown=min(shown[1], MOST_INPUTS), count=inputs))
        self.detail.set_texts(" · ".join(parts), shape)
        self.detail.setToolTip(found.path)
        if number and len(changes):
            text = self.tr(
                "bars: changed by {mean} % of their length on average, most filter {most}, by {share} %"
            )
            most = int(changes.argmax())
            self.change.setText(
                text.format(
                    mean=f"{100 * changes.mean():.0f}", most=most + 1, share=f"{100 * changes[most]:.0f}"
                )
            )
        else:
            self.change.setText(self.tr("as it was drawn at random") if found.epochs[number] == 0 else "")

    @Slot(int)
    def _enlarge(self, number: int) -> None:
        """A grid of input channels is too small to be read in its tile."""
        tiles = self.grid.images
        number = number if number >= 0 else max(0, self.grid.chosen)
        self.large.setVisible(bool(tiles) and tiles[0].width() > _READABLE)
        self.large.show_image(tiles[number] if number < len(tiles) else None)

    def _tell_moment(self, found: KernelsThroughTime, number: int) -> None:
        epoch = found.epochs[number]
        if epoch == 0 and number == 0:
            text = self.tr("before training")
        elif found.live and number == len(found.epochs) - 1:
            text = self.tr("now (epoch {epoch})")
        else:
            text = self.tr("epoch {epoch}")
        self.moment.setText(text.format(epoch=epoch))

    def _make(self) -> None:
        self.add_tool(self.convolution)
        self._before = QLabel(self.tr("before"), self)
        self._before.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.play)
        row.addWidget(self._before)
        row.addWidget(self.slider, 1)
        row.addWidget(self.moment)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        both = QHBoxLayout()
        both.setSpacing(10)
        both.addWidget(self.grid, 1)
        both.addWidget(self.large)
        column.addLayout(both, 1)
        column.addWidget(self.change)
        self.set_view(page)
        self.tab_order(self.convolution, self.play, self.slider, self.grid)

    def _paint(self) -> None:
        self.play.setIcon(icon("pause" if self._player.isActive() else "play", size=12))


def _only_now(found: KernelsOf) -> KernelsThroughTime:
    """Filters of which nothing but the present is known: of a wide convolution millions of numbers."""
    import numpy as np

    from cnnstudio.ui.train.tensors import array

    values = array(found.tensor)
    low, high = (
        float(np.nan_to_num(best.reduce(values, axis=None, initial=0.0))) for best in (np.fmin, np.fmax)
    )
    filters = found.tensor.shape[0]
    changes = Tensor((1, filters), bytes(4 * filters))
    return KernelsThroughTime(
        found.path,
        found.node,
        found.tensor.shape,
        (found.source.epoch,),
        (found.tensor,),
        changes,
        low,
        high,
        live=False,
    )
