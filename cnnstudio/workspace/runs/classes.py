"""`classes.json`: what a run's training images are of, and how many there are of each class."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from cnnstudio.workspace.atomic import write_text
from cnnstudio.workspace.runs.folder import RunFolder

T = TypeVar("T")
_LARGEST = 8 << 20
"""Bytes; no data set has so many classes."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Names, and how many training images have them, in the order of the labels."""

    names: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()


def write_classes(folder: RunFolder, classes: Classes) -> None:
    """Raises `OSError`."""
    told = {"names": classes.names, "counts": classes.counts}
    write_text(folder.classes, json.dumps(told, ensure_ascii=False) + "\n")


def read_classes(folder: RunFolder) -> Classes:
    """Nothing where there is no such file, or anybody's: runs of before have none."""
    with suppress(OSError, ValueError, RecursionError):
        found = _json(folder.classes)
        if isinstance(found, dict):
            names, counts = _all(found.get("names"), str), _all(found.get("counts"), int)
            if len(names) == len(counts):
                return Classes(names, counts)
    return Classes()


def _json(path: Path) -> object:
    return json.loads(path.read_text("utf-8")) if path.stat().st_size <= _LARGEST else None


def _all(values: object, kind: type[T]) -> tuple[T, ...]:
    right = isinstance(values, list) and all(type(value) is kind for value in values)
    return tuple(cast("list[T]", values)) if right else ()
