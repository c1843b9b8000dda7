"""Run folders made by hand, quick and without an engine."""

import json
from pathlib import Path

from cnnstudio.core.document import Document
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs import RunFolder, RunRecord, create_run


def made_run(
    root: Path,
    name: str = "Made",
    *,
    accuracies: tuple[float, ...] = (0.5, 0.8, 0.7),
    document: Document | None = None,
    steps: int = 10,
    held: str = "test",
    **record: object,
) -> RunFolder:
    """A run with an epoch for each accuracy; without epochs it has no metrics."""
    folder = create_run(name, root)
    document = document or load_preset("fashion-dnn")
    folder.write_inputs(document, "# the source\n")
    best = max(range(len(accuracies)), key=accuracies.__getitem__) + 1 if accuracies else 0
    values: dict[str, object] = {
        "name": name,
        "status": "finished",
        "dataset": "fashion-mnist",
        "epochs": max(1, len(accuracies)),
        "started": "2026-11-20T10:00:00Z",
        "device": "CPU",
        "result": {"test_accuracy": accuracies[-1]} if accuracies else {},
    }
    folder.write_record(RunRecord.model_validate(values | record))
    if accuracies:
        folder.metrics.write_text("".join(_lines(accuracies, steps, best, held)))
    return folder


def epoch_line(epoch: int, accuracy: float | None, steps: int, best: int, held: str = "test") -> str:
    values = {
        "kind": "epoch",
        "epoch": epoch,
        "step": epoch * steps,
        "train_loss": 2.0 / epoch,
        "train_accuracy": accuracy,
        f"{held}_loss": 1.0 / epoch,
        f"{held}_accuracy": accuracy,
        "lr": 0.01,
        "seconds": float(epoch),
        "images_per_second": 1000.0 + epoch,
        "best_epoch": best,
        "heads": [],
    }
    return json.dumps(values) + "\n"


def step_line(epoch: int, step: int) -> str:
    values = {"kind": "step", "epoch": epoch, "step": step, "loss": 3.0 / step, "accuracy": 0.1, "lr": 0.01}
    return json.dumps(values) + "\n"


def _lines(accuracies: tuple[float, ...], steps: int, best: int, held: str) -> list[str]:
    lines = []
    for epoch, accuracy in enumerate(accuracies, start=1):
        lines += [step_line(epoch, (epoch - 1) * steps + number) for number in range(1, steps + 1)]
        # What was best so far, as the engine knows it then.
        lines.append(epoch_line(epoch, accuracy, steps, min(best, epoch), held))
    return lines
