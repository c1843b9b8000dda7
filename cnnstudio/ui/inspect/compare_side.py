"""One of two networks that look at the same picture: its prediction, one block's maps, where it looked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspect_runs import EpochsFound, InspectRuns, RunsFound
from cnnstudio.core.looks import (
    Heat,
    HeatMap,
    Images,
    Picture,
    Pixels,
    Predict,
    Prediction,
    Subject,
    TestImage,
    TestImages,
)
from cnnstudio.core.messages import Failed, Tensor
from cnnstudio.ui.inspect.choosers import Chooser, EpochChooser, Fit
from cnnstudio.ui.inspect.compare_maps import CompareMaps
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.picture_view import PictureView
from cnnstudio.ui.inspect.prediction_bars import PredictionBars
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.subject_bar import said
from cnnstudio.ui.widgets.elided import ElidedLabel
from cnnstudio.workspace.runs.listing import RunRow

_LIVE_MS = 1500
_NARROW = Fit.AdjustToMinimumContentsLengthWithIcon


class CompareSide(LookCard):
    """A run and an epoch of its own; ``first`` is the one that it begins with."""

    def __init__(
        self,
        room: Room,
        runs: InspectRuns,
        name: str,
        title: str,
        first: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(room, name, title, "", parent)
        self.subject: Subject | None = None
        self._first = first
        self._slow = QTimer(self, interval=_LIVE_MS, singleShot=True)
        self._names: tuple[str, ...] = ()
        self._runs = runs
        self._target, self._nothing = -1, False
        self._rows: tuple[RunRow, ...] = ()
        self._lender = Inquiry(self.inspection.session, self)
        self._lender.told.connect(self._hear_picture)
        self._wanted: TestImages | None = None
        self._borrowed: tuple[TestImages, Pixels] | None = None
        """The other data set's image."""
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
        self.maps = CompareMaps(self.inspection, name, self)
        self.label = _small(self)
        self.looked = _small(self)
        self.set_view(self._laid_out())
        which = QHBoxLayout()
        which.setSpacing(6)
        which.addWidget(self.run, 3)
        which.addWidget(self.epoch, 2)
        self.body.insertLayout(1, which)
        runs.listed.connect(self._on_listed)
        runs.epochsRead.connect(self._on_epochs)
        seen = self.inspection
        seen.pictureChanged.connect(self.refresh)
        seen.subjectChanged.connect(self._on_subject)
        seen.freshened.connect(self._follow)

    def _laid_out(self) -> QWidget:
        page = QWidget(self)
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.picture, 0, 0)
        grid.addWidget(self.heat, 0, 1)
        grid.addWidget(self.label, 1, 0)
        grid.addWidget(self.looked, 1, 1)
        grid.addWidget(self.bars, 2, 0, 1, 2)
        grid.addWidget(self.maps, 3, 0, 1, 2)
        grid.setRowStretch(0, 2)
        grid.setRowStretch(3, 4)
        return page

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is compared before somebody looks."""
        super().showEvent(event)
        self._begin()

    @Slot()
    def _begin(self) -> None:
        """With the run that is looked at, else the last one, until somebody chooses."""
        seen = self.inspection
        last = str(self.run.itemData(0) or "") if self.run.count() else ""
        run = seen.subject.run or (seen.live_run if seen.live else last)
        if run and seen.settled and self.isVisible() and self.subject is None:
            self.choose(run, self._first)

    @Slot()
    def _follow(self) -> None:
        """The training goes on: until its first epoch has ended it is looked at, then what it has kept."""
        if self.subject == Subject(self.inspection.live_run) and not self._slow.isActive():
            self._slow.start()
            self.refresh()

    def look(self) -> None:
        """Asks all three."""
        subject, picture = self.subject, self._same_picture()
        if subject is None or picture is None:
            return
        self.ask(Predict(subject, picture), patient=True)
        self._heat_of.ask_next(Heat(subject, picture))
        self.maps.look_at(subject, picture)

    def _same_picture(self) -> Picture | None:
        """A number means another image in another data set: then its pixels are fetched first."""
        seen = self.inspection
        if not isinstance(seen.picture, TestImage) or self._same_data():
            return seen.picture
        wanted = TestImages(seen.subject, (seen.picture.index,))
        if self._borrowed is not None and self._borrowed[0] == wanted:
            return self._borrowed[1]
        self._borrowed = None
        self._wanted = wanted
        self._lender.ask(wanted)
        return None

    def _same_data(self) -> bool:
        """As far as is known; folders are the same where they lie in the same place."""
        seen = self.inspection
        by_run = {row.path: _images_of(row) for row in self._rows if row.dataset}
        theirs: tuple[str, str] | None = (seen.store.document.training.dataset, "")
        if seen.subject.run is not None:
            theirs = by_run.get(seen.subject.run)
        own = by_run.get(self.subject.run or "") if self.subject is not None else None
        return own is None or theirs is None or own == theirs

    @Slot(object)
    def _hear_picture(self, message: object) -> None:
        if isinstance(message, Images) and self._wanted is not None:
            pixels = Tensor(message.tensor.shape[1:], message.tensor.data, "uint8")
            self._borrowed = self._wanted, Pixels(pixels)
            self.refresh()
        elif isinstance(message, Failed):
            self.say(message.sentence, again=not message.lasting)

    @Slot()
    def _on_subject(self) -> None:
        self._begin()
        if self.subject is not None and not self._same_data():
            self.refresh()

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
            self._names = message.class_names
            known = message.label is not None and message.label < len(message.class_names)
            text = self.tr("is: {name}").format(name=message.class_names[message.label or 0]) if known else ""
            self.label.set_texts(text, "")
            self._tell_looked()
            self.show_view()

    @Slot(object)
    def _hear_heat(self, message: object) -> None:
        from cnnstudio.ui.inspect.tile_images import floats, heat_over

        if isinstance(message, HeatMap):
            self.heat.show_image(heat_over(floats(message.tensor), message.low, message.high, message.image))
            self._target, self._nothing = message.target, message.high <= 0 <= message.low
            self._tell_looked()
        elif isinstance(message, Failed):
            self.heat.show_image(None)
            self.looked.set_texts(message.sentence, "")

    def _tell_looked(self) -> None:
        """The class has a name once the prediction has come, which may be after the heat."""
        if 0 <= self._target < len(self._names):
            name = self._names[self._target]
            text = self.tr("where it looked for: {name}")
            if self._nothing:
                text = self.tr("nothing speaks for: {name}")
            self.looked.set_texts(text.format(name=name), name)

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
        self.take_runs(found.rows)

    def take_runs(self, rows: tuple[RunRow, ...]) -> None:
        """The runs that there are to choose from."""
        self._rows = rows
        chosen = self.subject.run if self.subject is not None else None
        with QSignalBlocker(self.run):
            self.run.clear()
            for row in rows:
                self.run.addItem(said(row), row.path)
            if chosen is not None and self.run.findData(chosen) < 0:
                self.run.addItem(Path(chosen).name, chosen)
            self.run.setCurrentIndex(self.run.findData(chosen))
        for chooser in (self.run, self.epoch):
            chooser.setEnabled(self.run.count() > 0)
        if chosen is None:
            words = self.tr("Choose a run; both sides look at the picture of the Looks page.")
            none = self.tr("No run has weights yet: train a network, then compare two of its epochs.")
            self.empty.say(words if rows else none)
            self._begin()

    @Slot(object)
    def _on_epochs(self, found: EpochsFound) -> None:
        if self.subject is not None and found.path == self.subject.run:
            self._fill_epochs(found.epochs)

    def _fill_epochs(self, epochs: tuple[int, ...]) -> None:
        wanted = self.subject.epoch if self.subject is not None else None
        self.epoch.fill(epochs, wanted)


def _small(parent: QWidget) -> ElidedLabel:
    label = ElidedLabel(parent)
    label.setProperty("role", "small")
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return label


def _images_of(row: RunRow) -> tuple[str, str]:
    """The data set, and of one's own images where they lie."""
    return row.dataset, row.data_dir if row.dataset == "folder" else ""
