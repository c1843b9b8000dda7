"""All runs as rows of a table, read patiently: a run that cannot be read is a row with one sentence.

A look at a folder costs four `stat` calls a run; files are opened only where something has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from cnnstudio.core.training import TrainingSettings
from cnnstudio.workspace.runs.folder import RunFolder
from cnnstudio.workspace.runs.following import EpochPoint, Followed
from cnnstudio.workspace.runs.labels import FILE as LABELS
from cnnstudio.workspace.runs.labels import Labels, read_labels
from cnnstudio.workspace.runs.record import RunRecord

_MOST_BYTES = 8 << 20
_LONGEST = 200

_WATCHED = ("run.json", "metrics.jsonl", "document.cnn.json", LABELS)
_Times = tuple[int, int, int, bool]
"""When a file was written, its size, its number on the disk, and whether it can be read at once."""
_NOTHING: _Times = (0, 0, 0, False)

Stamp = tuple[_Times, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """What the table says about a run; None is what is not known (yet). Accuracies are 0 to 1."""

    path: str
    name: str
    status: str
    """As in `run.json`; ``interrupted`` where it says that it goes on and its process is gone."""
    problem: str = ""
    started: str = ""
    finished: str = ""
    dataset: str = ""
    data_dir: str = ""
    """Where the images of a folder were; empty where it was not said."""
    epochs: int = 0
    asked: int = 0
    best_epoch: int | None = None
    best_accuracy: float | None = None
    last_accuracy: float | None = None
    last_loss: float | None = None
    test_accuracy: float | None = None
    params: int | None = None
    images_per_second: float | None = None
    seconds: float | None = None
    device: str = ""
    engine: str = ""
    seed: int | None = None
    optimizer: str = ""
    lr: float | None = None
    batch_size: int | None = None
    tags: tuple[str, ...] = ()
    notes: str = ""
    group: str = ""
    parent: str = ""

    @property
    def folder_name(self) -> str:
        """The last part of the path."""
        return Path(self.path).name

    @property
    def active(self) -> bool:
        """Whether it is being trained now."""
        return self.status in ("running", "paused")


@dataclass(frozen=True, slots=True)
class _Network:
    params: int | None = None
    optimizer: str = ""
    lr: float | None = None
    batch_size: int | None = None


class RunReader:
    """Remembers what it has read, by the times and sizes of the files. Not for two threads at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._stamps: dict[str, Stamp] = {}
        self._rows: dict[str, RunRow] = {}
        self._metrics: dict[str, Followed] = {}
        self._networks: dict[str, tuple[_Times, _Network]] = {}
        self._params: dict[bytes, int | None] = {}
        self._read: dict[bytes, _Network] = {}

    def paths(self) -> list[str]:
        """All folders in the root, latest first as their names go; none where it cannot be read."""
        try:
            with os.scandir(self.root) as entries:
                return sorted((entry.path for entry in entries if _is_folder(entry)), reverse=True)
        except OSError:
            return []

    def read(self, path: str) -> RunRow | None:
        """One row, as new as the files are, whatever is in them; None where the folder is no run."""
        stamp = _stamp(path)
        if stamp[0] == _NOTHING:
            return None
        known = self._rows.get(path)
        # Of a run that goes on, the process may have gone without a word.
        if known is None or known.active or stamp != self._stamps[path]:
            self._stamps[path] = stamp
            known = self._rows[path] = self._fresh(RunFolder(Path(path)), stamp)
        return known

    def look(self, most: int = 64) -> Iterator[tuple[RunRow, ...]]:
        """All rows, in batches, so that the first can be shown while others are read."""
        paths = self.paths()
        self._forget(paths)
        for start in range(0, len(paths), most):
            rows = (self.read(path) for path in paths[start : start + most])
            yield tuple(row for row in rows if row is not None)

    def _forget(self, paths: Collection[str]) -> None:
        for path in set(self._rows) - set(paths):
            for known in (self._rows, self._stamps, self._metrics, self._networks):
                known.pop(path, None)

    def _fresh(self, folder: RunFolder, stamp: Stamp) -> RunRow:
        path = str(folder.path)
        labels = read_labels(folder.path) if stamp[3][3] else Labels()
        if not stamp[0][3]:
            return _unreadable(path, f"{folder.record} is no readable file.", labels)
        record, problem = _record(folder)
        if record is None:
            return _unreadable(path, problem, labels)
        metrics = self._metrics.setdefault(path, Followed(folder.metrics, steps=False))
        if stamp[1] != _NOTHING:
            metrics.look()
        return _row(path, record, metrics.epochs, self._network(folder, stamp[2]), labels)

    def _network(self, folder: RunFolder, stamp: _Times) -> _Network:
        path = str(folder.path)
        known = self._networks.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, self._read_network(folder) if stamp[3] else _Network())
            self._networks[path] = known
        return known[1]

    def _read_network(self, folder: RunFolder) -> _Network:
        """Counting parameters is the slow part, and many runs share a network."""
        try:
            text = folder.document.read_text("utf-8")
        except (OSError, ValueError):
            return _Network()
        whole = _digest(text)
        if whole not in self._read:
            self._read[whole] = self._understood(text)
        return self._read[whole]

    def _understood(self, text: str) -> _Network:
        try:
            data = json.loads(text)
            if not isinstance(data, dict):
                return _Network()
            body = _digest(json.dumps([data.get("input"), data.get("classes"), data.get("body")]))
        except (ValueError, RecursionError):
            return _Network()
        if body not in self._params:
            self._params[body] = _count_parameters(text)
        try:
            settings = TrainingSettings.model_validate(data.get("training", {}))
        except ValidationError:
            return _Network(self._params[body])
        optimizer = settings.optimizer
        return _Network(self._params[body], optimizer.name, optimizer.lr, settings.batch_size)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def short_line(text: str) -> str:
    """A text of a file as one line that fits: nothing that moves the cursor or never ends."""
    text = text[:_LONGEST]
    return (text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)).strip()


