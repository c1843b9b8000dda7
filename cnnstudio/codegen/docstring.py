"""Docstrings from what people wrote: nothing in them can end the string or upset a linter."""

from unicodedata import category, east_asian_width

from cnnstudio.codegen.layout import WIDTH

_QUOTES = 3


def prose(words: str) -> str:
    """One line of plain text: no quotes that could end a docstring, no control or invisible characters."""
    kept = "".join(character if _is_visible(character) else " " for character in words)
    return " ".join(kept.replace('"', "'").split())


def sentence(words: str) -> str:
    """:func:`prose` with a full stop at the end, if it has none."""
    text = prose(words)
    return text if not text or text[-1] in ".!?…" else f"{text}."


def wrapped(words: str, limit: int) -> list[str]:
    """Lines of :func:`prose` of at most so many columns."""
    lines: list[str] = []
    line, used = "", 0
    for word in _pieces(words, limit):
        size = width(word)
        if line and used + 1 + size > limit:
            lines.append(line)
            line, used = word, size
        else:
            used += size + (1 if line else 0)
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def docstring(paragraphs: list[str], indent: int) -> list[str]:
    """The lines of a docstring, without indentation; at least one paragraph must have text."""
    limit = WIDTH - indent - _QUOTES
    parts = [lines for words in paragraphs if (lines := wrapped(_escaped(words), limit))]
    if len(parts) == 1 and len(parts[0]) == 1:
        if width(parts[0][0]) + _QUOTES <= limit:
            return [f'"""{parts[0][0]}"""']
        # ruff would pull lone closing quotes up, beyond the width.
        parts = [wrapped(parts[0][0], limit - _QUOTES)]
    lines = [line for part in parts for line in ("", *part)][1:]
    return [f'"""{lines[0]}', *lines[1:], '"""']


def _escaped(words: str) -> str:
    return prose(words).replace("\\", "\\\\")


def width(words: str) -> int:
    """Columns on a screen, rather too many than too few."""
    return len(words) if words.isascii() else sum(map(_columns, words))


def _columns(character: str) -> int:
    if character.isascii() or (east_asian_width(character) in ("N", "Na", "A") and character < "\u2e00"):
        return 1
    return 2 if east_asian_width(character) in ("W", "F") else 3


def _is_visible(character: str) -> bool:
    """Letters, marks, digits, punctuation and symbols; no controls, surrogates or odd spaces."""
    return character == " " or category(character)[0] in "LMNPS"


def _pieces(words: str, limit: int) -> list[str]:
    """The words, those longer than a line cut."""
    pieces: list[str] = []
    for word in words.split():
        while width(word) > limit:
            cut = limit // (2 if word.isascii() else 3)
            # Not between a backslash and what it escapes.
            cut -= (len(word[:cut]) - len(word[:cut].rstrip("\\"))) % 2
            pieces.append(word[:cut])
            word = word[cut:]
        pieces.append(word)
    return pieces
