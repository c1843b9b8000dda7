"""A run of last time as if it had just been heard, from `metrics.jsonl`, read in another thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from cnnstudio.app.background import BackgroundCall
from cnnstudio.app.run_history import RunHistory
from cnnstudio.core.messages import Adjusted, Epoch, Held, Skipped, Started, Step
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.paths import runs_dir
from cnnstudio.workspace.runs import RunFolder, RunRecord, list_runs
from cnnstudio.workspace.runs.classes import read_classes
from cnnstudio.workspace.runs.listing import RunReader, RunRow

UNFINISHED = ("paused", "stopped", "failed", "interrupted")


@dataclass(frozen=True, slots=True, eq=False)
class ReadRun:
    """A run's folder and what was read of it."""

    path: str
    history: RunHistory


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run took and what was foretold of it; None is what nobody knows."""

    path: str
    memory_bytes: float | None = None
    foretold_memory_bytes: float | None = None
    seconds_per_epoch: float | None = None
    foretold_seconds_per_epoch: float | None = None


class RunReading(QObject):
    """Reads one run at a time; what was asked for before is no longer told."""

    read = Signal(object)
    """A :class:`ReadRun`."""
    lastFound = Signal(object)
    """The last run's :class:`RunRow`, if it can be gone on with."""
    measured = Signal(object)
    """The :class:`Usage` of a run that has ended."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: set[BackgroundCall] = set()
        self._wanted = ""

    def start(self, path: str) -> None:
        """Reads a run's folder."""
        self._wanted = path

        def work() -> ReadRun:
            try:
                return ReadRun(path, read_history(Path(path)))
            except OSError:  # the run goes on all the same, with curves from here on
                return ReadRun(path, RunHistory())

        self._call(work, self._tell_run)

    def measure(self, path: str) -> None:
        """Reads what a run that has ended took."""
        self._call(lambda: read_usage(Path(path)), self._tell_usage)

    def look_for_last(self) -> None:
        """Finds the last run, if it was not brought to its end."""
        self._call(last_unfinished, self._tell_last)

    def shutdown(self) -> None:
        """Waits for what is being read; nobody hears it."""
        for call in tuple(self._calls):
            call.finished.disconnect()
            call.wait()
        self._calls.clear()

    def _call(self, work: Callable[[], object], tell: Callable[[object], None]) -> None:
        call = BackgroundCall(work)
        self._calls.add(call)

        def done() -> None:
            self._calls.discard(call)
            call.wait()
            if call.error is None:
                tell(call.answer)

        call.finished.connect(done)
        call.start()

    def _tell_run(self, found: object) -> None:
        if isinstance(found, ReadRun) and found.path == self._wanted:
            self.read.emit(found)

    def _tell_usage(self, found: object) -> None:
        if isinstance(found, Usage):
            self.measured.emit(found)

    def _tell_last(self, found: object) -> None:
        if isinstance(found, RunRow):
            self.lastFound.emit(found)


def read_usage(path: Path) -> Usage:
    """From the run's record."""
    try:
        record = RunFolder(path).read_record()
    except RunError:
        return Usage(str(path))
    result, options = record.result, record.options
    return Usage(
        str(path),
        _positive(result.get("memory_bytes")),
        _positive(options.get("forecast_memory_bytes")),
        _positive(result.get("seconds_per_epoch")),
        _positive(options.get("forecast_seconds_per_epoch")),
    )


def last_unfinished() -> RunRow | None:
    """The latest run of all, if it was paused, stopped, failed or interrupted before its last epoch."""
    runs = list_runs()
    if not runs or runs[0].record.status not in UNFINISHED:
        return None
    row = RunReader(runs_dir()).read(str(runs[0].folder.path))
    if row is None or row.epochs >= row.asked or not _has_checkpoint(runs[0].folder):
        return None
    return row


