"""Taking a run back out of the trash."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.workspace.errors import RunError


@dataclass(frozen=True, slots=True)
class Trashed:
    """A run that was moved to the trash; ``kept`` is where it lies there, if the system tells."""

    path: Path
    kept: str


def restore(trashed: Trashed) -> None:
    """Put it back where it was; raises `RunError` where it is gone or something else is there now."""
    kept = Path(trashed.kept)
    if not trashed.kept or not kept.is_dir():
        raise RunError(f"{trashed.path.name} is no longer where the trash kept it: look for it there.")
    if trashed.path.exists():
        raise RunError(f"{trashed.path} exists again: take the run out of the trash by hand.")
    try:
        kept.rename(trashed.path)
    except OSError as error:
        reason = error.strerror or error
        raise RunError(f"{trashed.path.name} could not be taken out of the trash ({reason}).") from error
    # The freedesktop trash remembers where each thing came from beside it.
    with suppress(OSError):
        (kept.parent.parent / "info" / f"{kept.name}.trashinfo").unlink()
