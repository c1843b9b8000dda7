"""Files that are either whole or as they were: temporary name, fsync, rename."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PART_SUFFIX = ".part"


@contextmanager
def atomic_write(path: Path, durable: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`; what is written there becomes `path` when the block ends well.

    When the block raises, the temporary file is removed and `path` is untouched. The parent folder is made
    where it is missing. A block that writes nothing raises `FileNotFoundError`. What is not `durable`
    survives the end of the process, but maybe not a power cut, and does not wait for the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_path(path)
    try:
        yield part
        if durable:
            _flush_file(part)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    if durable:
        _flush_folder(path.parent)


def write_bytes(path: Path, data: bytes, durable: bool = True) -> None:
    """Replace `path` with `data`, or leave it as it was."""
    with atomic_write(path, durable) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str, durable: bool = True) -> None:
    """Replace `path` with `text` in UTF-8 with `\\n` line ends, or leave it as it was."""
    write_bytes(path, text.encode("utf-8"), durable)


def move_into_place(source: Path, path: Path) -> None:
    """Rename a finished file to `path` on the same file system, whatever was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _flush_file(source)
    source.replace(path)
    _flush_folder(path.parent)


def also_as(source: Path, path: Path, durable: bool = True) -> None:
    """Let `path` hold what `source` holds now, whatever becomes of `source` later.

    A second name where the file system has them, so that it costs no space, else a copy. `durable` is as for
    `atomic_write`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if durable:
        _flush_file(source)
    part = part_path(path)
    try:
        try:
            os.link(source, part)
        except OSError:
            shutil.copyfile(source, part)
            if durable:
                _flush_file(part)
        part.replace(path)
    finally:
        # Where both are names of one file already, replacing does nothing and leaves the third.
        with suppress(OSError):
            part.unlink(missing_ok=True)
    if durable:
        _flush_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove what killed processes left half written in `folder`; for whoever alone may write there."""
    for part in folder.glob(f".*{PART_SUFFIX}"):
        with suppress(OSError):
            part.unlink()


def part_path(path: Path) -> Path:
    """A hidden temporary name in the folder of `path`, so that the rename stays on one file system."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART_SUFFIX}")


def _flush_file(path: Path) -> None:
    # Opened for writing because Windows refuses to flush a read-only handle.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut; Windows has no such call and does not need it."""
    if os.name == "nt":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
