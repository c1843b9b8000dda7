"""What a run keeps of its epochs, to look at later: whole weights, and small pictures of its filters."""

from __future__ import annotations

import re
from pathlib import Path

from cnnstudio.workspace.runs.folder import RunFolder

_NUMBERED = re.compile(r"(\d{1,7})\.safetensors")


def kept_weights(folder: RunFolder) -> dict[int, Path]:
    """Whole weights by epoch, ascending; 0 is before training. Which epochs are there is the run's choice:
    where they would fill the disk fewer are kept, and none of a large network.
    """
    return numbered(folder.epochs)


def kept_filters(folder: RunFolder) -> dict[int, Path]:
    """The convolutions' filters by epoch, ascending; 0 is before training. First every epoch, then fewer."""
    return numbered(folder.filters)


def numbered(folder: Path) -> dict[int, Path]:
    """The files of a folder that are named by an epoch."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return {}
    matches = [(match, name) for name in names if (match := _NUMBERED.fullmatch(name))]
    return {int(match[1]): folder / name for match, name in sorted(matches, key=lambda pair: int(pair[0][1]))}


def numbered_path(folder: Path, epoch: int) -> Path:
    """Where an epoch's file lies."""
    return folder / f"{epoch:05d}.safetensors"
