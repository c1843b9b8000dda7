"""What has come of a download so far, kept so that it can go on after a broken connection or a cancel.

Two files beside each other in a hidden folder: the bytes, and a note of where they came from. A server may
have another file by the next time, so it is asked to go on only if it is still the same (`If-Range`).
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from cnnstudio.workspace.json_file import read_object, write_object

FOLDER = ".downloads"
_KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes came from: the address, what the server calls this very file, and its whole length."""

    url: str = ""
    validator: str = ""
    total: int = 0
    resumable: bool = False
    """Whether the server sends parts."""


class Partial:
    """The bytes of one file, named by the checksum of the whole, not to be taken for another's."""

    def __init__(self, folder: Path, name: str, md5: str) -> None:
        self.path = folder / FOLDER / f"{md5[:8]}-{name}"
        self._note = self.path.with_name(self.path.name + ".json")

    @property
    def length(self) -> int:
        """How many bytes have come."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def source(self) -> Source:
        """Where they came from; nothing where that is not known."""
        found = read_object(self._note) or {}
        known = {name: found[name] for name in Source.__slots__ if name in found}
        if {name: type(value) for name, value in known.items()} != {
            "url": str, "validator": str, "total": int, "resumable": bool,
        }:  # fmt: skip
            return Source()
        return Source(**known)

    def remember(self, source: Source) -> None:
        """Notes where the bytes come from, before they come."""
        write_object(self._note, asdict(source))

    def tidy(self) -> None:
        """After a failure: keeps only what a later download can go on with."""
        if not (self.length and self.source().resumable):
            self.remove()

    def remove(self) -> None:
        """Forgets all, and the folder if it is empty."""
        for path in (self.path, self._note):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        with suppress(OSError):
            self.path.parent.rmdir()


def sweep(folder: Path) -> None:
    """Remove what nobody has gone on with for a month."""
    oldest = time.time() - _KEPT_DAYS * 86_400
    for path in (folder / FOLDER).glob("*"):
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
    with suppress(OSError):
        (folder / FOLDER).rmdir()
