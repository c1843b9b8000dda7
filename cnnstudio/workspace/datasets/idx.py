"""The IDX files of MNIST and Fashion-MNIST, plain or gzipped.

A file is two zero bytes, a type (8 for unsigned bytes), the number of dimensions, each dimension as a
big-endian 32-bit number, then the values.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from cnnstudio.workspace.errors import damaged, missing

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images, Labels

_UNSIGNED_BYTE = 8


def read_images(path: Path) -> Images:
    """Images `(N, H, W, 1)`; `DatasetError` naming the file where it is missing or damaged."""
    images = _read(path, dimensions=3)
    return images.reshape(*images.shape, 1)


def read_labels(path: Path) -> Labels:
    """Labels `(N,)`; `DatasetError` naming the file where it is missing or damaged."""
    return _read(path, dimensions=1).astype(np.int64)


def on_disk(path: Path) -> Path | None:
    """The plain file when it is whole, else its `.gz` when there is one, else None. Reads 16 bytes."""
    if _is_whole(path):
        return path
    packed = packed_path(path)
    return packed if packed.is_file() and packed.stat().st_size > 0 else None


def packed_path(path: Path) -> Path:
    """The name of the same file as it is published."""
    return path.with_name(path.name + ".gz")


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            shape, offset = _read_header(file)
        return path.stat().st_size == offset + _product(shape)
    except (OSError, ValueError):
        return False


def _read(path: Path, dimensions: int) -> Images:
    found = on_disk(path) or path
    try:
        with gzip.open(found) if found.suffix == ".gz" else found.open("rb") as file:
            shape, _ = _read_header(file)
            if len(shape) != dimensions:
                raise ValueError(f"has {len(shape)} dimensions instead of {dimensions}")
            # One byte more than announced, so that a file that is too long is noticed as well.
            data = file.read(_product(shape) + 1)
    except FileNotFoundError as error:
        raise missing(found) from error
    except (OSError, EOFError, ValueError, OverflowError, zlib.error) as error:
        raise damaged(found, str(error)) from error
    if len(data) != _product(shape):
        raise damaged(found, "its length is not what its first bytes announce")
    return np.frombuffer(data, dtype=np.uint8).reshape(shape)


def _read_header(file: BinaryIO | gzip.GzipFile) -> tuple[tuple[int, ...], int]:
    """The dimensions and the number of bytes before the values; `ValueError` for anything else."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != _UNSIGNED_BYTE or not 1 <= magic[3] <= 4:
        raise ValueError("it is no IDX file of unsigned bytes")
    count = magic[3]
    sizes = file.read(4 * count)
    if len(sizes) < 4 * count:
        raise ValueError("it ends within its first bytes")
    return struct.unpack(f">{count}I", sizes), 4 + 4 * count


def _product(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total