def read_history(path: Path) -> RunHistory:
    """All that `metrics.jsonl` tells, in its order; empty where nothing can be read."""
    folder = RunFolder(path)
    lines = folder.read_metrics()
    history = RunHistory()
    try:
        record = folder.read_record()
        history.base_rate = folder.read_document().training.optimizer.lr
    except RunError:
        record = RunRecord(name=folder.name)
    history.hear(_started(folder, record, lines))
    if record.skipped_images:
        history.hear(Skipped(record.skipped_images, record.skipped))
    for line in lines:
        message = _message(line)
        if message is not None:
            history.hear(message)
    history.step = None  # its clock is another session's
    return history


def _positive(value: object) -> float | None:
    number = _number({"value": value}, "value")
    return number if number > 0 else None


def _has_checkpoint(folder: RunFolder) -> bool:
    try:
        return any(folder.checkpoints.iterdir())
    except OSError:
        return False


def _started(folder: RunFolder, record: RunRecord, lines: list[dict[str, Any]]) -> Started:
    epoch = next((line for line in lines if line.get("kind") == "epoch"), {})
    steps, number = _whole(epoch, "step"), _whole(epoch, "epoch")
    latest = max((_whole(line, "step") for line in lines), default=1)
    heads = max((len(_numbers(line)) for line in lines[:50]), default=0)
    classes = read_classes(folder)
    return Started(
        run=str(folder.path),
        device=record.device,
        epochs=max(1, record.epochs),
        steps_per_epoch=steps // number if number and steps else max(1, latest),
        train_images=record.train_images,
        test_images=0,
        class_names=classes.names,
        val_split=_held(epoch),
        heads=tuple(f"head {index + 1}" for index in range(heads)),
        class_counts=classes.counts,
    )


def _message(line: Mapping[str, Any]) -> object:
    match line.get("kind"):
        case "step":
            return _step(line)
        case "epoch":
            return _epoch(line)
        case "event" if line.get("event") == "adjusted":
            return Adjusted(
                _whole(line, "epoch"), _whole(line, "step"), _number(line, "lr"), _whole(line, "epochs")
            )
    return None


def _step(line: Mapping[str, Any]) -> Step | None:
    step = _whole(line, "step")
    if not step:
        return None
    return Step(
        epoch=_whole(line, "epoch"),
        step=step,
        loss=_number(line, "loss"),
        accuracy=_number(line, "accuracy"),
        lr=_number(line, "lr"),
        images=_whole(line, "images") or 1,
        seconds=_number(line, "seconds"),
        heads=_numbers(line),
    )


def _epoch(line: Mapping[str, Any]) -> Epoch | None:
    number = _whole(line, "epoch")
    if not number:
        return None
    held = _held(line)
    name = "val" if held == "validation" else "test"
    return Epoch(
        epoch=number,
        step=_whole(line, "step"),
        train_loss=_number(line, "train_loss"),
        train_accuracy=_number(line, "train_accuracy"),
        val_loss=_number(line, f"{name}_loss"),
        val_accuracy=_number(line, f"{name}_accuracy"),
        lr=_number(line, "lr"),
        seconds=_number(line, "seconds"),
        images_per_second=_number(line, "images_per_second"),
        best_epoch=_whole(line, "best_epoch"),
        val_split=held,
        heads=_numbers(line),
    )


def _held(line: Mapping[str, Any]) -> Held:
    return "validation" if "val_loss" in line or "val_accuracy" in line else "test"


def _number(line: Mapping[str, Any], name: str) -> float:
    """Not a number where there is none: anybody may have written the file."""
    value = line.get(name)
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and abs(value) < 1e300 and isfinite(value) else nan  # type: ignore[arg-type]


def _whole(line: Mapping[str, Any], name: str) -> int:
    value = line.get(name)
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53
    return value if usable else 0  # type: ignore[return-value]


def _numbers(line: Mapping[str, Any]) -> tuple[float, ...]:
    values = line.get("heads")
    if not isinstance(values, list):
        return ()
    return tuple(_number({"value": value}, "value") for value in values[:64])
