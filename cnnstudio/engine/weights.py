"""Weights as safetensors: a file that holds numbers and nothing that could be executed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import nn

from cnnstudio.engine.errors import EngineError
from cnnstudio.workspace.atomic import atomic_write

State = Mapping[str, torch.Tensor]

_SYSTEM_ERROR = re.compile(r"os error (\d+)")


def save_weights(path: Path, state: State) -> None:
    """Replaces a safetensors file with these weights; raises ``OSError`` where the disk refuses."""
    with atomic_write(path) as part:
        write_weights(part, state)


def write_weights(path: Path, state: State) -> None:
    """Writes a safetensors file as it comes; see :func:`save_weights` for one that is whole or not there."""
    plain = {name: value.detach().cpu().contiguous() for name, value in state.items()}
    try:
        safetensors.torch.save_file(plain, path)
    except safetensors.SafetensorError as error:
        found = _SYSTEM_ERROR.search(str(error))
        if found is None:
            raise
        number = int(found[1])
        raise OSError(number, os.strerror(number), str(path)) from error


def load_weights(path: Path, module: nn.Module) -> None:
    """Puts a safetensors file's weights into a module; raises :class:`EngineError` where they do not fit."""
    try:
        module.load_state_dict(safetensors.torch.load_file(path), strict=True)
    except FileNotFoundError as error:
        raise EngineError(f"{path} is missing: the run was stopped before its first checkpoint.") from error
    except (safetensors.SafetensorError, OSError) as error:
        raise EngineError(f"{path} cannot be read ({first_line(error)}): train the network anew.") from error
    except RuntimeError as error:
        raise EngineError(
            f"The weights in {path} belong to another network than the run's document."
        ) from error


def are_finite(tensors: Iterable[torch.Tensor]) -> bool:
    """Whether no number is infinite or undefined; one pass over memory, without a copy of it."""
    sums = [value.detach().sum() for value in tensors if value.is_floating_point()]
    return all(bool(total.isfinite()) for total in sums)


def first_line(error: Exception) -> str:
    """What an error says, without the rest of torch's story."""
    return (str(error).splitlines() or [type(error).__name__])[0]
