"""`metrics.jsonl`: one JSON object a line, appended while a run goes on and readable at any moment."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cnnstudio.workspace.atomic import write_text

_TAIL = 1 << 16
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


class MetricsLog:
    """Appends lines; each is with the operating system when `append` returns.

    A half line that a killed process left at the end is cut off when the log is opened.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: one line is one write, and a reader never sees half a buffer.
        self._file = path.open("ab+", buffering=0)
        self._size = _whole_lines(self._file.fileno())
        self._file.truncate(self._size)

    def append(self, line: Mapping[str, object], *, durable: bool = False) -> None:
        """Add a line; numbers that are not finite become null. `durable` waits for the disk.

        Raises `OSError` when the disk refuses; the log then ends with the line before.
        """
        data = (_line(line) + "\n").encode("utf-8")
        written = 0
        try:
            while written < len(data):
                written += self._file.write(data[written:])
            if durable:
                os.fsync(self._file.fileno())
        except OSError:
            with suppress(OSError):
                self._file.truncate(self._size)
            raise
        self._size += len(data)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """All whole lines in order; none where there is no file. What is no JSON object is passed over."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    # What follows the last line end is still being written, or was torn when the process ended.
    whole = data[: data.rfind(b"\n") + 1]
    return [values for line in whole.splitlines() if (values := _values(line)) is not None]


def replace_metrics(path: Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Let these be the lines, or leave those that are there; a log that is open must be opened anew."""
    write_text(path, "".join(_line(line) + "\n" for line in lines))


def _values(line: bytes) -> dict[str, Any] | None:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _line(values: Mapping[str, object]) -> str:
    try:
        return _ENCODER.encode(values)
    except (ValueError, TypeError):  # numbers that are not finite, mappings that are no dict
        return _ENCODER.encode(_finite(values))


def _finite(value: object) -> object:
    """JSON has no NaN and no infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _whole_lines(file: int) -> int:
    """How many bytes of an open file are whole lines."""
    end = os.fstat(file).st_size
    while end > 0:
        start = max(0, end - _TAIL)
        os.lseek(file, start, os.SEEK_SET)
        cut = os.read(file, end - start).rfind(b"\n")
        if cut >= 0:
            return start + cut + 1
        end = start
    return 0
