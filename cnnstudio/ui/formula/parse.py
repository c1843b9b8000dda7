"""Reads a formula as the blocks state it: ``out = ⌊(in + 2·padding − kernel) / stride⌋ + 1``. No Qt.

A slash makes a fraction of the factor before and the factor behind it, whose own brackets go; ``^`` and small
raised letters raise, ``[…]`` behind a name lowers. Anything else is set as it stands, so whatever is written
can be read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˣ"
_TOKEN = re.compile(rf"[{_HIGH}]+|\d+(?:\.\d+)?|√|Σ|(?:(?![{_HIGH}])[^\W\d_])+|\s+|.")
_RAISED = str.maketrans(_HIGH, "0123456789+−x")
_FENCES = {"(": ")", "⌊": "⌋", "⌈": "⌉", "[": "]"}


@dataclass(frozen=True, slots=True)
class Text:
    """A name, a number, a sign or a space."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one behind the other."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One part over another."""

    over: "Part"
    under: "Part"


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    inside: "Part"


@dataclass(frozen=True, slots=True)
class Fence:
    """Brackets around a part; ``right`` is empty where the text ends before they close."""

    left: str
    inside: "Part"
    right: str


@dataclass(frozen=True, slots=True)
class Raised:
    """An exponent."""

    base: "Part"
    exponent: "Part"


@dataclass(frozen=True, slots=True)
class Lowered:
    """An index."""

    base: "Part"
    index: "Part"


Part = Text | Row | Fraction | Root | Fence | Raised | Lowered


def parse(formula: str) -> Row:
    """The parts of a formula."""
    tokens = _TOKEN.findall(formula.replace("\n", " "))
    return _Reader(tokens).row("")


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._next()
        self._at += 1
        return token

    def _skip_spaces(self) -> None:
        while self._next().isspace():
            self._at += 1

    def row(self, end: str) -> Row:
        """Everything up to a closing bracket, or to the end of the text."""
        parts: list[Part] = []
        while (token := self._next()) and token != end:
            if token == "/" and any(part != Text(" ") for part in parts):
                self._take()
                self._skip_spaces()
                while parts[-1] == Text(" "):
                    parts.pop()
                over = parts.pop()
                parts.append(Fraction(_bare(over), _bare(self._factor())))
            elif token.isspace():
                self._take()
                parts.append(Text(" "))
            else:
                parts.append(self._factor())
        return Row(tuple(parts))

    def _factor(self) -> Part:
        token = self._take()
        if token == "√":
            return Root(_bare(self._factor()))
        if token == "Σ":
            self._skip_spaces()
            return Row((Text("Σ"), Text(" "), self._factor()))
        if token in _FENCES and token != "[":
            return self._followed(self._fence(token))
        return self._followed(Text(token))

    def _fence(self, left: str) -> Fence:
        inside = self.row(_FENCES[left])
        return Fence(left, inside, self._take())

    def _followed(self, base: Part) -> Part:
        """What stands right behind a factor belongs to it: an exponent, an index, a function's brackets."""
        token = self._next()
        named = isinstance(base, Text) and base.text.isalpha()
        if token and token[0] in _HIGH:
            return Raised(base, Text(self._take().translate(_RAISED)))
        if token == "^":
            self._take()
            return Raised(base, _bare(self._factor()))
        if token == "(" and named:
            self._take()
            return self._followed(Row((base, self._fence("("))))
        if token == "[" and named:
            self._take()
            return self._followed(Lowered(base, self._fence("[").inside))
        return base


def _bare(part: Part) -> Part:
    """A fraction needs no brackets around what is over and under its line."""
    return part.inside if isinstance(part, Fence) and part.left == "(" else part


def breakable(row: Row) -> Iterator[Row]:
    """The pieces between which a line may break: behind an equals sign, behind a comma."""
    piece: list[Part] = []
    for part in row.parts:
        piece.append(part)
        if part in (Text("="), Text(",")):
            yield Row(tuple(piece))
            piece = []
    if piece:
        yield Row(tuple(piece))
