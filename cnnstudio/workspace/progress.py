"""How far a slow piece of disk or network work has come, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cnnstudio.workspace.errors import Cancelled

Stage = Literal["download", "unpack", "scan", "read", "decode", "draw", "repair"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One report; `done` and `total` count bytes for "download" and "unpack", else images.

    `total` is 0 while it is unknown. `name` is the file or data set that is being worked on.
    """

    stage: Stage
    name: str
    done: int
    total: int

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1, None while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total > 0 else None


Report = Callable[[Progress], None]
CancelCheck = Callable[[], bool]


def ignore(_: Progress) -> None:
    """Report to nobody."""


def never() -> bool:
    """Never asked to stop."""
    return False


def stop_if(cancelled: CancelCheck) -> None:
    """Raise `Cancelled` when the person asked to stop."""
    if cancelled():
        raise Cancelled
