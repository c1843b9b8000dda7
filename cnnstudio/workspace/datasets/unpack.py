"""Taking published archives apart. Only names that are asked for come out: no member says where it lands."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath
from typing import IO

_CHUNK = 1 << 18


def gunzip(packed: Path, plain: Path, *, step: Callable[[int], None]) -> None:
    """Write the content of a gzip file to `plain`; `step` hears the packed bytes done, and may raise."""
    with packed.open("rb") as raw, gzip.GzipFile(fileobj=raw) as source, plain.open("wb") as target:
        _copy(source, target, lambda: step(raw.tell()))


def untar(packed: Path, folder: Path, names: Collection[str], *, step: Callable[[int], None]) -> None:
    """Write the regular files of a gzipped tar whose last name is in `names` into `folder`, flat."""
    with packed.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:gz") as archive:
        for member in archive:
            name = PurePosixPath(member.name).name
            source = archive.extractfile(member) if member.isreg() and name in names else None
            if source is not None:
                with source, (folder / name).open("wb") as target:
                    _copy(source, target, lambda: step(raw.tell()))


def _copy(source: IO[bytes] | gzip.GzipFile, target: IO[bytes], step: Callable[[], None]) -> None:
    while piece := source.read(_CHUNK):
        target.write(piece)
        step()
