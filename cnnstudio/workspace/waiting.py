"""Trainings that wait for their turn, on disk: a file a window, in `waiting/` of the config folder.

A window locks its file for as long as it lives, so a file that nobody has locked is what a closed or dead
window had not begun. It names runs and seeds; what is trained lies in the runs.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cnnstudio.workspace import paths
from cnnstudio.workspace.json_file import read_object, write_object
from cnnstudio.workspace.process_lock import ProcessLock

SUFFIX = ".waiting.json"
LOCK_SUFFIX = ".lock"
MOST = 1_000
"""So many of one file are read."""


@dataclass(frozen=True, slots=True)
class WaitingRepeat:
    """A repeat of the run in the folder `run` with another seed, of the runs that share `group`."""

    run: str
    group: str
    seed: int
    device: str = "auto"
    data_dir: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Unbegun:
    """What a window had not begun. Nobody else is offered it while this object lives."""

    repeats: tuple[WaitingRepeat, ...]
    file: Path = field(repr=False)
    lock: ProcessLock = field(repr=False, compare=False)

    def remove(self) -> None:
        """They wait elsewhere now, or are not wanted."""
        _remove(self.file)
        self.lock.remove()


class WaitingFile:
    """The file of one window; there is none while nothing waits."""

    def __init__(self) -> None:
        # The environment is asked now: a window keeps its place.
        self.path = waiting_dir() / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
        self._lock: ProcessLock | None = None

    def write(self, repeats: Sequence[WaitingRepeat]) -> None:
        """Puts these in the place of what was there; `OSError` when the disk refuses."""
        if not repeats:
            if self._lock is not None:
                _remove(self.path)
                self.close()
            return
        if self._lock is None:
            self._lock = ProcessLock(_lock_path(self.path))
        write_object(self.path, {"repeats": [asdict(one) for one in repeats]}, durable=False)

    def close(self) -> None:
        """Lets go: what waits still is offered by the next window."""
        if self._lock is not None:
            self._lock.remove()
            self._lock = None


def waiting_dir() -> Path:
    """Where the files lie."""
    return paths.config_dir() / "waiting"


def unbegun() -> list[Unbegun]:
    """What closed and dead windows had not begun, without repeats of runs that are gone; never raises."""
    found: list[Unbegun] = []
    for file in sorted(waiting_dir().glob(f"*{SUFFIX}")):
        try:
            lock = ProcessLock(_lock_path(file))
        except OSError:  # its window lives, or is at least not known to be dead
            continue
        repeats = tuple(one for one in _read(file) if Path(one.run).is_dir())
        if repeats:
            found.append(Unbegun(repeats, file, lock))
        else:
            _remove(file)
            lock.remove()
    return found


def _read(file: Path) -> list[WaitingRepeat]:
    listed = (read_object(file) or {}).get("repeats")
    read = [_repeat(values) for values in listed[:MOST]] if isinstance(listed, list) else []
    return [one for one in read if one is not None]


def _repeat(values: Any) -> WaitingRepeat | None:
    """One of the list, None where it is damaged."""
    if not isinstance(values, dict):
        return None
    run, group, seed, device = (values.get(name) for name in ("run", "group", "seed", "device"))
    data_dir, limit = values.get("data_dir"), values.get("limit")
    if not (isinstance(run, str) and run and "\0" not in run and isinstance(group, str)):
        return None
    if not isinstance(seed, int) or not 0 <= seed < 1 << 31:
        return None
    return WaitingRepeat(
        run,
        group,
        seed,
        device if isinstance(device, str) else "auto",
        data_dir if isinstance(data_dir, str) else None,
        limit if isinstance(limit, int) and limit > 0 else None,
    )


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)


def _lock_path(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(SUFFIX) + LOCK_SUFFIX)
