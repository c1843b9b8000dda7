"""Which data sets are on this disk. Looks at names and first bytes only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.workspace import paths
from cnnstudio.workspace.datasets.catalogue import CATALOGUE, FOLDER, SHAPES, dataset
from cnnstudio.workspace.datasets.idx_header import has_bytes, on_disk
from cnnstudio.workspace.datasets.info import DatasetInfo


@dataclass(frozen=True, slots=True)
class Presence:
    """A data set and whether training on it can start without a download."""

    info: DatasetInfo
    present: bool


def presence(data_dir: Path | None = None) -> tuple[Presence, ...]:
    """Every entry of the catalogue, in its order; "folder" counts as absent, as it is yours to choose."""
    folder = data_dir if data_dir is not None else paths.data_dir()
    return tuple(Presence(info, info.id != FOLDER.id and is_present(info.id, folder)) for info in CATALOGUE)


def is_present(id: str, data_dir: Path | None = None) -> bool:
    """Whether the files are there; for "folder", whether `data_dir` is an image folder.

    Raises `DatasetError` for an unknown id.
    """
    info = dataset(id)
    folder = data_dir if data_dir is not None else paths.data_dir()
    if info.id == SHAPES.id:
        return True
    if info.id == FOLDER.id:
        from cnnstudio.workspace.datasets.folder import is_image_folder

        return is_image_folder(folder)
    return not missing_files(info, folder)


def state(id: str, data_dir: Path) -> tuple[tuple[str, int, int], ...]:
    """Size and time of every file of a published data set: changes when they do. Opens none."""
    found = []
    for name in dataset(id).files:
        for path in (data_dir / name, data_dir / f"{name}.gz"):
            with suppress(OSError):
                if path.is_file():
                    status = path.stat()
                    found.append((path.name, status.st_size, status.st_mtime_ns))
    return tuple(found)


def missing_files(info: DatasetInfo, data_dir: Path) -> tuple[str, ...]:
    """Those of `info.files` that are not there or cut short."""
    return tuple(name for name in info.files if not _is_there(data_dir / name))


def _is_there(path: Path) -> bool:
    if path.name.endswith("-ubyte"):
        return on_disk(path) is not None
    return has_bytes(path)
