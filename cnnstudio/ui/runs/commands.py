"""What the actions do with the chosen runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFile, QObject, QStandardPaths, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication

from cnnstudio.app.data_place import data_place
from cnnstudio.app.run_list import RunList
from cnnstudio.app.run_queue import RunQueue, other_seeds, repeat_job
from cnnstudio.app.tensorboard_export import TensorBoardExport
from cnnstudio.core.document import Document
from cnnstudio.ui.dialogs import Dialogs
from cnnstudio.ui.documents import Documents
from cnnstudio.ui.notice import Offer
from cnnstudio.ui.training_control import TrainingControl
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.runs.folder import RunFolder
from cnnstudio.workspace.runs.labels import Labels, write_labels
from cnnstudio.workspace.runs.listing import RunRow
from cnnstudio.workspace.runs.record import RunRecord
from cnnstudio.workspace.runs.table_file import write_metrics_table
from cnnstudio.workspace.runs.trash import Trashed, restore
from cnnstudio.workspace.waiting import Unbegun, WaitingRepeat

MOST_REPEATS = 50
_MOST_EPOCHS = 100_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """The runs that are selected; ``alike``: one run, or the members of one group."""

    rows: tuple[RunRow, ...] = ()
    alike: bool = False


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What a run was made of."""

    record: RunRecord
    document: Document


