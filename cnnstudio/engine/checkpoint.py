"""What a run goes on from, bit for bit: weights, optimizer, random state, place in the data.

Plain values and tensors only, read back with ``weights_only=True``: nothing from a file is executed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import nn

from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.meter import Sums
from cnnstudio.workspace.atomic import atomic_write
from cnnstudio.workspace.runs import RunFolder

VERSION = 1
FILE_NAME = "last.pt"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come. ``position`` counts the steps done in ``epoch``, the one that goes on."""

    epoch: int = 1
    position: int = 0
    step: int = 0
    sums: Sums = field(default_factory=Sums)
    seconds: float = 0.0
    training_seconds: float = 0.0
    trained_images: int = 0
    test_accuracy: float = 0.0
    test_loss: float = 0.0
    best_epoch: int = 0
    best_accuracy: float = -1.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything that decides over the next step. ``choices`` too: another thread count rounds otherwise."""

    progress: Progress
    model: dict[str, torch.Tensor]
    optimizer: dict[str, Any]
    random: dict[str, torch.Tensor]
    threads: int
    channels_last: bool


def checkpoint_path(folder: RunFolder) -> Path:
    """Where a run's last checkpoint lies."""
    return folder.checkpoints / FILE_NAME


def save(folder: RunFolder, checkpoint: Checkpoint) -> None:
    """Replaces the run's checkpoint and weights; a power cut leaves the old ones or the new ones."""
    progress = checkpoint.progress
    values = {
        "version": VERSION,
        "progress": {name: getattr(progress, name) for name in Progress.__slots__ if name != "sums"},
        "sums": [progress.sums.loss, progress.sums.correct, progress.sums.images],
        "model": checkpoint.model,
        "optimizer": checkpoint.optimizer,
        "random": checkpoint.random,
        "threads": checkpoint.threads,
        "channels_last": checkpoint.channels_last,
    }
    with atomic_write(checkpoint_path(folder)) as part:
        torch.save(values, part)
    save_weights(folder.weights, checkpoint.model)


def load(folder: RunFolder) -> Checkpoint:
    """The run's last checkpoint; raises :class:`EngineError` where there is none or it is damaged."""
    path = checkpoint_path(folder)
    try:
        values = torch.load(path, map_location="cpu", weights_only=True)
        if values["version"] != VERSION:
            raise EngineError(f"{path} was written by another version of CNN Studio: train the network anew.")
        progress = Progress(**values["progress"], sums=Sums(*values["sums"]))
        return Checkpoint(
            progress,
            values["model"],
            values["optimizer"],
            values["random"],
            values["threads"],
            values["channels_last"],
        )
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, EOFError) as error:
        raise EngineError(f"{path} cannot be read ({_first_line(error)}): train the network anew.") from error
    except Exception as error:  # torch.load raises pickle's errors and its own
        if isinstance(error, EngineError):
            raise
        raise EngineError(
            f"{path} is no checkpoint ({_first_line(error)}): train the network anew."
        ) from error


def save_weights(path: Path, state: dict[str, torch.Tensor]) -> None:
    """Replaces a safetensors file with these weights."""
    plain = {name: value.detach().cpu().contiguous() for name, value in state.items()}
    with atomic_write(path) as part:
        safetensors.torch.save_file(plain, part)


def load_weights(path: Path, module: nn.Module) -> None:
    """Puts a safetensors file's weights into a module; raises :class:`EngineError` where they do not fit."""
    try:
        module.load_state_dict(safetensors.torch.load_file(path), strict=True)
    except FileNotFoundError as error:
        raise EngineError(f"{path} is missing: the run was stopped before its first checkpoint.") from error
    except (safetensors.SafetensorError, OSError) as error:
        raise EngineError(f"{path} cannot be read ({_first_line(error)}): train the network anew.") from error
    except RuntimeError as error:
        raise EngineError(
            f"The weights in {path} belong to another network than the run's document."
        ) from error


def random_state(device: torch.device) -> dict[str, torch.Tensor]:
    """What dropout draws from next."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    if device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def restore_random_state(state: dict[str, torch.Tensor], device: torch.device) -> None:
    """Lets dropout go on as it would have; a device that the run was not on begins anew."""
    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
    if device.type == "mps" and "mps" in state:
        torch.mps.set_rng_state(state["mps"])


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
