"""What a run keeps of its epochs, to look at later: whole weights, and small pictures of its filters."""

from __future__ import annotations

import re
from pathlib import Path

from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.runs.folder import RunFolder

_NUMBERED = re.compile(r"(\d{1,7})\.safetensors")


def kept_weights(folder: RunFolder) -> dict[int, Path]:
    """Whole weights by epoch, ascending; 0 is before training. Which epochs are there is the run's choice:
    where they would fill the disk fewer are kept, and of a large network only the best and the last epoch's.
    """
    found = numbered(folder.epochs)
    try:
        result = folder.read_record().result
    except RunError:
        return found
    ends = result.get("weights_epoch") or result.get("epochs")
    for epoch, path in ((result.get("best_epoch"), folder.best_weights), (ends, folder.weights)):
        if isinstance(epoch, int) and epoch > 0 and epoch not in found and path.exists():
            found[epoch] = path
    return dict(sorted(found.items()))


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
