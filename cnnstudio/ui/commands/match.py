"""Finds what a person means from a few letters, and puts the likeliest first. No Qt.

A word that is typed matches a text where it stands in it (``onv`` in ``Conv2d``), or where it is made of the
beginnings of the text's words, in their order, with letters left out behind the first (``opr50``, ``rsnt`` in
``Open preset: ResNet-50``). So one more letter never finds more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

_NEXT, _NEW_WORD, _SKIPPED = 10.0, 8.0, 2.0
"""For a letter right behind the last one, at the beginning of a later word, further on in the same word."""
_FIRST_WORD, _LATER_WORD, _INSIDE = 16.0, 14.0, 4.0
"""For the first letter: at the beginning of the text, of another word, or inside a word."""
_WHOLE_WORD = 3.0
_PREFIX, _EXACT = 20.0, 100.0
_PER_LETTER = 0.05
"""Of two that match alike, the shorter text comes first."""
_HIDDEN = 0.7
"""What is found in another name of an entry is worth less than what can be seen."""


class Entry(Protocol):
    """What can be found: by its text, or by other names for it."""

    @property
    def text(self) -> str: ...

    @property
    def words(self) -> tuple[str, ...]: ...


class Match(NamedTuple):
    """How well something matches, and the letters of the text that do."""

    score: float
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The number of an entry, and the letters of its text that were typed."""

    index: int
    places: tuple[int, ...]


def rank(query: str, entries: Sequence[Entry]) -> tuple[Found, ...]:
    """The entries that match every word of the query, the likeliest first; all, in order, for no words."""
    typed = _folded(query).split()
    if not typed:
        return tuple(Found(number, ()) for number in range(len(entries)))
    found = []
    for number, entry in enumerate(entries):
        match = _match_entry(typed, entry)
        if match is not None:
            found.append((-match.score, number, match.places))
    return tuple(Found(number, places) for _, number, places in sorted(found))


def _match_entry(typed: Sequence[str], entry: Entry) -> Match | None:
    score = -_PER_LETTER * len(entry.text)
    places: set[int] = set()
    for word in typed:
        match = _match_word(word, entry)
        if match is None:
            return None
        score += match.score
        places.update(match.places)
    said, whole = _folded(entry.text).rstrip("…").strip(), " ".join(typed)
    if said == whole:
        score += _EXACT
    elif said.startswith(whole):
        score += _PREFIX
    return Match(score, tuple(sorted(places)))


def _match_word(word: str, entry: Entry) -> Match | None:
    seen = match_text(word, entry.text)
    hidden = [match for name in entry.words if (match := match_text(word, name)) is not None]
    best = max((match.score * _HIDDEN for match in hidden), default=None)
    if best is None or (seen is not None and seen.score >= best):
        return seen
    return Match(best, seen.places if seen is not None else ())


def match_text(word: str, text: str) -> Match | None:
    """The best way to find a word (without spaces) in a text; None where it is not there."""
    wanted, letters = _folded(word), _folded(text)
    if not wanted:
        return Match(0.0, ())
    starts = _starts(text)
    ways = [match for match in (_whole(wanted, letters, starts), _pieces(wanted, letters, starts)) if match]
    return max(ways, default=None)


def _folded(text: str) -> str:
    """Small letters, as many as there were: some letters have a longer small one."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _starts(text: str) -> list[bool]:
    """Where words begin: behind a sign or a space, at a capital, where a number begins or ends."""
    found, before = [], " "
    for letter in text:
        begins = letter.isalnum() and (
            not before.isalnum()
            or (letter.isupper() and before.islower())
            or letter.isdigit() != before.isdigit()
        )
        found.append(begins)
        before = letter
    return found


def _whole(wanted: str, letters: str, starts: Sequence[bool]) -> Match | None:
    """All letters one behind the other, best at the beginning of a word."""
    best: Match | None = None
    at = letters.find(wanted)
    while at >= 0:
        score = _first(at, starts) + _NEXT * (len(wanted) - 1) + _ending(at + len(wanted), letters, starts)
        if best is None or score > best.score:
            best = Match(score, tuple(range(at, at + len(wanted))))
        at = letters.find(wanted, at + 1)
    return best


def _pieces(wanted: str, letters: str, starts: Sequence[bool]) -> Match | None:
    """Beginnings of words; worked out from the last letter back to the first."""
    words = _numbers(starts)
    best = {
        at: Match(_ending(at + 1, letters, starts), (at,))
        for at, letter in enumerate(letters)
        if letter == wanted[-1]
    }
    for wish in reversed(wanted[:-1]):
        before: dict[int, Match] = {}
        for at, letter in enumerate(letters):
            if letter != wish:
                continue
            ways = [
                Match(rest.score + step, (at, *rest.places))
                for then, rest in best.items()
                if then > at and (step := _step(at, then, starts, words))
            ]
            if ways:
                before[at] = max(ways)
        best = before
    return max(
        (Match(m.score + _first(at, starts), m.places) for at, m in best.items() if starts[at]), default=None
    )


def _step(at: int, then: int, starts: Sequence[bool], words: Sequence[int]) -> float:
    """What it is worth to go from one letter to another; 0 where that is not allowed."""
    if then == at + 1:
        return _NEXT
    if starts[then]:
        return _NEW_WORD
    return _SKIPPED / (then - at) if words[then] == words[at] else 0.0


def _numbers(starts: Sequence[bool]) -> list[int]:
    """The number of the word that each letter belongs to."""
    found, number = [], 0
    for begins in starts:
        number += begins
        found.append(number)
    return found


def _first(at: int, starts: Sequence[bool]) -> float:
    if not starts[at]:
        return _INSIDE
    return _FIRST_WORD if at == 0 else _LATER_WORD


def _ending(at: int, letters: str, starts: Sequence[bool]) -> float:
    """A bonus where a word ends too."""
    return _WHOLE_WORD if at == len(letters) or starts[at] or not letters[at].isalnum() else 0.0