def _count_parameters(text: str) -> int | None:
    import cnnstudio.blocks  # noqa: F401  fills the registry
    from cnnstudio.core.fileformat import FileError, read_document
    from cnnstudio.core.infer import infer

    try:
        return infer(read_document(text)).params
    except FileError:
        return None


def _row(path: str, record: RunRecord, epochs: list[EpochPoint], network: _Network, labels: Labels) -> RunRow:
    last = epochs[-1] if epochs else None
    best = _best(epochs)
    result = record.result
    return RunRow(
        path=path,
        name=short_line(record.name) or Path(path).name,
        status=record.status,
        problem=_sentence(record),
        started=_moment(record.started),
        finished=_moment(record.finished),
        dataset=short_line(record.dataset),
        data_dir=str(record.options.get("data_dir") or ""),
        epochs=last.epoch if last else _whole(result.get("epochs")) or 0,
        asked=record.epochs,
        best_epoch=best.epoch if best else _whole(result.get("best_epoch")) or None,
        best_accuracy=best.val_accuracy if best else None,
        last_accuracy=last.val_accuracy if last else None,
        last_loss=last.val_loss if last else None,
        test_accuracy=_number(result.get("test_accuracy")),
        params=network.params,
        images_per_second=last.images_per_second if last else _number(result.get("images_per_second")),
        seconds=last.seconds if last else None,
        device=short_line(record.device),
        engine=short_line(record.engine),
        seed=record.seed,
        optimizer=network.optimizer,
        lr=network.lr,
        batch_size=network.batch_size,
        tags=labels.tags,
        notes=labels.notes,
        group=short_line(record.group),
        parent=short_line(record.parent),
    )


def _sentence(record: RunRecord) -> str:
    if record.status == "interrupted":
        return "Its process ended before the training did: continue it, and it goes on from its checkpoint."
    return short_line(record.problem)


def _best(epochs: list[EpochPoint]) -> EpochPoint | None:
    """The one that the engine says was best; else the one with the best accuracy."""
    if not epochs:
        return None
    number = epochs[-1].best_epoch
    told = next((epoch for epoch in epochs if epoch.epoch == number), None)
    measured = [epoch for epoch in epochs if epoch.val_accuracy is not None]
    return told or max(measured, key=lambda epoch: epoch.val_accuracy or 0.0, default=None)


def _record(folder: RunFolder) -> tuple[RunRecord | None, str]:
    from cnnstudio.workspace.errors import RunError

    try:
        return folder.read_record(), ""
    except RunError as error:
        return None, str(error)


def _unreadable(path: str, problem: str, labels: Labels) -> RunRow:
    return RunRow(
        path=path,
        name=short_line(Path(path).name),
        status="unreadable",
        problem=short_line(problem),
        tags=labels.tags,
        notes=labels.notes,
    )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _stamp(path: str) -> Stamp:
    """Of run.json, the metrics, the document and the labels."""
    return tuple(_times(f"{path}/{name}") for name in _WATCHED)


def _times(path: str) -> _Times:
    try:
        about = os.stat(path)  # noqa: PTH116  # two thousand paths at every look: pathlib takes five times as long
    except OSError:
        return _NOTHING
    # No pipe, no device, nothing huge (metrics are read in pieces).
    small = about.st_size <= _MOST_BYTES and stat.S_ISREG(about.st_mode)
    return (about.st_mtime_ns, about.st_size, about.st_ino, small)


def _moment(text: str) -> str:
    """An ISO time as it is, or nothing."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 62:
        return None
    return value
