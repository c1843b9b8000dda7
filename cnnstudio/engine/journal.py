"""What a run writes down while it goes on: `metrics.jsonl` and `run.json`."""

from __future__ import annotations

from dataclasses import asdict, fields
from operator import attrgetter
from types import TracebackType
from typing import Any, Self

from cnnstudio.core.messages import Adjusted, Epoch, Finished, Step
from cnnstudio.engine.checkpoint import Progress
from cnnstudio.workspace.runs import RunFolder, RunRecord, replace_metrics, utc_now

STEPS_AN_EPOCH = 200
_STEP_NAMES = tuple(field.name for field in fields(Step))
_step_values = attrgetter(*_STEP_NAMES)


class Journal:
    """Appends to the run's metrics; every line has a ``kind``, an ``epoch`` and a ``step``."""

    def __init__(
        self, folder: RunFolder, steps_per_epoch: int, progress: Progress, adjustments: int = 0
    ) -> None:
        self._folder = folder
        # Which adjustments the checkpoint knows only their number tells: they may be as many steps old as it.
        # The others are made once more at their steps; until then they stay, for the run may be killed again.
        events = [line for line in folder.read_metrics() if _is_event(line)]
        before, self._to_come = iter(range(adjustments)), events[adjustments:]
        # What else a killed process wrote after its last checkpoint comes again.
        kept = [
            line
            for line in folder.read_metrics()
            if (next(before, None) is not None if _is_event(line) else _is_before(line, progress))
        ]
        replace_metrics(folder.metrics, [*kept, *self._to_come])
        self._log = folder.open_metrics()
        self._every = max(1, steps_per_epoch // STEPS_AN_EPOCH)

    def step(self, message: Step) -> None:
        """Writes every so manieth step, always the same ones."""
        if message.step % self._every == 0:
            # As `asdict`, whose copies took a fiftieth of a small network's training.
            self._log.append({"kind": "step", **dict(zip(_STEP_NAMES, _step_values(message)))})

    def event(self, message: Adjusted) -> None:
        """Writes what a person changed, and waits until the disk has it."""
        line = {"kind": "event", "event": "adjusted", **asdict(message)}
        if self._to_come:
            self._take_its_place(line)
        else:
            self._log.append(line, durable=True)

    def _take_its_place(self, line: dict[str, Any]) -> None:
        """What is made once more goes where it belongs; a new wish makes all that was to come void."""
        lines = self._folder.read_metrics()
        for past in self._to_come:
            lines.remove(past)
        again = line["step"] == self._to_come[0]["step"]
        self._to_come = self._to_come[1:] if again else []
        self._log.close()
        replace_metrics(self._folder.metrics, [*lines, line, *self._to_come])
        self._log = self._folder.open_metrics()

    def epoch(self, message: Epoch) -> None:
        """Writes an epoch, and waits until the disk has it."""
        self._log.append({"kind": "epoch", **epoch_line(message)}, durable=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._log.close()


def epoch_line(message: Epoch) -> dict[str, Any]:
    """The line of `metrics.jsonl`; what was measured on test images is called so."""
    line = asdict(message)
    split = line.pop("val_split")
    held = "test" if split == "test" else "val"
    names = {"val_loss": f"{held}_loss", "val_accuracy": f"{held}_accuracy"}
    return {names.get(name, name): value for name, value in line.items()}


def note_result(folder: RunFolder, record: RunRecord, finished: Finished) -> None:
    """Writes into `run.json` how the run ended."""
    result = {
        "epochs": finished.epochs,
        "test_accuracy": finished.test_accuracy,
        "test_loss": finished.test_loss,
        "best_epoch": finished.best_epoch,
        "images_per_second": finished.images_per_second,
        "early": finished.early,
        "weights_epoch": finished.weights_epoch,
    }
    folder.write_record(
        record.with_changes(
            status="stopped" if finished.stopped else "finished",
            finished=utc_now(),
            result=result,
            weights="best" if finished.weights_epoch else "last",
            problem="",
        )
    )


def note_failure(folder: RunFolder, record: RunRecord, sentence: str) -> None:
    """Writes into `run.json` why the run failed; a full disk may refuse even that."""
    folder.write_record(record.with_changes(status="failed", finished=utc_now(), problem=sentence))


def adjustments(folder: RunFolder, after: int) -> tuple[Adjusted, ...]:
    """What persons changed in a run, in order, without the first so many times."""
    events = [line for line in folder.read_metrics() if _is_event(line)]
    return tuple(Adjusted(line["epoch"], line["step"], line["lr"], line["epochs"]) for line in events[after:])


def _is_event(line: dict[str, Any]) -> bool:
    numbers = all(isinstance(line.get(name), int) for name in ("epoch", "step", "epochs"))
    return line.get("event") == "adjusted" and numbers and isinstance(line.get("lr"), int | float)


def _is_before(line: dict[str, Any], progress: Progress) -> bool:
    step, epoch = line.get("step"), line.get("epoch")
    if not isinstance(step, int) or not isinstance(epoch, int):
        return False
    return step <= progress.step and (line.get("kind") != "epoch" or epoch < progress.epoch)
