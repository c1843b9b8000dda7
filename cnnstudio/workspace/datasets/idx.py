"""Reading the IDX files of MNIST and Fashion-MNIST, plain or gzipped."""

from __future__ import annotations

import gzip
import math
import zlib
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cnnstudio.workspace.datasets.idx_header import on_disk, read_header
from cnnstudio.workspace.errors import damaged, missing

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images, Labels


def read_images(path: Path) -> Images:
    """Images `(N, H, W, 1)`; `DatasetError` naming the file where it is missing or damaged."""
    images = _read(path, dimensions=3)
    return images.reshape(*images.shape, 1)


def read_labels(path: Path) -> Labels:
    """Labels `(N,)`; `DatasetError` naming the file where it is missing or damaged."""
    return _read(path, dimensions=1).astype(np.int64)


def _read(path: Path, dimensions: int) -> Images:
    found = on_disk(path) or path
    try:
        with gzip.open(found) if found.suffix == ".gz" else found.open("rb") as file:
            shape, _ = read_header(file)
            if len(shape) != dimensions:
                raise ValueError(f"has {len(shape)} dimensions instead of {dimensions}")
            values = np.empty(math.prod(shape), dtype=np.uint8)
            is_whole = _fill(values, file)
    except FileNotFoundError as error:
        raise missing(found) from error
    except (OSError, EOFError, ValueError, OverflowError, MemoryError, zlib.error) as error:
        raise damaged(found, str(error)) from error
    if not is_whole:
        raise damaged(found, "its length is not what its first bytes announce")
    return values.reshape(shape)


def _fill(values: Images, file: BufferedReader | gzip.GzipFile) -> bool:
    """Whether the rest of the file is exactly so long. Straight into place: other threads run meanwhile."""
    rest = values.data
    while rest and (count := file.readinto(rest)):
        rest = rest[count:]
    return not rest and not file.read(1)
