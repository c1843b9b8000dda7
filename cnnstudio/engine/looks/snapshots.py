"""What a training keeps of each epoch to be looked at: its filters, and its weights where they are small.

Filters are cut to :data:`MOST_VALUES` numbers a convolution in half precision and thinned out when they take
more than :data:`FILTER_BYTES`; whole weights are second names of the file that the checkpoint has just
written, which costs no time, and thinned out at :data:`WEIGHT_BYTES`. Nothing here may end a training.
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
            if weights.stat().st_size * _FEWEST <= WEIGHT_BYTES:
                also_as(weights, numbered_path(self._folder.epochs, epoch), durable=False)
                thin(self._folder.epochs, WEIGHT_BYTES)

    def _filters(self, epoch: int) -> None:
        if not self._weights:
            return
        path = numbered_path(self._folder.filters, epoch)
        kept = {name: kept_part(_tensor(weight)) for name, weight in self._weights.items()}
        with atomic_write(path, durable=False) as part:
            write_weights(part, kept)
        thin(self._folder.filters, FILTER_BYTES)


def thin(folder: Path, most_bytes: int) -> None:
    """Removes epochs between the first and the last until the rest takes no more than that.

    Those stay that are multiples of 1 or 2 or 4, …: however long a run goes on, they lie evenly.
    """
    files = numbered(folder)
    last = max(files, default=0)
    places = max(2, most_bytes // max(1, *(path.stat().st_size for path in files.values())))
    stride = 1
    while last // stride + 1 + (last % stride > 0) > places:
        stride *= 2
    for epoch, path in files.items():
        if epoch % stride and epoch != last:
            path.unlink(missing_ok=True)


def _tensor(weight: object) -> torch.Tensor:
    assert isinstance(weight, torch.Tensor)
    return weight
