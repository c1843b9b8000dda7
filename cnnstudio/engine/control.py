"""How a person, from any thread, pauses, resumes, adjusts and stops a run."""

from __future__ import annotations

import threading
from enum import Enum
from typing import TYPE_CHECKING

from cnnstudio.core.requests import Adjust

if TYPE_CHECKING:
    from cnnstudio.engine.looks.live import Live


class Wish(Enum):
    """What the person wants of the run."""

    GO = "go"
    ADJUST = "adjust"
    PAUSE = "pause"
    STOP = "stop"


class Control:
    """A stop is final; the training loop looks at :attr:`wish` between two steps."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._adjustments: list[Adjust] = []
        self._paused = self._stopped = False
        # Both are read without the lock: one attribute, and a step later is soon enough.
        self.wish = Wish.GO
        self.ends_after_epoch = False
        self.live: Live | None = None
        """The network of the run, once there is one, for whoever looks into it."""

    def pause(self) -> None:
        """Let the run wait after its present step."""
        with self._changed:
            self._paused = True
            self._tell()

    def resume(self) -> None:
        """Let it go on."""
        with self._changed:
            self._paused = False
            self._tell()

    def stop(self) -> None:
        """End it after its present step, or call off what it prepares."""
        with self._changed:
            self._stopped = True
            self._tell()

    def stop_after_epoch(self, on: bool = True) -> None:
        """End it after its present epoch; with ``on`` False, not."""
        self.ends_after_epoch = on

    def adjust(self, change: Adjust) -> None:
        """Let it go on otherwise from its next step."""
        with self._changed:
            self._adjustments.append(change)
            self._tell()

    def stopped(self) -> bool:
        """Whether somebody asked for the end; also what a download asks."""
        return self.wish is Wish.STOP

    def taken_adjustments(self) -> tuple[Adjust, ...]:
        """What was asked for since the last call, in order."""
        with self._changed:
            taken, self._adjustments = tuple(self._adjustments), []
            self._tell()
        return taken

    def wait_while_paused(self, adjustable: bool = False) -> bool:
        """Returns once the run shall go on or stop; True if, still paused, it shall be adjusted."""
        with self._changed:
            self._changed.wait_for(lambda: self.wish is not Wish.PAUSE or self._is_awaited(adjustable))
            return self.wish is Wish.PAUSE

    def _is_awaited(self, adjustable: bool) -> bool:
        return adjustable and bool(self._adjustments)

    def _tell(self) -> None:
        if self._stopped:
            self.wish = Wish.STOP
        elif self._paused:
            self.wish = Wish.PAUSE
        else:
            self.wish = Wish.ADJUST if self._adjustments else Wish.GO
        self._changed.notify_all()
