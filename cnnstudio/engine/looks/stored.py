"""Weights of a run on disk: those that it keeps, those of an epoch, those that it began with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import safetensors
import safetensors.torch
import torch

from cnnstudio.core.document import Document
from cnnstudio.engine.errors import EngineError, LastingError
from cnnstudio.engine.looks.initial import initial_weights
from cnnstudio.engine.weights import first_line
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.kept import kept_weights

State = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Stored:
    """One weights file and the epoch it is of; ``mark`` changes when the file does."""

    path: Path
    epoch: int
    mark: str

    def load(self) -> State:
        """The weights; raises :class:`EngineError` where they cannot be read."""
        try:
            return safetensors.torch.load_file(self.path)
        except (safetensors.SafetensorError, OSError) as error:
            raise EngineError(f"{self.path} cannot be read ({first_line(error)}).") from error


def stored(folder: RunFolder, epoch: int | None) -> Stored:
    """The weights that a run keeps, or those of an epoch; :class:`EngineError` where there are none."""
    if epoch is None:
        return _found(folder.weights, _epoch_of_kept(folder), f"{folder.path} has no weights yet")
    kept = kept_weights(folder)
    if epoch not in kept:
        have = ", ".join(map(str, sorted(kept)))
        raise LastingError(
            f"The weights of epoch {epoch} of {folder.name} were not kept"
            + (f": there are those of {have}." if have else ".")
        )
    return _found(kept[epoch], epoch, f"{kept[epoch]} is gone")


def initial_of_run(folder: RunFolder, document: Document) -> State:
    """What the run began with: as it was kept, or drawn once more from its seed."""
    path = kept_weights(folder).get(0)
    return initial_weights(document) if path is None else _found(path, 0, "").load()


def _found(path: Path, epoch: int, problem: str) -> Stored:
    try:
        about = path.stat()
    except OSError as error:
        raise EngineError(f"{problem}: train it to its first checkpoint.") from error
    return Stored(path, epoch, f"{path}:{about.st_ino}:{about.st_size}:{about.st_mtime_ns}")


def _epoch_of_kept(folder: RunFolder) -> int:
    """From the run's result, or its last whole epoch while it goes on."""
    result = folder.read_record().result
    for name in ("weights_epoch", "epochs"):
        value = result.get(name)
        if isinstance(value, int) and value:
            return value
    epochs = [line.get("epoch") for line in folder.read_metrics() if line.get("kind") == "epoch"]
    last = epochs[-1] if epochs else 0
    return last if isinstance(last, int) else 0
