"""One folder a run, so that any run can be resumed, reproduced and compared."""

from __future__ import annotations

import re
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cnnstudio.core.document import Document
from cnnstudio.workspace import paths
from cnnstudio.workspace.atomic import PART_SUFFIX, sweep, write_text
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.process_lock import ProcessLock, is_locked
from cnnstudio.workspace.runs.metrics import MetricsLog, read_metrics
from cnnstudio.workspace.runs.record import RunRecord

_LONGEST_NAME = 60
_GOING_ON = ("running", "paused")
_LOCK_TRIES = 20
_LOCK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of a run. Weights and checkpoints are written by the engine, through `atomic_write`."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.name

    @property
    def document(self) -> Path:
        """The network and its training settings."""
        return self.path / "document.cnn.json"

    @property
    def source(self) -> Path:
        """The Python source that was trained."""
        return self.path / "model.py"

    @property
    def metrics(self) -> Path:
        """One JSON object a line."""
        return self.path / "metrics.jsonl"

    @property
    def weights(self) -> Path:
        """The trained weights, as safetensors."""
        return self.path / "weights.safetensors"

    @property
    def best_weights(self) -> Path:
        """The weights of the best epoch, as safetensors."""
        return self.path / "best.safetensors"

    @property
    def checkpoints(self) -> Path:
        """The folder of what a resumed run starts from."""
        return self.path / "checkpoints"

    @property
    def epochs(self) -> Path:
        """The folder of the weights of some epochs, by number; 0 is before training."""
        return self.path / "epochs"

    @property
    def filters(self) -> Path:
        """The folder of the convolutions' filters at some epochs, by number."""
        return self.path / "filters"

    @property
    def health(self) -> Path:
        """One JSON object a line: how signal and gradient flowed, seldom more than once an epoch."""
        return self.path / "health.jsonl"

    @property
    def classes(self) -> Path:
        """How many training images each class had."""
        return self.path / "classes.json"

    @property
    def looks(self) -> Path:
        """The folder of what looking into the run has found out; it can be found out again."""
        return self.path / "looks"

    @property
    def record(self) -> Path:
        """How the run was made and how it stands."""
        return self.path / "run.json"

    @property
    def lock(self) -> Path:
        """Locked by the process that trains the run, for as long as it lives."""
        return self.path / ".lock"

    def hold(self) -> ProcessLock | None:
        """Keep other processes from training the run; None where the file system knows no locks.

        Raises `RunError` where another process has it.
        """
        for _ in range(_LOCK_TRIES):
            try:
                return ProcessLock(self.lock)
            except BlockingIOError:
                time.sleep(_LOCK_SECONDS)  # somebody may only be looking
            except OSError:
                return None
        raise RunError(f"{self.path} is being trained by another process: wait for its end, or stop it.")

    def discard(self) -> None:
        """Remove a run that could not begin; what else lies in the folder stays, and then the folder too."""
        for path in (self.document, self.source, self.classes, self.record, self.lock):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.rmdir()

    def sweep(self) -> None:
        """Remove what a killed process left half written; for the process that holds the run."""
        for folder in (self.path, self.checkpoints, self.epochs, self.filters, self.looks):
            sweep(folder)

    def read_record(self) -> RunRecord:
        """Raises `RunError` where this is no run folder or its `run.json` is damaged.

        A run that says that it goes on though no process trains it is `interrupted`.
        """
        record = self._read_record()
        if record.status not in _GOING_ON or is_locked(self.lock):
            return record
        # Unless it ended well between the two looks.
        record = self._read_record()
        return record.model_copy(update={"status": "interrupted"}) if record.status in _GOING_ON else record

    def _read_record(self) -> RunRecord:
        try:
            return RunRecord.model_validate_json(self.record.read_bytes())
        except FileNotFoundError as error:
            raise RunError(f"{self.path} is no run folder: it has no {self.record.name}.") from error
        except (OSError, ValidationError) as error:
            raise RunError(f"{self.record} cannot be read: the run can be seen but not resumed.") from error

    def write_record(self, record: RunRecord) -> None:
        """Replace `run.json`; `OSError` when the disk refuses, and the old one stays."""
        write_text(self.record, record.model_dump_json(indent=2) + "\n")

    def note(self, **changes: object) -> None:
        """Change what `run.json` says; nothing where somebody has deleted it while the run goes on."""
        with suppress(RunError):
            self.write_record(self.read_record().with_changes(**changes))

    def write_inputs(self, document: Document, source: str) -> None:
        """Save what is trained: the document and the source made from it."""
        from cnnstudio.core.fileformat import write_document

        write_text(self.document, write_document(document))
        write_text(self.source, source)

    def read_document(self) -> Document:
        """The network of the run; `RunError` where it is missing or damaged."""
        import cnnstudio.blocks  # noqa: F401  fills the registry
        from cnnstudio.core.fileformat import FileError, read_document

        try:
            return read_document(self.document.read_text("utf-8"), str(self.document))
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(f"{self.document} cannot be read ({error}): the run cannot be used.") from error
        except FileError as error:
            raise RunError(str(error)) from error

    def open_metrics(self) -> MetricsLog:
        """Go on with `metrics.jsonl`, or begin it."""
        return MetricsLog(self.metrics)

    def read_metrics(self) -> list[dict[str, Any]]:
        """What `metrics.jsonl` says so far."""
        return read_metrics(self.metrics)


