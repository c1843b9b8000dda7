"""The files that were opened last, in `recent.json` of the config folder."""

from __future__ import annotations

import os
from pathlib import Path

from cnnstudio.workspace import paths
from cnnstudio.workspace.json_file import read_object, write_object

LIMIT = 12


def recent_files() -> tuple[Path, ...]:
    """The last opened files that still exist, latest first; never raises."""
    return tuple(path for path in _listed() if path.is_file())


def listed_files() -> tuple[Path, ...]:
    """The last opened files, those too that are gone (a drive may be away); never raises."""
    return tuple(_listed())


def remember_file(path: Path) -> None:
    """Put a file first. A disk that refuses is no reason to trouble the person who opened it."""
    latest = path.expanduser().absolute()
    _keep([latest, *(other for other in _listed() if not _same(other, latest))])


def forget_file(path: Path) -> None:
    """Take a file off the list."""
    gone = path.expanduser().absolute()
    _keep([other for other in _listed() if not _same(other, gone)])


def forget_all() -> None:
    """Empty the list."""
    _keep([])


def _listed() -> list[Path]:
    files = (read_object(_path()) or {}).get("files")
    if not isinstance(files, list):
        return []
    return [Path(name) for name in files if isinstance(name, str) and name and "\0" not in name]


def _keep(files: list[Path]) -> None:
    try:
        write_object(_path(), {"files": [str(path) for path in files[:LIMIT]]})
    except OSError:
        return


def _same(one: Path, other: Path) -> bool:
    return os.path.normcase(one) == os.path.normcase(other)


def _path() -> Path:
    return paths.config_dir() / "recent.json"
