"""One answer of a web server, piece by piece, from the beginning or from somewhere in the middle."""

from __future__ import annotations

import queue
import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse

from cnnstudio.workspace.datasets.partial import Source
from cnnstudio.workspace.progress import CancelCheck, stop_if

TIMEOUT = 20.0
"""Seconds without a byte after which a server counts as gone."""

_CHUNK = 1 << 16
_POLL = 0.1
_PARTIAL, _NOT_SATISFIABLE = 206, 416
_HEADERS = {"User-Agent": "cnnstudio", "Accept-Encoding": "identity"}
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)$")


class Unreachable(Exception):
    """No answer, a refusal, or a connection that broke; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Head:
    """What comes before the bytes: where they begin, how long the whole is (0: unknown), its name."""

    start: int
    total: int
    validator: str
    resumable: bool


Piece = Head | bytes


def transfer(url: str, start: int, known: Source, cancelled: CancelCheck) -> Iterator[Piece]:
    """The head, then the bytes from `start` on if the server still has the file that is `known`, else all.

    A thread of its own waits for the server, because a wait on a socket cannot be cut short and a person who
    presses Cancel should not wait for a server that does not answer. The thread never touches the disk.
    """
    pieces: queue.Queue[Piece | Exception | None] = queue.Queue(maxsize=8)
    stop = threading.Event()
    reader = threading.Thread(
        target=_read_into, args=(url, start, known, pieces, stop), name="cnnstudio-fetch", daemon=True
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


def _read_into(
    url: str,
    start: int,
    known: Source,
    pieces: queue.Queue[Piece | Exception | None],
    stop: threading.Event,
) -> None:
    def put(piece: Piece | Exception | None) -> None:
        while not stop.is_set():
            try:
                pieces.put(piece, timeout=_POLL)
            except queue.Full:
                continue
            return

    try:
        with _open(url, start, known) as response:
            put(_head(response.status, response.headers))
            while not stop.is_set() and (piece := response.read1(_CHUNK)):
                put(piece)
        put(None)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        put(error)
    except Exception as error:  # whatever it is, the other side waits to hear of it
        put(error)


def _open(url: str, start: int, known: Source) -> HTTPResponse:
    """The answer, from `start` on or from the beginning."""
    if start:
        headers = {**_HEADERS, "Range": f"bytes={start}-"}
        if known.validator and known.url == url:
            headers["If-Range"] = known.validator
        try:
            response = _ask(url, headers)
        except urllib.error.HTTPError as error:
            if error.code != _NOT_SATISFIABLE:
                raise
            error.close()
        else:
            head = _head(response.status, response.headers)
            if head.start == 0 or (head.start == start and head.total == known.total):
                return response
            response.close()  # a part of something else
    return _ask(url, _HEADERS)


def _ask(url: str, headers: dict[str, str]) -> HTTPResponse:
    answer: HTTPResponse = urllib.request.urlopen(
        urllib.request.Request(url, headers=headers), timeout=TIMEOUT
    )
    return answer


def _head(status: int, headers: HTTPMessage) -> Head:
    etag = headers.get("ETag", "")
    # A weak one does not vouch for each byte.
    validator = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")
    if status == _PARTIAL:
        found = _CONTENT_RANGE.match(headers.get("Content-Range", ""))
        if found:
            return Head(int(found[1]), int(found[2]), validator, resumable=True)
        raise ValueError("the server sent a part without saying which")
    length = headers.get("Content-Length", "")
    resumable = headers.get("Accept-Ranges", "").lower() == "bytes"
    return Head(0, int(length) if length.isdecimal() else 0, validator, resumable)


def _reason(error: Exception) -> str:
    """What to tell a person: the innermost cause, without urllib's wrapping."""
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, TimeoutError):
        return "the server did not answer in time"
    if isinstance(cause, socket.gaierror):
        return "the server was not found"
    return str(getattr(cause, "strerror", None) or cause) or type(cause).__name__
