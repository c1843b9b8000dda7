"""What a run goes on from, bit for bit: weights, optimizer, schedule, random state, place in the data.

Plain values and tensors only, read back with ``weights_only=True``: nothing from a file is executed. Three
are kept: ``last.pt``, the one before it in case the disk has lost the last, and that of the best epoch.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import IO, Any

import torch
from torch import nn

from cnnstudio.engine.choices import Choices
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.meter import Sums
from cnnstudio.engine.weights import first_line, write_weights
from cnnstudio.workspace.atomic import also_as, atomic_write
from cnnstudio.workspace.runs import RunFolder

VERSION = 1
LAST = "last.pt"
PREVIOUS = "previous.pt"
BEST = "best.pt"


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
    best_loss: float = 0.0
    """Of the best epoch, as its accuracy is."""

    @property
    def images_per_second(self) -> float:
        """While it trained, tests and pauses left out."""
        return self.trained_images / self.training_seconds if self.training_seconds else 0.0

    def midway(self, step: int, sums: Sums, seconds: float) -> Progress:
        """After more steps of the same epoch, which took ``seconds``."""
        return replace(
            self,
            position=self.position + step - self.step,
            step=step,
            sums=sums,
            training_seconds=self.training_seconds + seconds,
            trained_images=self.trained_images + sums.images - self.sums.images,
        )

    def closed(self, loss: float, accuracy: float, *, is_best: bool) -> Progress:
        """At the beginning of the next epoch, with the score of this one."""
        return replace(
            self,
            epoch=self.epoch + 1,
            position=0,
            sums=Sums(),
            test_accuracy=accuracy,
            test_loss=loss,
            best_epoch=self.epoch if is_best else self.best_epoch,
            best_accuracy=accuracy if is_best else self.best_accuracy,
            best_loss=loss if is_best else self.best_loss,
        )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything that decides over the next step. ``choices`` too: another thread count rounds otherwise."""

    progress: Progress
    model: dict[str, torch.Tensor]
    optimizer: dict[str, Any]
    random: dict[str, torch.Tensor]
    choices: Choices
    schedule: dict[str, Any] = field(default_factory=dict)
    """What the learning rate depends on beside the settings: plain numbers."""
    scaler: dict[str, Any] = field(default_factory=dict)
    """The loss scaler's state in mixed precision."""


def checkpoint_path(folder: RunFolder, name: str = LAST) -> Path:
    """Where one of a run's checkpoints lies."""
    return folder.checkpoints / name


def exists(folder: RunFolder) -> bool:
    """Whether the run has come to its first checkpoint."""
    return any(checkpoint_path(folder, name).exists() for name in (LAST, PREVIOUS))


def save(folder: RunFolder, checkpoint: Checkpoint, *, best: bool = False) -> None:
    """Replaces the run's checkpoint and weights, those of the best epoch too if this is its end.

    A kill or a power cut leaves the old checkpoint or the new one. It becomes the last one at the very end:
    whatever else was written before a kill is written again, the same, by the run that goes on.
    Raises ``OSError`` where the disk refuses; the run can go on from the checkpoint before then.
    """
    last = checkpoint_path(folder)
    with atomic_write(last) as part, atomic_write(folder.weights) as weights:
        with _sink(part) as sink:
            torch.save(_values(checkpoint), sink)
        write_weights(weights, checkpoint.model)
        if best:
            also_as(part, checkpoint_path(folder, BEST))
            also_as(weights, folder.best_weights)
        if last.exists():
            also_as(last, checkpoint_path(folder, PREVIOUS))


def load(folder: RunFolder) -> Checkpoint:
    """The run's last checkpoint, or the one before where the last is damaged.

    Raises :class:`EngineError` where there is none or both are damaged.
    """
    problems: list[EngineError] = []
    for name in (LAST, PREVIOUS):
        path = checkpoint_path(folder, name)
        if path.exists():
            try:
                return load_file(path)
            except EngineError as error:
                problems.append(error)
    if problems:
        raise problems[0]
    raise EngineError(f"{checkpoint_path(folder)} is missing: train the network anew.")


def load_file(path: Path) -> Checkpoint:
    """One checkpoint; raises :class:`EngineError` where it is damaged or no checkpoint."""
    try:
        values = _read(path)
        if values["version"] != VERSION:
            raise EngineError(f"{path} was written by another version of CNN Studio: train the network anew.")
        progress = Progress(**values.pop("progress"), sums=Sums(*values.pop("sums")))
        choices = Choices(**_known(Choices, values))
        return Checkpoint(progress, choices=choices, **_known(Checkpoint, values))
    except EngineError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise EngineError(f"{path} cannot be read ({first_line(error)}): train the network anew.") from error
    except Exception as error:  # torch.load raises pickle's errors and its own
        raise EngineError(
            f"{path} is no checkpoint ({first_line(error)}): train the network anew."
        ) from error


def load_model(module: nn.Module, checkpoint: Checkpoint) -> None:
    """Puts a checkpoint's weights into a network; raises :class:`EngineError` where they are another's."""
    try:
        module.load_state_dict(checkpoint.model)
    except RuntimeError as error:
        raise EngineError("The run's checkpoint belongs to another network than its document.") from error


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


def _values(checkpoint: Checkpoint) -> dict[str, Any]:
    """As plain values: numbers, texts, tensors, and dictionaries and lists of them."""
    progress, sums = checkpoint.progress, checkpoint.progress.sums
    return {
        "version": VERSION,
        "sums": [sums.loss, sums.correct, sums.images, sums.heads],
        **asdict(checkpoint.choices),
        **{
            part.name: getattr(checkpoint, part.name) for part in fields(Checkpoint) if part.name != "choices"
        },
        "progress": {
            part.name: getattr(progress, part.name) for part in fields(Progress) if part.name != "sums"
        },
    }


def _known(kind: type[Checkpoint | Choices], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that this version has a field for."""
    return {part.name: values[part.name] for part in fields(kind) if part.name in values}


def _read(path: Path) -> dict[str, Any]:
    # torch does not look at the check sums that it writes: a flipped bit would go on training.
    with zipfile.ZipFile(path) as archive:
        if (wrong := archive.testzip()) is not None:
            raise EngineError(f"{path} is damaged (check sum of {wrong}): train the network anew.")
    values = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(values, dict):
        raise EngineError(f"{path} is no checkpoint: train the network anew.")
    return values


class _Sink:
    """A file that keeps why it could not be written: torch would say "unexpected pos 640 vs 598"."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()


@contextmanager
def _sink(path: Path) -> Iterator[Any]:
    cause: OSError | None = None
    try:
        with path.open("wb") as file:
            sink = _Sink(file)
            try:
                yield sink
            finally:
                cause = sink.error
    except Exception as error:
        cause = error if isinstance(error, OSError) else cause
        if cause is None:
            raise
        raise OSError(cause.errno, cause.strerror, str(path)) from error
