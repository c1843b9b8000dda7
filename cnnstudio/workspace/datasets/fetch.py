"""Fetching one file over HTTP: with a timeout, progress, a checksum, a cancel that is answered at once, and
going on where it broke off.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from cnnstudio.workspace.datasets.partial import Partial, Source
from cnnstudio.workspace.datasets.transfer import Head, Unreachable, transfer
from cnnstudio.workspace.progress import CancelCheck, stop_if

Report = Callable[[int, int], None]
_TRIES = 5
_PAUSE = 0.5
"""Seconds before going on after a broken connection; twice as many each time."""
_POLL = 0.05


class Damaged(Exception):
    """The file came, but it is cut short or has another checksum; the message says which."""


class _Broken(Exception):
    """The connection ended early; the message says after how much."""


def fetch(url: str, partial: Partial, md5: str, *, report: Report, cancelled: CancelCheck) -> None:
    """Bring what `url` serves to `partial.path`, from where it broke off the last time if the server can.

    `report` hears the bytes so far and in all (0 while unknown). Raises `Unreachable`, `Damaged`, `Cancelled`
    and `OSError` when the disk refuses; what came is kept where a later call can go on with it.
    """
    partial.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        resumed = _complete(url, partial, report, cancelled)
        if _md5(partial.path, cancelled) != md5:
            partial.remove()
            if not resumed:
                raise Damaged("its checksum is wrong")
            # What had come before may have been of another file: once more, from the beginning.
            partial.path.parent.mkdir(parents=True, exist_ok=True)
            _complete(url, partial, report, cancelled)
            if _md5(partial.path, cancelled) != md5:
                partial.remove()
                raise Damaged("its checksum is wrong")
    except BaseException:
        partial.tidy()
        raise


def _complete(url: str, partial: Partial, report: Report, cancelled: CancelCheck) -> bool:
    """Until all bytes are there; whether some of them came from an earlier connection."""
    resumed = False
    for attempt in range(_TRIES):
        before = partial.length
        try:
            return _receive(url, partial, report, cancelled) or resumed
        except (_Broken, Unreachable) as problem:
            source, last = partial.source(), attempt == _TRIES - 1
            # Where nothing new came, or the server begins anew each time, another try will end the same way.
            if last or not source.resumable or partial.length <= before:
                raise Damaged(str(problem)) if isinstance(problem, _Broken) else problem from problem
            resumed = True
        _pause(_PAUSE * 2**attempt, cancelled)
    raise AssertionError("the last try returns or raises")


def _receive(url: str, partial: Partial, report: Report, cancelled: CancelCheck) -> bool:
    """One connection; whether it went on with what was there."""
    known, start = partial.source(), partial.length
    if start and known.total and start >= known.total:
        return True
    pieces = transfer(url, start if known.resumable else 0, known, cancelled)
    head = next(pieces)
    assert isinstance(head, Head)
    goes_on = head.start > 0
    done = head.start
    partial.remember(Source(url, head.validator, head.total, head.resumable))
    report(done, head.total)
    with partial.path.open("ab" if goes_on else "wb") as file:
        for piece in pieces:
            assert isinstance(piece, bytes)
            file.write(piece)
            done += len(piece)
            report(done, head.total)
    if head.total and done != head.total:
        raise _Broken(f"it ended after {done} of {head.total} bytes")
    return goes_on


def _pause(seconds: float, cancelled: CancelCheck) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stop_if(cancelled)
        time.sleep(_POLL)


def _md5(path: Path, cancelled: CancelCheck) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            stop_if(cancelled)
            digest.update(piece)
    return digest.hexdigest()
