"""Following a `metrics.jsonl` while it grows: each look reads only what is new.

The file may be anybody's: what is no number is passed over, and a line without end is given up.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, Literal

MOST_STEPS = 8_000
"""Of more, every second one is dropped, again and again."""
MOST_EVENTS = 500
_STEP = b'{"kind": "step"'
_EPOCH = b'{"kind": "epoch"'
_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 20
_MOST_A_LOOK = 64 << 20
_MOST_EPOCHS = 100_000

Held = Literal["test", "validation"]


@dataclass(frozen=True, slots=True)
class EpochPoint:
    """One epoch as it was logged; accuracies are 0 to 1, None is what was not finite or not there."""

    epoch: int
    step: int
    train_loss: float | None
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    held: Held
    """What the two before were measured on."""
    lr: float | None
    seconds: float | None
    images_per_second: float | None
    best_epoch: int


@dataclass(frozen=True, slots=True)
class StepPoint:
    """One logged step."""

    step: int
    epoch: int
    loss: float | None
    accuracy: float | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened in a run and is neither a step nor an epoch: its kind and what was logged."""

    kind: str
    epoch: int
    step: int
    values: tuple[tuple[str, str], ...]


@dataclass
class Followed:
    """All that has been read of one file. ``steps`` False passes over the steps, which are the most."""

    path: Path
    steps: bool = True
    epochs: list[EpochPoint] = field(default_factory=list)
    points: list[StepPoint] = field(default_factory=list)
    events: list[EventLine] = field(default_factory=list)
    last_step: int = 0
    stride: int = 1
    """One of so many steps is kept."""
    _seen: int = 0
    _offset: int = 0
    _inode: int = -1
    _rest: bytes = b""

    def look(self) -> bool:
        """Reads what has come since; False where nothing has, or where the file cannot be read."""
        try:
            about = self.path.stat()
            if not stat.S_ISREG(about.st_mode):
                return False
            if about.st_ino != self._inode or about.st_size < self._offset:
                self._begin(about.st_ino)
            if about.st_size == self._offset:
                return False
            with self.path.open("rb") as file:
                return self._read(file.fileno())
        except OSError:
            return False

    def _begin(self, inode: int) -> None:
        """Another file: a resumed run writes its metrics anew, up to its checkpoint."""
        self.epochs, self.points, self.events = [], [], []
        self.last_step = self._seen = self._offset = 0
        self.stride, self._inode, self._rest = 1, inode, b""

    def _read(self, file: int) -> bool:
        os.lseek(file, self._offset, os.SEEK_SET)
        before = self._offset
        while self._offset - before < _MOST_A_LOOK and (data := os.read(file, _CHUNK)):
            self._offset += len(data)
            whole, _, rest = (self._rest + data).rpartition(b"\n")
            lines, self._rest = whole.split(b"\n") if self.steps else _epoch_lines(whole), rest
            if len(self._rest) > _LONGEST_LINE:
                self._rest = b""
            for line in lines:
                self._take(line)
        return self._offset > before

    def _take(self, line: bytes) -> None:
        if line.startswith(_STEP):
            self._seen += 1
            if self._seen % self.stride == 0:
                self._take_step(_object(line))
            return
        values = _object(line)
        match values.get("kind"):
            case "step":
                self._seen += 1
                if self.steps and self._seen % self.stride == 0:
                    self._take_step(values)
            case "epoch":
                self._take_epoch(values)
            case str(kind) if len(self.events) < MOST_EVENTS:
                self.events.append(_event(kind, values))

    def _take_step(self, values: dict[str, Any]) -> None:
        step = _whole(values.get("step"))
        if step is None:
            return
        self.last_step = max(self.last_step, step)
        loss, accuracy, seconds = (_number(values.get(name)) for name in ("loss", "accuracy", "seconds"))
        self.points.append(StepPoint(step, _whole(values.get("epoch")) or 0, loss, accuracy, seconds))
        if len(self.points) > MOST_STEPS:
            self.points = self.points[1::2]
            self.stride *= 2

    def _take_epoch(self, values: dict[str, Any]) -> None:
        epoch = _whole(values.get("epoch"))
        if epoch is None or epoch < 1 or len(self.epochs) >= _MOST_EPOCHS:
            return
        while self.epochs and self.epochs[-1].epoch >= epoch:
            self.epochs.pop()
        self.epochs.append(_epoch(epoch, values))
        self.last_step = max(self.last_step, self.epochs[-1].step)


def _epoch_lines(whole: bytes) -> list[bytes]:
    """The lines of epochs: by far the most are steps, and looking at each would take most of the time."""
    if not whole.startswith(b'{"kind": "'):
        return whole.split(b"\n")  # written by another program
    lines, place = [], whole.find(_EPOCH)
    while place >= 0:
        end = whole.find(b"\n", place)
        end = len(whole) if end < 0 else end
        lines.append(whole[place:end])
        place = whole.find(_EPOCH, end)
    return lines


def _epoch(epoch: int, values: dict[str, Any]) -> EpochPoint:
    held: Held = "validation" if "val_accuracy" in values or "val_loss" in values else "test"
    name = "val" if held == "validation" else "test"
    return EpochPoint(
        epoch=epoch,
        step=_whole(values.get("step")) or 0,
        train_loss=_number(values.get("train_loss")),
        train_accuracy=_number(values.get("train_accuracy")),
        val_loss=_number(values.get(f"{name}_loss")),
        val_accuracy=_number(values.get(f"{name}_accuracy")),
        held=held,
        lr=_number(values.get("lr")),
        seconds=_number(values.get("seconds")),
        images_per_second=_number(values.get("images_per_second")),
        best_epoch=_whole(values.get("best_epoch")) or 0,
    )


def _event(kind: str, values: dict[str, Any]) -> EventLine:
    told = tuple(
        (name[:40], f"{value:g}" if isinstance(value, float) else str(value)[:300])
        for name, value in list(values.items())[:24]
        if name not in ("kind", "epoch", "step") and isinstance(value, str | int | float)
    )
    return EventLine(kind[:40], _whole(values.get("epoch")) or 0, _whole(values.get("step")) or 0, told)


def _object(line: bytes) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 62:
        return None
    return value
