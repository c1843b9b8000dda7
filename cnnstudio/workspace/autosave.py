"""Unsaved changes on disk, for the start after a crash: a file a window, in `autosave/` of the config folder.

A window locks its file for as long as it lives, so a file that nobody has locked is what a dead process left.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import cnnstudio.blocks  # noqa: F401  fills the registry that reading a document looks blocks up in
from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import FileError, read_document, write_document
from cnnstudio.workspace import paths
from cnnstudio.workspace.atomic import PART_SUFFIX
from cnnstudio.workspace.errors import WorkspaceError
from cnnstudio.workspace.json_file import read_object, write_object
from cnnstudio.workspace.process_lock import ProcessLock

SUFFIX = ".autosave.json"
LOCK_SUFFIX = ".lock"
DAMAGED_SUFFIX = ".damaged"


class AutosaveError(WorkspaceError):
    """What was autosaved cannot be read."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """What a dead process had not saved. Nobody else is offered it while this object lives."""

    document: Document
    path: Path | None
    """The file that was open, if any."""
    saved_at: datetime
    file: Path = field(repr=False)
    lock: ProcessLock = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """What people call it: the file's name, else the network's."""
        return self.path.name if self.path else self.document.name

    def remove(self) -> None:
        """It was recovered, or is not wanted."""
        _remove(self.file)
        self.lock.remove()


class AutosaveFile:
    """The file of one window; there is none until the first :meth:`write`."""

    def __init__(self) -> None:
        # The environment is asked now: a window keeps its place.
        name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.path = autosave_dir() / f"{name}{SUFFIX}"
        self._lock: ProcessLock | None = None

    def write(self, document: Document, path: Path | None) -> None:
        """Puts a document in the place of what was there; `OSError` when the disk refuses."""
        if self._lock is None:
            self._lock = ProcessLock(_lock_path(self.path))
        values = {
            "saved": datetime.now().astimezone().isoformat(timespec="seconds"),
            "path": str(path) if path else "",
            "document": write_document(document),
        }
        write_object(self.path, values, durable=False)

    def remove(self) -> None:
        """Everything is saved or given up."""
        if self._lock is not None:
            _remove(self.path)

    def close(self) -> None:
        """The window is gone, and everything saved or given up."""
        self.remove()
        if self._lock is not None:
            self._lock.remove()
            self._lock = None


def autosave_dir() -> Path:
    """Where autosaved documents lie."""
    return paths.config_dir() / "autosave"


def leftovers() -> tuple[list[Leftover], list[AutosaveError]]:
    """What dead processes left, latest first, and a sentence for each file that cannot be read.

    Such a file is put aside under another name: it is told once.
    """
    found: list[Leftover] = []
    errors: list[AutosaveError] = []
    for file in sorted(autosave_dir().glob(f"*{SUFFIX}")):
        try:
            lock = ProcessLock(_lock_path(file))
        except OSError:  # its window lives, or is at least not known to be dead
            continue
        try:
            found.append(_read(file, lock))
        except AutosaveError as error:
            errors.append(error)
            lock.remove()
        except FileNotFoundError:  # its window was just closed
            lock.remove()
    _sweep()
    found.sort(key=lambda leftover: leftover.saved_at, reverse=True)
    return found, errors


def _read(file: Path, lock: ProcessLock) -> Leftover:
    if not file.exists():
        raise FileNotFoundError(file)
    values = read_object(file) or {}
    try:
        text, path, saved = (str(values[key]) for key in ("document", "path", "saved"))
        document = read_document(text, "the network in it")
        # With a time zone even where it has none, so that any two compare.
        saved_at = datetime.fromisoformat(saved).astimezone()
        return Leftover(document, Path(path) if path else None, saved_at, file, lock)
    except KeyError:
        raise _put_aside(file, "it is damaged") from None
    except (FileError, ValueError) as error:
        raise _put_aside(file, str(error).rstrip(".")) from error


def _sweep() -> None:
    """Removes the locks of dead processes that had saved everything, and what was half written."""
    for lock in autosave_dir().glob(f"*{LOCK_SUFFIX}"):
        if not lock.with_name(lock.name.removesuffix(LOCK_SUFFIX) + SUFFIX).exists():
            with suppress(OSError):
                ProcessLock(lock).remove()
    for part in autosave_dir().glob(f".*{PART_SUFFIX}"):
        window = part.name[1:].partition(SUFFIX)[0]
        if not part.with_name(window + LOCK_SUFFIX).exists():
            _remove(part)


def _put_aside(file: Path, reason: str) -> AutosaveError:
    aside = file.with_name(file.name + DAMAGED_SUFFIX)
    try:
        file.replace(aside)
    except OSError:
        aside = file
    return AutosaveError(f"Unsaved changes of an earlier session could not be read ({reason}): see {aside}.")


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)


def _lock_path(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(SUFFIX) + LOCK_SUFFIX)
