"""Fonts of the canvas and the width of what is written in them, measured once."""

from collections.abc import Sequence
from enum import Enum
from functools import cache, lru_cache

from PySide6.QtGui import QFont, QFontMetricsF

from cnnstudio.ui.theme import mono_font, ui_font

_SEMI = QFont.Weight.DemiBold
ELLIPSIS = "…"


class Face(Enum):
    """What is written on the canvas, by role."""

    TITLE = (13, True)
    TEXT = (13, False)
    SMALL_TITLE = (12, True)
    SMALL = (12, False)
    SHAPE = (12, None)
    SMALL_SHAPE = (11, None)


@cache
def font(face: Face) -> QFont:
    """The font of a role; a shape is set in the font of numbers."""
    size, bold = face.value
    if bold is None:
        return mono_font(size)
    return ui_font(size, _SEMI if bold else QFont.Weight.Normal)


@cache
def metrics(face: Face) -> QFontMetricsF:
    """Ascent, height and so on."""
    return QFontMetricsF(font(face))


@lru_cache(maxsize=20_000)
def width(text: str, face: Face) -> float:
    """How wide a line is, in pixels."""
    return metrics(face).horizontalAdvance(text)


def elided(text: str, face: Face, room: float) -> str:
    """The text, cut with an ellipsis where it does not fit."""
    if width(text, face) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + ELLIPSIS, face) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS if low else ""


def wrapped(text: str, face: Face, room: float, most: int) -> tuple[str, ...]:
    """The text in lines that fit, at most so many; the last one is elided."""
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < most - 1:
        taken = _fitting(words, face, room)
        lines.append(elided(" ".join(words[:taken]), face, room))
        words = words[taken:]
    if words:
        lines.append(elided(" ".join(words), face, room))
    return tuple(lines)


def _fitting(words: Sequence[str], face: Face, room: float) -> int:
    """How many words fit a line; at least one."""
    used = width(words[0], face)
    for number, word in enumerate(words[1:], start=1):
        used += width(" " + word, face)
        if used > room:
            return number
    return len(words)
