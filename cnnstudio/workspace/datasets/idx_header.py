"""The first bytes of an IDX file, which tell whether it is whole. Imports no numpy: the window asks this.

A file is two zero bytes, a type (8 for unsigned bytes), the number of dimensions, each dimension as a
big-endian 32-bit number, then the values.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import gzip

_UNSIGNED_BYTE = 8


def on_disk(path: Path) -> Path | None:
    """The plain file when it is whole, else its `.gz` when there is one, else None. Reads 20 bytes."""
    if _is_whole(path):
        return path
    packed = path.with_name(path.name + ".gz")
    return packed if has_bytes(packed) else None


def has_bytes(path: Path) -> bool:
    """Whether there is such a file and it is not empty; no where its folder may not be looked into."""
    try:
        return path.is_file() and path.stat().st_size > 0
    except OSError:
        return False


def read_header(file: BinaryIO | gzip.GzipFile) -> tuple[tuple[int, ...], int]:
    """The dimensions and the number of bytes before the values; `ValueError` for anything else."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != _UNSIGNED_BYTE or not 1 <= magic[3] <= 4:
        raise ValueError("it is no IDX file of unsigned bytes")
    count = magic[3]
    sizes = file.read(4 * count)
    if len(sizes) < 4 * count:
        raise ValueError("it ends within its first bytes")
    return struct.unpack(f">{count}I", sizes), 4 + 4 * count


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            shape, offset = read_header(file)
        return path.stat().st_size == offset + math.prod(shape)
    except (OSError, ValueError):
        return False
