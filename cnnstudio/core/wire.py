"""How requests and messages travel between the window's process and the engine's: length, then pickle.

Only ever used on the pipes between a process and its own child, never on a file or a socket: unpickling
runs what the sender wrote.
"""

import pickle
import struct
from typing import BinaryIO

_LENGTH = struct.Struct("!I")


class BrokenFrame(EOFError):
    """The other side ended in the middle of a frame: it was killed."""


def frame(thing: object) -> bytes:
    """One object as it goes over the pipe."""
    body = pickle.dumps(thing, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Puts objects together again from pieces of any size, for whoever must not wait for the pipe."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[object]:
        """The objects that are complete with this piece."""
        buffer = self._buffer
        buffer += data
        things: list[object] = []
        start = 0
        while len(buffer) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(buffer, start)
            end = start + _LENGTH.size + length
            if len(buffer) < end:
                break
            things.append(pickle.loads(bytes(memoryview(buffer)[start + _LENGTH.size : end])))
            start = end
        del buffer[:start]
        return things


def write_frame(stream: BinaryIO, thing: object) -> None:
    """Sends one object and flushes; raises ``OSError`` when nobody listens any more."""
    stream.write(frame(thing))
    stream.flush()


def read_frame(stream: BinaryIO) -> object | None:
    """Waits for the next object; None when the other side has closed the pipe.

    Raises :class:`BrokenFrame` when it ended in the middle of a frame.
    """
    head = _read(stream, _LENGTH.size)
    if not head:
        return None
    body = _read(stream, _LENGTH.unpack(head)[0])
    if not body:
        raise BrokenFrame("the pipe ended inside a frame")
    thing: object = pickle.loads(body)
    return thing


def _read(stream: BinaryIO, size: int) -> bytes:
    """Exactly ``size`` bytes, or nothing at the end of the stream; raises :class:`BrokenFrame`."""
    parts: list[bytes] = []
    missing = size
    while missing:
        part = stream.read(missing)
        if not part:
            if parts:
                raise BrokenFrame("the pipe ended inside a frame")
            return b""
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
