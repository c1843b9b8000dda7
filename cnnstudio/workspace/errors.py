"""What can go wrong with files on disk, each told in one sentence for people."""

from __future__ import annotations

from pathlib import Path


class WorkspaceError(Exception):
    """The message is one sentence: what happened, where, what to do."""


class DatasetError(WorkspaceError):
    """A data set is unknown, missing, damaged or cannot be downloaded."""


class DamagedFileError(DatasetError):
    """A file of a data set is not what it should be; `path` is which."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is damaged ({reason}): delete it, and it is downloaded again.")
        self.path = path
        self.reason = reason


class PresetError(WorkspaceError):
    """A preset is unknown or cannot be read."""


class RunError(WorkspaceError):
    """A run folder cannot be created or read."""


class Cancelled(Exception):
    """The person asked to stop; nothing partial is left on disk.

    Not a `WorkspaceError`: it is no failure and nothing needs to be said about it.
    """


def missing(path: Path) -> DatasetError:
    """The one sentence about a file of a data set that is not there."""
    return DatasetError(f"{path} is missing: start again and the data set is downloaded.")


def damaged(path: Path, reason: str) -> DamagedFileError:
    """The one sentence about a file of a data set that is not what it should be."""
    return DamagedFileError(path, reason)
