"""One of two networks that look at the same picture: its prediction, one block's maps, where it looked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspect_runs import EpochsFound, InspectRuns, RunsFound
from cnnstudio.core.looks import FeatureMaps, Heat, HeatMap, Maps, Predict, Prediction, Subject
from cnnstudio.core.messages import Failed
from cnnstudio.ui.inspect.choosers import Chooser, EpochChooser, Fit
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.picture_view import PictureView
from cnnstudio.ui.inspect.prediction_bars import PredictionBars
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.tile_grid import TileGrid

_MAPS = 32
_NARROW = Fit.AdjustToMinimumContentsLengthWithIcon


class CompareSide(LookCard):
    """A run and an epoch of its own."""

    def __init__(
        self, room: Room, runs: InspectRuns, name: str, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(room, name, title, "", parent)
        self.empty.say(self.tr("Choose a run; both sides look at the picture of the Looks page."))
        self.subject: Subject | None = None
        self._runs = runs
        self._maps_of = Inquiry(self.inspection.session, self)
        self._maps_of.told.connect(self._hear_maps)
        self._heat_of = Inquiry(self.inspection.session, self)
        self._heat_of.told.connect(self._hear_heat)
        self.run = Chooser(f"{name}Run", self.tr("Run"), self, fit=_NARROW)
        self.run.setMinimumContentsLength(12)
        self.run.activated.connect(self._on_run)
        self.epoch = EpochChooser(f"{name}Epoch", self.tr("Epoch"), self, fit=_NARROW)
        self.epoch.setMinimumContentsLength(9)
        self.epoch.activated.connect(self._on_epoch)
        self.picture = PictureView(f"{name}Picture", self.tr("Picture"), self)
        self.heat = PictureView(f"{name}Heat", self.tr("Where it looked"), self)
        self.bars = PredictionBars(self)
        self.maps = TileGrid(f"{name}Maps", self.tr("Feature maps"), self, largest=72)
        self.block = QLabel(self)
        self.block.setProperty("role", "heading")
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.addWidget(self.picture, 0, 0)
        grid.addWidget(self.heat, 0, 1)
        grid.addWidget(self.bars, 1, 0, 1, 2)
        grid.addWidget(self.block, 2, 0, 1, 2)
        grid.addWidget(self.maps, 3, 0, 1, 2)
        grid.setRowStretch(0, 2)
        grid.setRowStretch(3, 3)
        self.set_view(page)
        self.add_tool(self.run)
        self.add_tool(self.epoch)
        runs.listed.connect(self._on_listed)
        runs.epochsRead.connect(self._on_epochs)
        seen = self.inspection
        seen.pictureChanged.connect(self.refresh)
        seen.focusChanged.connect(self.refresh)

    def look(self) -> None:
        """Asks all three."""
        subject, picture = self.subject, self.inspection.picture
        if subject is None:
            return
        path = self.inspection.path
        self.ask(Predict(subject, picture), patient=True)
        self._heat_of.ask_next(Heat(subject, picture))
        if path:
            self._maps_of.ask_next(FeatureMaps(subject, picture, (path,), _MAPS, 64))

    def choose(self, run: str, epoch: int | None = None) -> None:
        """A run on disk, at an epoch."""
        self.subject = Subject(run, epoch)
        with QSignalBlocker(self.run):
            if self.run.findData(run) < 0:
                self.run.addItem(Path(run).name, run)
            self.run.setCurrentIndex(self.run.findData(run))
        self._fill_epochs(())
        self._runs.read_epochs(run)
        self.refresh()

    def take(self, message: object) -> None:
        """What it takes the picture for."""
        if isinstance(message, Prediction):
            from cnnstudio.ui.inspect.tile_images import picture_of

            self.picture.show_image(picture_of(message.image))
            self.bars.show_prediction(message)
            self.show_view()

    @Slot(object)
    def _hear_heat(self, message: object) -> None:
        from cnnstudio.ui.inspect.tile_images import floats, heat_over

        if isinstance(message, HeatMap):
            self.heat.show_image(heat_over(floats(message.tensor), message.low, message.high, message.image))
        elif isinstance(message, Failed):
            self.heat.show_image(None)

    @Slot(object)
    def _hear_maps(self, message: object) -> None:
        from cnnstudio.ui.inspect.tile_images import floats, show_maps

        if isinstance(message, Maps):
            values = floats(message.tensor)
            self.block.setText(f"{message.path} · {message.kind}")
            show_maps(self.maps, values, message.low, message.high, own=True)
        elif isinstance(message, Failed):
            self.block.setText(message.sentence)
            self.maps.show_tiles([])

    # --- which network

    @Slot()
    def _on_run(self) -> None:
        self.choose(str(self.run.currentData()))

    @Slot()
    def _on_epoch(self) -> None:
        if self.subject is not None:
            self.subject = Subject(self.subject.run, self.epoch.currentData())
            self.refresh()

    @Slot(object)
    def _on_listed(self, found: RunsFound) -> None:
        chosen = self.run.currentData()
        with QSignalBlocker(self.run):
            self.run.clear()
            for row in found.rows:
                self.run.addItem(f"{row.name} #{row.folder_name.rsplit('_', 1)[-1]}", row.path)
            self.run.setCurrentIndex(self.run.findData(chosen))

    @Slot(object)
    def _on_epochs(self, found: EpochsFound) -> None:
        if self.subject is not None and found.path == self.subject.run:
            self._fill_epochs(found.epochs)

    def _fill_epochs(self, epochs: tuple[int, ...]) -> None:
        wanted = self.subject.epoch if self.subject is not None else None
        self.epoch.fill(epochs, wanted)
