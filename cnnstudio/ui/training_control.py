"""What happens between a press on Train and the first step: is the network sound, are the images there?"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnnstudio.app.data_place import data_place
from cnnstudio.app.folder_look import FolderLook
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.app.training_edits import with_dataset
from cnnstudio.core.requests import Job
from cnnstudio.ui.data_dialog import DataDialog
from cnnstudio.ui.dialogs import Dialogs
from cnnstudio.ui.folder_dialog import FolderDialogs
from cnnstudio.workspace import datasets
from cnnstudio.workspace.settings import load_settings, save_settings

_Answers = tuple[Callable[[datasets.DatasetInfo], None], Callable[[str], None]]


class TrainingControl(QObject):
    """Starts runs from snapshots of the document."""

    problemsFound = Signal()
    failed = Signal(str)
    folderChosen = Signal()
    """Another folder of images, in the settings already."""
    starting = Signal(object)
    """A run is about to be asked for (carries the :class:`Job`)."""
    endingChanged = Signal(bool)
    """Whether the run ends after its present epoch."""

    def __init__(
        self, store: DocumentStore, session: EngineSession, dialogs: Dialogs, window: QWidget
    ) -> None:
        super().__init__(window)
        self._store = store
        self._session = session
        self._window = window
        self.dialogs = dialogs
        self.device: str = load_settings().device
        self.limit: int | None = None
        """Only the first so many training images, for a quick look."""
        self._ends_after_epoch = False
        self._look = FolderLook(self)
        self._look_dialogs = FolderDialogs(self._look, window)
        self._looked: _Answers = (lambda _: None, lambda _: None)
        self._look.found.connect(self._on_found)
        self._look.failed.connect(self._on_look_failed)
        session.stateChanged.connect(self._on_state)

    def pause_or_resume(self) -> None:
        """Lets the run wait, or go on."""
        if self._session.state == "paused":
            self._session.resume()
        else:
            self._session.pause()

    def stop_now(self) -> None:
        """Ends the run after its present step."""
        self._session.stop()

    def stop_after_epoch(self, on: bool) -> None:
        """Ends the run after its present epoch, or takes that back."""
        if self._session.active and on != self._ends_after_epoch:
            self._session.stop_after_epoch(on)
            self._set_ending(on)

    def toggle_stop_after_epoch(self) -> None:
        """For a shortcut: ends the run after its present epoch, or not after all."""
        self.stop_after_epoch(not self._ends_after_epoch)

    def choose_device(self, device: str) -> None:
        """The device of the next runs, this time and the next times."""
        self.device = device
        with suppress(OSError):  # it is chosen; only the next start does not know
            save_settings(replace(load_settings(), device=device))

    def trial_job(self) -> Job | str:
        """What a trial of the document as it is now needs, or a sentence on why there can be none."""
        document = self._store.document
        if not self._store.inference.trainable or not document.body:
            return self.tr("This network cannot be trained yet: its problems come first.")
        dataset, place = document.training.dataset, data_place(document)
        if place is None:
            return self.tr("No folder of images is chosen yet: press Train to choose one.")
        known = dataset in datasets.DATASET_IDS
        if not known or (dataset != "folder" and not datasets.is_present(dataset, place)):
            return self.tr("The data set is not on this disk yet: press Train to fetch it.")
        return Job(document, data_dir=str(place), device=self.device, limit=self.limit, download=False)

    def _on_state(self, state: str) -> None:
        if state not in ("running", "paused"):
            self._set_ending(False)

    def _set_ending(self, on: bool) -> None:
        if on != self._ends_after_epoch:
            self._ends_after_epoch = on
            self.endingChanged.emit(on)

    def train(self) -> None:
        """Starts a run of the document as it is now, or says why it cannot."""
        if self._session.active:
            return
        inference = self._store.inference
        if not inference.trainable or not self._store.document.body:
            self.problemsFound.emit()
            return
        dataset = self._store.document.training.dataset
        if dataset not in datasets.DATASET_IDS:
            known = ", ".join(datasets.DATASET_IDS)
            text = self.tr("There is no data set “{name}”: choose one of {known}.")
            self.failed.emit(text.format(name=dataset, known=known))
        elif dataset == "folder":
            self._train_folder()
        elif datasets.is_present(dataset, load_settings().data_dir()):
            self._start(load_settings().data_dir())
        else:
            self._ask_for_data(dataset)

    def choose_folder(self, then: Callable[[], None] | None = None) -> None:
        """Lets the person choose the folder of images, for this training and the next ones."""

        def chosen(path: Path) -> None:
            self._look_through(path, partial(take, path), self.failed.emit)

        def take(path: Path, info: datasets.DatasetInfo) -> None:
            save_settings(replace(load_settings(), image_folder=str(path)))
            self._use(info, path.name)
            self.folderChosen.emit()  # the document may be the same
            if then is not None:
                then()

        self.dialogs.open_folder(self.tr("Choose a folder with one subfolder of images a class"), chosen)

    def _train_folder(self) -> None:
        folder = load_settings().image_folder

        def take(info: datasets.DatasetInfo) -> None:
            if self._session.active or self._store.document.training.dataset != "folder":
                return  # something else has begun meanwhile
            # The number of classes is the folder's.
            self._use(info, Path(folder).name)
            self._start(Path(folder))

        if not folder:
            self._ask_for_data("folder")
        else:  # where it has gone, another one is asked for
            self._look_through(Path(folder), take, lambda sentence: self._ask_for_data("folder", sentence))

    def _look_through(
        self, folder: Path, found: Callable[[datasets.DatasetInfo], None], failed: Callable[[str], None]
    ) -> None:
        """Finds out in a thread what the folder holds; tells one of the two, or nothing if cancelled."""
        self._looked = found, failed
        self._look.begin(folder)
        self._look_dialogs.announce(folder.name)

    @Slot(object)
    def _on_found(self, info: datasets.DatasetInfo) -> None:
        self._looked[0](info)

    @Slot(str)
    def _on_look_failed(self, sentence: str) -> None:
        self._looked[1](sentence)

    def shutdown(self) -> None:
        """Nothing is looked through any more."""
        self._look.shutdown()

    def _use(self, info: datasets.DatasetInfo, name: str) -> None:
        changed = with_dataset(self._store.document, info)
        self._store.apply(self.tr("Train on {name}").format(name=name), changed)

    def _ask_for_data(self, dataset: str, trouble: str = "") -> None:
        dialog = DataDialog(datasets.dataset(dataset), self._session, self._window, trouble)
        dialog.downloaded.connect(self.train)
        dialog.shapesWanted.connect(self._train_on_shapes)
        dialog.folderWanted.connect(lambda: self.choose_folder(then=self.train))
        dialog.open()

    def _train_on_shapes(self) -> None:
        shapes = datasets.dataset("shapes")
        self._use(shapes, shapes.title)
        self.train()

    def _start(self, folder: Path) -> None:
        store = self._store
        data, device, limit = str(folder), self.device, self.limit
        self._send(Job(store.document, data_dir=data, device=device, limit=limit, parent=store.origin))

    @property
    def busy(self) -> bool:
        """Whether a training is under way."""
        return self._session.active

    def start_job(self, job: Job) -> None:
        """Starts a run that is complete as it is."""
        self._send(job)

    def continue_run(self, run: str, epochs: int, data_dir: str | None) -> None:
        """Goes on with any run from its last checkpoint, up to so many epochs in all."""
        self._send(Job(None, run=run, resume=True, data_dir=data_dir, device=self.device, epochs=epochs))

    def resume(self, run: str) -> None:
        """Goes on with a run from its last checkpoint, with its own document and, as it began, its data."""
        if not self._session.active:
            self._send(Job(None, run=run, resume=True, device=self.device))

    def _send(self, job: Job) -> None:
        self.starting.emit(job)
        self._session.train(job)