@dataclass(frozen=True, slots=True)
class Run:
    """A run in the list: its folder and its record, whose status is "unreadable" where it is damaged."""

    folder: RunFolder
    record: RunRecord


def create_run(name: str, root: Path | None = None, now: datetime | None = None) -> RunFolder:
    """Make a folder that nobody else has, `2026-02-14_cifar10-first-cnn_1`, in `root` (`paths.runs_dir()`).

    `name` is the preset's id or the document's name. Raises `RunError` when the disk refuses.
    """
    root = root if root is not None else paths.runs_dir()
    stem = f"{now or datetime.now():%Y-%m-%d}_{_as_file_name(name)}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            path = root / f"{stem}_{number}"
            try:
                path.mkdir()
            except FileExistsError:
                number += 1
            else:
                return RunFolder(path)
    except OSError as error:
        raise _refused(root, error) from error


def create_run_at(path: Path) -> RunFolder:
    """Make the very folder that a person named; `RunError` where it holds something already.

    What a process left that was killed before there was a run does not count: it is written anew.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()) and not _is_stillborn(RunFolder(path)):
            raise RunError(f"{path} is not empty: name a new folder, or resume the run that is in it.")
    except OSError as error:
        raise _refused(path, error) from error
    return RunFolder(path)


def _is_stillborn(folder: RunFolder) -> bool:
    """Whether nothing is there but what a run begins with, the lock first, which nobody holds."""
    begun = {path.name for path in (folder.document, folder.source, folder.classes, folder.lock)}
    found = {path.name for path in folder.path.iterdir() if not path.name.endswith(PART_SUFFIX)}
    return folder.lock.name in found and found <= begun and not is_locked(folder.lock)


def list_runs(root: Path | None = None) -> tuple[Run, ...]:
    """All runs in `root` (`paths.runs_dir()`), latest first. Folders that are no runs are left out."""
    root = root if root is not None else paths.runs_dir()
    try:
        folders = [RunFolder(path) for path in root.iterdir() if path.is_dir()]
    except OSError:
        return ()
    runs = [Run(folder, _record(folder)) for folder in folders if folder.record.exists()]
    return tuple(sorted(runs, key=lambda run: (run.record.started, run.folder.name), reverse=True))


def _record(folder: RunFolder) -> RunRecord:
    try:
        return folder.read_record()
    except RunError as error:
        return RunRecord(name=folder.name, status="unreadable", problem=str(error))


def _refused(path: Path, error: OSError) -> RunError:
    reason = error.strerror or str(error)
    return RunError(
        f"No run folder could be made in {path} ({reason}): set CNNSTUDIO_RUNS to another folder."
    )


def _as_file_name(name: str) -> str:
    """Letters of any language, digits and dashes: a name that every file system takes."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).lower())
    return "-".join(words)[:_LONGEST_NAME].strip("-") or "network"
