"""How a person, from any thread, pauses, resumes and stops a run."""

from __future__ import annotations

import threading
from enum import Enum


class Wish(Enum):
    """What the person wants of the run."""

    GO = "go"
    PAUSE = "pause"
    STOP = "stop"


class Control:
    """Pause, resume and stop. A stop is final; the training loop looks at :attr:`wish` between two steps."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.wish = Wish.GO  # read without the lock: one attribute, and a step later is soon enough

    def pause(self) -> None:
        """Let the run wait after its present step."""
        self._set(Wish.PAUSE)

    def resume(self) -> None:
        """Let it go on."""
        self._set(Wish.GO)

    def stop(self) -> None:
        """End it after its present step, or call off what it prepares."""
        self._set(Wish.STOP)

    def stopped(self) -> bool:
        """Whether somebody asked for the end; also what a download asks."""
        return self.wish is Wish.STOP

    def wait_while_paused(self) -> None:
        """Returns once the run shall go on or stop."""
        with self._changed:
            self._changed.wait_for(lambda: self.wish is not Wish.PAUSE)

    def _set(self, wish: Wish) -> None:
        with self._changed:
            if self.wish is not Wish.STOP:
                self.wish = wish
                self._changed.notify_all()
