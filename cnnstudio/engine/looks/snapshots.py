"""What a training keeps of each epoch to be looked at: its filters, and its weights where they are small.

Filters are cut to :data:`MOST_VALUES` numbers a convolution in half precision and never take more than
:data:`FILTER_BYTES`; whole weights are second names of the file that the checkpoint has just written, which
costs no time, and never take more than :data:`WEIGHT_BYTES`. Of both at most :data:`MOST_EPOCHS` epochs are
kept; what the run ends with is its weights file anyway. Nothing here may end a training.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import torch
from torch import nn

from cnnstudio.codegen import Generated
from cnnstudio.engine.looks.blocks import CONVOLUTIONS, blocks_of
from cnnstudio.engine.prepare import Prepared
from cnnstudio.engine.weights import write_weights
from cnnstudio.workspace.atomic import also_as, atomic_write
from cnnstudio.workspace.runs.kept import numbered, numbered_path

MOST_VALUES = 128 << 10
MOST_FILTERS = 64
FILTER_BYTES = 64 << 20
WEIGHT_BYTES = 256 << 20
MOST_EPOCHS = 64
_FEWEST = 4
"""Where not even so many weights would fit, none are kept."""


def kept_part(weight: torch.Tensor) -> torch.Tensor:
    """The first filters of (out, in, height, width) and as many of their channels as are kept, float16."""
    filters = weight.detach()[:MOST_FILTERS]
    size = filters.shape[0] * filters.shape[2] * filters.shape[3]
    return filters[:, : max(1, MOST_VALUES // size)].to("cpu", torch.float16).contiguous()


class Snapshots:
    """Keeps what is there after an epoch."""

    def __init__(self, prepared: Prepared, generated: Generated, module: nn.Module) -> None:
        self._folder = prepared.folder
        blocks = blocks_of(prepared.document, generated)
        paths = [block.path for block in blocks if block.kind in CONVOLUTIONS]
        self._weights = {path: module.get_submodule(path).weight for path in paths}
        self._state = module.state_dict
        self._size = 1
        """Bytes of all filters."""

    def begin(self) -> None:
        """Before the first step of a run."""
        with suppress(OSError):
            self._filters(0)
            size = sum(value.nbytes for value in self._state().values())
            if size * _FEWEST <= WEIGHT_BYTES:
                path = numbered_path(self._folder.epochs, 0)
                with atomic_write(path, durable=False) as part:
                    write_weights(part, self._state())

    def keep(self, epoch: int) -> None:
        """After an epoch whose checkpoint has been written."""
        with suppress(OSError):
            self._filters(epoch)
            weights = self._folder.weights
            places = WEIGHT_BYTES // max(1, weights.stat().st_size)
            if places >= _FEWEST and has_place(epoch, places):
                also_as(weights, numbered_path(self._folder.epochs, epoch), durable=False)
                thin(self._folder.epochs, epoch, places)

    def _filters(self, epoch: int) -> None:
        places = FILTER_BYTES // max(1, self._size)
        if not self._weights or not has_place(epoch, places):
            return
        kept = {name: kept_part(_tensor(weight)) for name, weight in self._weights.items()}
        self._size = sum(value.nbytes for value in kept.values())
        with atomic_write(numbered_path(self._folder.filters, epoch), durable=False) as part:
            write_weights(part, kept)
        thin(self._folder.filters, epoch, places)


def kept_bytes(weights: int, epochs: int) -> int:
    """What a run of so many epochs keeps at most, whose weights take so many bytes."""
    count = min(epochs + 1, MOST_EPOCHS)
    whole = min(count, WEIGHT_BYTES // max(1, weights))
    return (whole if whole >= _FEWEST or whole == count else 0) * weights + min(
        FILTER_BYTES, count * weights // 2
    )


def has_place(epoch: int, places: int) -> bool:
    """Whether an epoch is one of so many that lie evenly from 0 on: a multiple of 1, then of 2, 4, …

    So the longer a run goes on, the seldomer anything is written.
    """
    return epoch % _stride(epoch, places) == 0


def thin(folder: Path, epoch: int, places: int) -> None:
    """Removes the epochs that have no place any more now that this one has."""
    stride = _stride(epoch, places)
    for number, path in numbered(folder).items():
        if number % stride:
            path.unlink(missing_ok=True)


def _stride(epoch: int, places: int) -> int:
    places, stride = max(2, min(MOST_EPOCHS, places)), 1
    while epoch // stride + 1 > places:
        stride *= 2
    return stride


def _tensor(weight: object) -> torch.Tensor:
    assert isinstance(weight, torch.Tensor)
    return weight
