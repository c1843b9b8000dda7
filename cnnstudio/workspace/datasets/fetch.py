"""Fetching one file over HTTP, with a timeout, progress, a checksum and a cancel that is answered at once."""

from __future__ import annotations

import hashlib
import queue
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from cnnstudio.workspace.progress import CancelCheck, stop_if

TIMEOUT = 20.0
"""Seconds without a byte after which a server counts as gone."""

_CHUNK = 1 << 16
_POLL = 0.1
_HEADERS = {"User-Agent": "cnnstudio"}


class Unreachable(Exception):
    """No answer, a refusal, or a connection that broke; the message is the reason."""


class Damaged(Exception):
    """The file came, but it is cut short or has another checksum; the message says which."""


def fetch(
    url: str,
    path: Path,
    md5: str,
    *,
    report: Callable[[int, int], None],
    cancelled: CancelCheck,
) -> None:
    """Write what `url` serves to `path`, which the caller removes when this raises.

    `report` hears the bytes so far and in all (0 while unknown). Raises `Unreachable`, `Damaged`,
    `Cancelled`, and `OSError` when the disk refuses.
    """
    digest = hashlib.md5(usedforsecurity=False)
    done = total = 0
    with path.open("wb") as file:
        for piece in _pieces(url, cancelled):
            if isinstance(piece, int):
                total = piece
            else:
                file.write(piece)
                digest.update(piece)
                done += len(piece)
            report(done, total)
    if total and done != total:
        raise Damaged(f"it ended after {done} of {total} bytes")
    if digest.hexdigest() != md5:
        raise Damaged("its checksum is wrong")


def _pieces(url: str, cancelled: CancelCheck) -> Iterator[int | bytes]:
    """The announced length, then the content.

    A thread of its own waits for the server, because a wait on a socket cannot be cut short and a person who
    presses Cancel should not wait for a server that does not answer. The thread never touches the disk.
    """
    pieces: queue.Queue[int | bytes | Exception | None] = queue.Queue(maxsize=8)
    stop = threading.Event()
    reader = threading.Thread(
        target=_read_into, args=(url, pieces, stop), name="cnnstudio-fetch", daemon=True
    )
    reader.start()
    try:
        while True:
            stop_if(cancelled)
            try:
                piece = pieces.get(timeout=_POLL)
            except queue.Empty:
                continue
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise Unreachable(_reason(piece)) from piece
            yield piece
    finally:
        stop.set()


def _read_into(url: str, pieces: queue.Queue[int | bytes | Exception | None], stop: threading.Event) -> None:
    def put(piece: int | bytes | Exception | None) -> None:
        while not stop.is_set():
            try:
                pieces.put(piece, timeout=_POLL)
            except queue.Full:
                continue
            return

    try:
        request = urllib.request.Request(url, headers=_HEADERS)
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            length = response.headers.get("Content-Length", "")
            put(int(length) if length.isdecimal() else 0)
            while not stop.is_set() and (piece := response.read1(_CHUNK)):
                put(piece)
        put(None)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        put(error)
    except Exception as error:  # whatever it is, the other side waits to hear of it
        put(error)


def _reason(error: Exception) -> str:
    """What to tell a person: the innermost cause, without urllib's wrapping."""
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, TimeoutError):
        return "the server did not answer in time"
    if isinstance(cause, socket.gaierror):
        return "the server was not found"
    return str(getattr(cause, "strerror", None) or cause) or type(cause).__name__
