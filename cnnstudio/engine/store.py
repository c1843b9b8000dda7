"""Where the images of a split lie while a training gathers them: on the device, in memory or in a file.

A file may be larger than memory. Rows of some size are read from it one by one, and the next ones are asked
for while the present ones are trained on: on a cold file seven times faster than gathering from the map, as
page faults read ahead what nobody wants, and as fast on a warm one. So every epoch is shuffled exactly.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from weakref import finalize

import numpy as np
import torch
from numpy.typing import NDArray

from cnnstudio.engine.augment import augment_rows
from cnnstudio.engine.device import free_bytes
from cnnstudio.engine.draws import NOTHING, Draws
from cnnstudio.engine.errors import EngineError
from cnnstudio.workspace.datasets import Split

Pixels = NDArray[np.uint8]
_SMALL_ROW = 16 << 10


class ImageStore:
    """The images and labels of one split."""

    def __init__(self, split: Split, device: torch.device, channels_last: bool) -> None:
        self._device = device
        self._labels = torch.tensor(split.labels, device=device)
        self._resident: torch.Tensor | None = None
        self._images: Pixels | FileRows = split.images
        self._channels_first = False
        if isinstance(split.images, np.memmap):
            if split.images[:1].nbytes >= _SMALL_ROW and hasattr(os, "preadv"):
                self._images = FileRows(split.images)
        elif device.type != "cpu":
            if split.images.nbytes < (free_bytes(device) or 0) // 4:
                self._resident = torch.tensor(split.images, device=device)
        elif not channels_last and split.images.shape[3] > 1:
            # Once here instead of once a batch.
            self._images = np.ascontiguousarray(split.images.transpose(0, 3, 1, 2))
            self._channels_first = True

    def maps(self, indices: torch.Tensor, draws: Draws = NOTHING) -> torch.Tensor:
        """uint8 images (N, C, H, W) on the device, in some memory order; ``draws`` only where on the CPU."""
        if self._resident is not None:
            return self._resident.index_select(0, indices.to(self._device)).permute(0, 3, 1, 2)
        rows = augment_rows(self._rows(indices), draws, 3 if self._channels_first else 2)
        images = torch.from_numpy(rows).to(self._device, non_blocking=True)
        return images if self._channels_first else images.permute(0, 3, 1, 2)

    def _rows(self, indices: torch.Tensor) -> Pixels:
        """Copies of these images."""
        if isinstance(self._images, FileRows):
            return self._images.take(indices.numpy())
        if isinstance(self._images, np.memmap) or not self._images.flags.writeable:
            return np.take(self._images, indices.numpy(), axis=0)
        # By torch's threads, each of which then normalises what it has fetched: 0.09 instead of 0.24 ms a
        # batch of 128 (32×32×3) on two cores.
        rows: Pixels = torch.from_numpy(self._images).index_select(0, indices).numpy()
        return rows

    def labels(self, indices: torch.Tensor) -> torch.Tensor:
        """The labels (N,) of these images."""
        return self._labels.index_select(0, indices.to(self._device))

    def expect(self, indices: torch.Tensor) -> None:
        """These images will be asked for next."""
        if isinstance(self._images, FileRows):
            self._images.expect(indices.numpy())


class FileRows:
    """Rows of a mapped array, read from its file into memory of their own."""

    def __init__(self, rows: np.memmap[tuple[int, ...], np.dtype[np.uint8]]) -> None:
        self._shape = rows.shape[1:]
        self._row_bytes = int(np.prod(self._shape))
        self._start = _place_in_file(rows)
        self.path = Path(str(rows.filename))
        self._handle = os.open(self.path, os.O_RDONLY)
        finalize(self, os.close, self._handle)

    def take(self, numbers: NDArray[np.int64]) -> Pixels:
        """The rows with these numbers (N, …); raises :class:`EngineError` where the file has been cut."""
        rows = np.empty((len(numbers), *self._shape), dtype=np.uint8)
        for row, number in zip(rows, numbers.tolist()):
            if os.preadv(self._handle, [row], self._start + number * self._row_bytes) != self._row_bytes:
                raise EngineError(
                    f"{self.path} was cut short while it was read: train again to make it anew."
                )
        return rows

    def expect(self, numbers: NDArray[np.int64]) -> None:
        """Lets the system read these rows meanwhile."""
        if hasattr(os, "posix_fadvise"):
            for number in numbers.tolist():
                place = self._start + number * self._row_bytes
                os.posix_fadvise(self._handle, place, self._row_bytes, os.POSIX_FADV_WILLNEED)


def _place_in_file(rows: np.memmap[tuple[int, ...], np.dtype[np.uint8]]) -> int:
    """Where the first row begins; ``rows.offset`` is that of the whole map, even in a part of it."""
    below: object = rows
    while isinstance(below, np.ndarray):
        below = below.base
    assert isinstance(below, mmap.mmap)
    begin = np.frombuffer(below, dtype=np.uint8).__array_interface__["data"][0]
    # A map begins at a multiple of the system's granularity, before the first value.
    return int(rows.offset - rows.offset % mmap.ALLOCATIONGRANULARITY + _address(rows) - begin)


def _address(rows: NDArray[np.uint8]) -> int:
    return int(rows.__array_interface__["data"][0])
