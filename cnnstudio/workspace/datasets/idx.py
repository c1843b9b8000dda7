"""Reading the IDX files of MNIST and Fashion-MNIST, plain or gzipped."""

from __future__ import annotations

import gzip
import math
import zlib
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
            size = math.prod(shape)
            # One byte more than announced, so that a file that is too long is noticed as well.
            data = file.read(size + 1)
    except FileNotFoundError as error:
        raise missing(found) from error
    except (OSError, EOFError, ValueError, OverflowError, MemoryError, zlib.error) as error:
        raise damaged(found, str(error)) from error
    if len(data) != size:
        raise damaged(found, "its length is not what its first bytes announce")
    # A bytearray makes the array writable; torch warns about those that are not.
    return np.frombuffer(bytearray(data), dtype=np.uint8).reshape(shape)
