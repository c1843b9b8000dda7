"""Runs as TensorBoard's event files, by TensorBoard's own writer (the extra ``tensorboard``)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.runs.folder import RunFolder
from cnnstudio.workspace.runs.following import EpochPoint, Followed, StepPoint

MISSING = (
    f'TensorBoard is not installed: run "{sys.executable}" -m pip install "cnnstudio[tensorboard]", then'
    " export again."
)


class NoTensorboard(RunError):
    """It is not installed, so no run can be exported."""

    def __init__(self) -> None:
        super().__init__(MISSING)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One point of one curve; ``seconds`` since the run began."""

    tag: str
    step: int
    seconds: float
    value: float


def scalars(epochs: Iterable[EpochPoint], steps: Iterable[StepPoint] = ()) -> Iterator[Scalar]:
    """What TensorBoard shows of a run, by step; what was not finite is left out.

    Train and validation share a chart by having one tag's beginning; the loss of single steps has its own.
    """
    for point in steps:
        for tag, value in (("step/loss", point.loss), ("step/accuracy", point.accuracy)):
            if value is not None:
                yield Scalar(tag, point.step, point.seconds or 0.0, value)
    for epoch in epochs:
        values = (
            ("loss/train", epoch.train_loss),
            (f"loss/{epoch.held}", epoch.val_loss),
            ("accuracy/train", epoch.train_accuracy),
            (f"accuracy/{epoch.held}", epoch.val_accuracy),
            ("learning_rate", epoch.lr),
            ("images_per_second", epoch.images_per_second),
        )
        for tag, value in values:
            if value is not None:
                yield Scalar(tag, epoch.step, epoch.seconds or 0.0, value)


def export_run(run: Path, logdir: Path) -> Path:
    """Write the run to a folder of its own name in ``logdir``, in the place of an earlier export of it.

    Raises `NoTensorboard`, and `RunError` where the run has no metrics or the disk refuses.
    """
    folder = RunFolder(run)
    started = _seconds(folder.read_record().started)
    followed = Followed(folder.metrics)
    followed.look()
    found = sorted(scalars(followed.epochs, followed.points), key=lambda scalar: scalar.step)
    if not found:
        raise RunError(f"{run} has no metrics yet: export it after its first epoch.")
    target = logdir / run.name
    _write(found, started, target)
    return target


def _write(found: list[Scalar], started: float, target: Path) -> None:
    try:
        from tensorboard.compat.proto import event_pb2, summary_pb2
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
    except ImportError as error:
        raise NoTensorboard from error
    try:
        before = list(target.glob("events.out.tfevents.*")) if target.is_dir() else []
        target.mkdir(parents=True, exist_ok=True)
        writer: Any = EventFileWriter(str(target))
        try:
            for scalar in found:
                value = summary_pb2.Summary.Value(tag=scalar.tag, simple_value=scalar.value)
                event = event_pb2.Event(
                    wall_time=started + scalar.seconds,
                    step=scalar.step,
                    summary=summary_pb2.Summary(value=[value]),
                )
                writer.add_event(event)
        finally:
            writer.close()
        for old in before:
            old.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"{target} could not be written ({reason}): choose another folder.") from error


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OSError, OverflowError):
        return 0.0
