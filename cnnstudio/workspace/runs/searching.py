"""What a person types to find runs: words, and ``tag:x``, ``status:failed``, ``data:mnist``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnnstudio.workspace.runs.listing import RunRow

_FIELDS: dict[str, Callable[[RunRow], tuple[str, ...]]] = {
    "tag": lambda row: row.tags,
    "status": lambda row: (row.status,),
    "data": lambda row: (row.dataset,),
    "name": lambda row: (row.name,),
    "note": lambda row: (row.notes,),
}


@dataclass(frozen=True, slots=True)
class Query:
    """Words that must all be found; ``fields`` in one place each."""

    words: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def matches(self, row: RunRow) -> bool:
        """Whether every word stands somewhere in the row. Tags are matched from their beginning."""
        if self.words:
            text = " ".join(
                (row.name, row.folder_name, *row.tags, row.notes, row.dataset, row.status, row.problem)
            ).casefold()
            if not all(word in text for word in self.words):
                return False
        return all(_has(row, name, value) for name, value in self.fields)


def query(text: str) -> Query:
    """What was typed; quotes keep a word with spaces together: ``tag:"first try"``."""
    words, fields = [], []
    for piece in _pieces(text):
        name, colon, value = piece.partition(":")
        if colon and name in _FIELDS:
            fields.append((name, value))
        else:
            words.append(piece)
    return Query(tuple(words), tuple(fields))


def _has(row: RunRow, name: str, value: str) -> bool:
    values = (text.casefold() for text in _FIELDS[name](row))
    if name == "tag":
        return any(text.startswith(value) for text in values)
    return any(value in text for text in values)


def _pieces(text: str) -> list[str]:
    pieces, piece, quoted = [], "", False
    for letter in text.casefold():
        if letter == '"':
            quoted = not quoted
        elif letter.isspace() and not quoted:
            pieces.append(piece)
            piece = ""
        else:
            piece += letter
    return [found for found in (*pieces, piece) if found]
