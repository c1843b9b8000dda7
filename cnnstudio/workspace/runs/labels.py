"""What a person wrote about a run: tags and notes, in `labels.json` of its folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.json_file import read_object, write_object

FILE = "labels.json"
MOST_TAGS = 24
LONGEST_TAG = 32
LONGEST_NOTES = 20_000
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Labels:
    """Tags in the order in which they were given, without doubles; notes are plain text."""

    tags: tuple[str, ...] = ()
    notes: str = ""


def tags_in(text: str) -> tuple[str, ...]:
    """What a person typed, as tags: `"Baseline, lr sweep"` are two; `Best` and `best` are one."""
    return _clean(text.split(","))


def read_labels(run: Path) -> Labels:
    """The labels of a run; none where there are none or they cannot be read."""
    path = run / FILE
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return Labels()
    except OSError:
        return Labels()
    saved = read_object(path) or {}
    tags, notes = saved.get("tags"), saved.get("notes")
    return Labels(
        _clean(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        notes[:LONGEST_NOTES] if isinstance(notes, str) else "",
    )


def write_labels(run: Path, labels: Labels) -> None:
    """Keep them; raises `RunError` when the disk refuses, and what was there stays."""
    kept = {"tags": list(_clean(labels.tags)), "notes": labels.notes[:LONGEST_NOTES]}
    try:
        write_object(run / FILE, kept)
    except OSError as error:
        reason = error.strerror or error
        raise RunError(f"Tags and notes could not be saved in {run} ({reason}).") from error


def _clean(tags: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for tag in tags:
        text = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in tag)).strip(" ,#")
        text = text[:LONGEST_TAG].strip()
        if text:
            found.setdefault(text.casefold(), text)
    return tuple(found.values())[:MOST_TAGS]
