"""Ends what goes on behind windows that nobody has closed: a script that made one may simply end.

Else Qt finds threads that still run when its objects go, and ends the process by a signal.
"""

import atexit
from typing import Protocol
from weakref import WeakSet

from shiboken6 import isValid


class Ending(Protocol):
    """What has threads, timers or processes."""

    def end(self) -> None:
        """Ends them all; may be called more than once."""


_going_on: WeakSet[Ending] = WeakSet()


def end_at_exit(ending: Ending) -> None:
    """When Python ends, and not before, unless it has gone by then."""
    _going_on.add(ending)


@atexit.register
def _end_all() -> None:
    for ending in tuple(_going_on):
        if isValid(ending):
            ending.end()