class RunCommands(QObject):
    """Asks, does, and tells. What takes time is done in the reading thread or in a process."""

    told = Signal(str, object)
    """A sentence, and a tuple of ``Offer``."""
    failed = Signal(str)
    opened = Signal()
    """A run's document is open now."""
    inspectWanted = Signal(str)
    """The person wants to look into a run."""
    labelsWanted = Signal()
    """The person wants to write about the chosen run."""

    def __init__(
        self,
        runs: RunList,
        queue: RunQueue,
        control: TrainingControl,
        documents: Documents,
        chosen: Callable[[], Chosen],
        all_rows: Callable[[], list[RunRow]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._queue = queue
        self._control = control
        self._documents = documents
        self._all = all_rows
        self.chosen = chosen
        self.events = TensorBoardExport(self)
        self.events.done.connect(self._on_events)
        self.events.failed.connect(self.failed)
        runs.failed.connect(self.failed)

    @property
    def dialogs(self) -> Dialogs:
        """Those of the window, also where a test has put its own there."""
        return self._documents.dialogs

    # --- the document

    def open(self, chosen: Chosen) -> None:
        """Asks about unsaved changes, then shows the run's network and settings in Build."""

        path = chosen.rows[0].path

        def show(found: object) -> None:
            assert isinstance(found, Document)
            self._documents.show_run(found, path, self.opened.emit)

        self._runs.do(RunFolder(Path(path)).read_document, show)

    def inspect(self, chosen: Chosen) -> None:
        """Shows what the run has learnt."""
        self.inspectWanted.emit(chosen.rows[0].path)

    # --- training

    def go_on(self, chosen: Chosen) -> None:
        """Asks for how many epochs more, then trains the same run on."""
        row = chosen.rows[0]
        missing = max(1, row.asked - row.epochs) if row.status != "finished" else 5

        def begin(epochs: int, found: object) -> None:
            assert isinstance(found, _Snapshot)
            if not self._refused():
                self._control.continue_run(row.path, epochs, _data_dir(found))

        def answered(more: int) -> None:
            if not self._refused():
                self._runs.do(partial(_snapshot, Path(row.path)), partial(begin, row.epochs + more))

        text = self.tr("It has {epochs} epochs. How many more?").format(epochs=row.epochs)
        title = self.tr("Continue {name}").format(name=row.name)
        self.dialogs.number(title, text, missing, 1, max(1, _MOST_EPOCHS - row.epochs), answered)

    def repeat(self, chosen: Chosen) -> None:
        """Asks how often, then trains the run's snapshot again with other seeds, one after the other."""
        row = chosen.rows[0]

        def answered(count: int) -> None:
            self._runs.do(partial(_snapshot, Path(row.path)), partial(self._queue_repeats, row, count))

        title = self.tr("Repeat {name} with other seeds").format(name=row.name)
        text = self.tr("Each repeat trains {epochs} epochs. How many?").format(epochs=row.asked)
        self.dialogs.number(title, text, 4, 1, MOST_REPEATS, answered)

    def _queue_repeats(self, row: RunRow, count: int, found: object) -> None:
        assert isinstance(found, _Snapshot)
        # The time makes it one of a kind: a folder's name is given again when the run is in the trash.
        group = row.group or f"{row.folder_name} {row.started}".strip()
        taken = {r.seed for r in self._all() if r.group == group and r.seed is not None} | {found.record.seed}
        limit = found.record.options.get("limit")
        wanted = (
            WaitingRepeat(
                row.path,
                group,
                seed,
                self._control.device,
                _data_dir(found),
                limit if isinstance(limit, int) and limit > 0 else None,
            )
            for seed in other_seeds(found.record.seed, count, taken)
        )
        if not row.group and row.status == "finished":
            # The first one counts too.
            self._runs.do(partial(_join, Path(row.path), group), lambda _: self._runs.look())
        self._queue.add(repeat_job(found.document, repeat) for repeat in wanted)

    def take_up(self, left: Unbegun) -> None:
        """Trains what an earlier window had not begun."""

        def queue(found: object) -> None:
            assert isinstance(found, dict)
            # They are in this window's file before the other one goes.
            self._queue.add(
                repeat_job(found[repeat.run], repeat) for repeat in left.repeats if repeat.run in found
            )
            left.remove()

        self._runs.do(partial(_documents, {repeat.run for repeat in left.repeats}), queue)

    def _refused(self) -> bool:
        if self._control.busy:
            self.failed.emit(self.tr("A training is under way: wait for its end, or stop it first."))
            return True
        return False

    # --- labels

    def edit_labels(self, chosen: Chosen) -> None:
        """Puts the keys into the field for tags."""
        self.labelsWanted.emit()

    @Slot(str, object)
    def save_labels(self, path: str, labels: Labels) -> None:
        """Keeps what was written about a run."""
        self._runs.do(partial(write_labels, Path(path), labels), lambda _: self._runs.look())

    # --- elsewhere

    def reveal(self, chosen: Chosen) -> None:
        """Shows the folder in the system's file manager."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(chosen.rows[0].path)):
            self.failed.emit(self.tr("No file manager could be opened: the path is in the clipboard."))
            self.copy_paths(chosen)

    def copy_paths(self, chosen: Chosen) -> None:
        """The folders, a line each."""
        QGuiApplication.clipboard().setText("\n".join(row.path for row in chosen.rows))

    # --- exports

    def export_table(self, chosen: Chosen) -> None:
        """Asks where, then writes every epoch of the chosen runs as CSV."""
        paths = [Path(row.path) for row in chosen.rows]

        def picked(file: Path) -> None:
            file = file if file.suffix else file.with_suffix(".csv")
            self._runs.do(partial(write_metrics_table, paths, file), lambda _: self._tell_export(file))

        stem = chosen.rows[0].folder_name if len(paths) == 1 else "runs"
        title = self.tr("Export the metrics")
        self.dialogs.save_file(title, self.tr("Tables (*.csv)"), Path.home() / f"{stem}.csv", picked)

    def export_events(self, chosen: Chosen) -> None:
        """Asks where, then writes TensorBoard's files in a process of their own."""
        paths = [row.path for row in chosen.rows]

        def picked(folder: Path) -> None:
            if self.events.busy:
                self.failed.emit(self.tr("An export for TensorBoard is under way: wait for its end."))
                return
            self.told.emit(self.tr("Writing the runs for TensorBoard …"), ())
            self.events.export(paths, str(folder))

        self.dialogs.open_folder(self.tr("Choose the folder for TensorBoard"), picked)

    def export_source(self, chosen: Chosen) -> None:
        """Asks where, then copies the source that was trained."""
        self._copy(
            chosen.rows[0], "model.py", self.tr("Export the trained source"), self.tr("Python files (*.py)")
        )

    def export_weights(self, chosen: Chosen) -> None:
        """Asks where, then copies the trained weights."""
        title, kinds = self.tr("Export the trained weights"), self.tr("Weights (*.safetensors)")
        self._copy(chosen.rows[0], "weights.safetensors", title, kinds)

    def _copy(self, row: RunRow, name: str, title: str, kinds: str) -> None:
        source = Path(row.path) / name
        if not source.is_file():
            text = self.tr("{name} has no {file} yet: train it for an epoch first.")
            self.failed.emit(text.format(name=row.name, file=name))
            return

        def picked(file: Path) -> None:
            file = file if file.suffix else file.with_suffix(source.suffix)
            self._runs.do(partial(shutil.copyfile, source, file), lambda _: self._tell_export(file))

        self.dialogs.save_file(title, kinds, Path.home() / f"{row.folder_name}{source.suffix}", picked)

    def _tell_export(self, file: Path) -> None:
        self.told.emit(self.tr("Exported to {path}.").format(path=file), ())

    @Slot(str, int)
    def _on_events(self, folder: str, count: int) -> None:
        text = self.tr("Look at the {count} runs with: tensorboard --logdir {folder}")
        self.told.emit(text.format(count=count, folder=folder), ())

    # --- the trash

    def trash(self, chosen: Chosen) -> None:
        """Moves the folders to the system's trash; runs that are being trained stay."""
        paths = [Path(row.path) for row in chosen.rows if not row.active]
        self._runs.do(partial(_trash, paths), self._tell_trashed)

    def _tell_trashed(self, found: object) -> None:
        assert isinstance(found, _Trashing)
        self._runs.look()
        if found.refused:
            self.failed.emit(found.refused)
        if not found.trashed:
            return
        if len(found.trashed) == 1:
            text = self.tr("{name} is in the trash.").format(name=found.trashed[0].path.name)
        else:
            text = self.tr("{count} runs are in the trash.").format(count=len(found.trashed))
        undo = Offer("runUndoTrash", self.tr("Undo"), partial(self._undo, found.trashed))
        known = all(trashed.kept for trashed in found.trashed)
        if not found.refused:
            self.told.emit(text, (undo,) if known else ())

    def _undo(self, trashed: tuple[Trashed, ...]) -> None:
        def work() -> None:
            for one in trashed:
                restore(one)

        self._runs.do(work, lambda _: self._runs.look())


@dataclass(frozen=True, slots=True)
class _Trashing:
    trashed: tuple[Trashed, ...]
    refused: str


def _trash(paths: list[Path]) -> _Trashing:
    """In the reading thread: what is said is for the person, and English like all that the workspace says."""
    # Qt makes the trash where it is missing, but not the folder that it belongs in.
    Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)).mkdir(
        parents=True, exist_ok=True
    )
    trashed, refused = [], ""
    for path in paths:
        if _is_trained(path):
            refused = f"{path.name} is being trained: stop it first."
            continue
        file = QFile(str(path))  # a folder too; afterwards its name is where the trash keeps it
        if file.moveToTrash():
            trashed.append(Trashed(path, file.fileName()))
        else:
            refused = f"{path} could not be moved to the trash: delete the folder yourself."
    return _Trashing(tuple(trashed), refused)


def _is_trained(path: Path) -> bool:
    try:
        return RunFolder(path).read_record().status in ("running", "paused")
    except RunError:
        return False


def _snapshot(path: Path) -> _Snapshot:
    folder = RunFolder(path)
    return _Snapshot(folder.read_record(), folder.read_document())


def _documents(paths: set[str]) -> dict[str, Document]:
    """What the runs trained, without those that cannot be read any more."""
    found = {}
    for path in paths:
        with suppress(RunError):
            found[path] = RunFolder(Path(path)).read_document()
    return found


def _data_dir(found: _Snapshot) -> str | None:
    """Where the run found its images; else where the settings say."""
    chosen = found.record.options.get("data_dir")
    if isinstance(chosen, str) and chosen:
        return chosen
    place = data_place(found.document)
    return str(place) if place is not None else None


def _join(path: Path, group: str) -> None:
    """Makes a run that is over the first of those that repeat it."""
    folder = RunFolder(path)
    record = folder.read_record()
    if record.status == "finished" and not record.group:
        folder.write_record(record.with_changes(group=group))
