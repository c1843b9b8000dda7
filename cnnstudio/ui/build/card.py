"""What stands on a card or in the header of a frame: text and places, no painting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cnnstudio.ui.build.tensor_glyph import Glyph
from cnnstudio.ui.build.texts import Face, elided, width, wrapped

Size = Literal["full", "compact", "frame"]
Level = Literal["fine", "warning", "fault"]
Rect = tuple[float, float, float, float]
"""x, y, width, height."""

FULL_WIDTH = 330.0
FULL_ONE_LINE = 34.0
FULL_TWO_LINES = 52.0
COMPACT_HEIGHT = 28.0
HEADER_HEIGHT = 32.0
LINE = 17.0
STRIPE = 5.0
LEFT = 16.0
RIGHT = 12.0
PATHS_ROOM = 17.0
"""For the small picture of paths on a compact card."""
GLYPH_GAP = 7.0
"""Between the shape on a compact card and the small block that shows it."""
GLYPH_ROOM = 27.0
"""Shapes stand below each other, whatever the width of their blocks; a wider block moves its shape."""
_MOST_FAULT_LINES = 3


LEAD = -1
"""The number of the link that leads to the block inside that has the problem."""


@dataclass(frozen=True, slots=True)
class Link:
    """Something to click inside a card: the number of a fix or :data:`LEAD`, and where it stands."""

    number: int
    text: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Words:
    """What a block says about itself, before anything is placed."""

    title: str
    headline: str = ""
    brief: str = ""
    """The headline where there is little room."""
    details: str = ""
    right: tuple[str, ...] = ()
    """Numbers at the right: parameters, MACs; or the shape of Input and Output."""
    shape: str = ""
    """The shape that leaves, shown on compact cards where there is room."""
    glyph: Glyph | None = None
    """The same to be seen, at the right end of compact cards."""
    badge: str = ""
    """What the first repetition has of its own."""
    colour: str = ""
    fault: str = ""
    fixes: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    """The fixes with the shapes before and after, for which a card has no room."""
    culprit: str = ""
    """The id of the block inside a collapsed composite that the problem and its fixes are about."""
    lead: str = ""
    """What the link that leads to it says."""
    level: Level = "fine"
    folded: bool | None = None
    """Whether a composite is collapsed; None for a layer."""
    merge: str = ""
    """How a composite brings its stacks together."""
    paths: str = ""
    """How a collapsed composite's stacks run beside each other: ``skip``, ``branches`` or ``side``."""
    bypassed: bool = False
    """Whether the network does without the block."""


@dataclass(frozen=True, slots=True)
class Card:
    """Words in their places on a card of a certain size."""

    words: Words
    size: Size
    width: float
    height: float
    fault_lines: tuple[str, ...] = ()
    fault_top: float = 0.0
    links: tuple[Link, ...] = ()
    paper: bool = False
    """Whether it is for a picture to take away: there is nothing to press on it."""


def make_card(words: Words, size: Size, card_width: float, paper: bool = False) -> Card:
    """Places words on a card of this width; the height follows from what has to be said."""
    top = _plain_height(words, size)
    if not words.fault:
        return Card(words, size, card_width, top, paper=paper)
    left = text_left(words, size, paper)
    room = card_width - left - RIGHT
    lines = wrapped(words.fault, Face.SMALL, room, _MOST_FAULT_LINES)
    fault_top = {"full": 27.0, "compact": 24.0, "frame": 28.0}[size]
    offers = list(enumerate(words.fixes)) + ([(LEAD, words.lead)] if words.lead else [])
    links, below = _links(offers, lines, left, fault_top, room)
    return Card(words, size, card_width, max(top, below + 8), lines, fault_top, links, paper)


def _plain_height(words: Words, size: Size) -> float:
    if size == "frame":
        return HEADER_HEIGHT
    if size == "compact":
        return COMPACT_HEIGHT
    two = bool(words.details) or len(words.right) > 1 or bool(words.fault)
    return FULL_TWO_LINES if two else FULL_ONE_LINE


def text_left(words: Words, size: Size, paper: bool = False) -> float:
    """Where the sentence about a problem begins: beside what a collapsed block shows of its paths."""
    if size == "full":
        return LEFT + 18 * _has_signs(words, paper)
    return {"compact": 13.0, "frame": 13.0 if paper else 28.0}[size]


def title_left(card: Card) -> float:
    """Where the title begins."""
    if card.size != "compact":
        return text_left(card.words, card.size, card.paper)
    sign = card.words.folded is not None and not card.paper
    return 13.0 + 16 * sign + PATHS_ROOM * bool(card.words.paths)


def _has_signs(words: Words, paper: bool) -> bool:
    return bool(words.paths) or (words.folded is not None and not paper)


def _links(
    offers: Sequence[tuple[int, str]], lines: Sequence[str], left: float, top: float, room: float
) -> tuple[tuple[Link, ...], float]:
    """Offers stand behind the sentence where they fit, else on lines below; and where it all ends."""
    links: list[Link] = []
    row, x = len(lines) - 1, left + width(lines[-1], Face.SMALL)
    for number, offer in offers:
        text = elided(offer, Face.SMALL, room)
        gap = width(" · ", Face.SMALL)
        if x + gap + width(text, Face.SMALL) > left + room:
            row, x = row + 1, left
        else:
            x += gap
        links.append(Link(number, text, (x, top + row * LINE, width(text, Face.SMALL), LINE)))
        x += width(text, Face.SMALL)
    return tuple(links), top + (row + 1) * LINE


def natural_width(words: Words, with_shape: bool) -> float:
    """How wide a compact card would like to be."""
    parts = [width(words.title, Face.SMALL_TITLE) + 13 + RIGHT]
    if words.folded is not None:
        parts.append(18 + PATHS_ROOM * bool(words.paths))
    if words.brief:
        parts.append(width(words.brief, Face.SMALL) + 5)
    if words.badge:
        parts.append(width(words.badge, Face.SMALL_SHAPE) + 18)
    if with_shape and words.shape:
        parts.append(width(words.shape, Face.SMALL_SHAPE) + 16)
    if words.glyph is not None:
        parts.append(glyph_room(words.glyph) if with_shape else words.glyph.across + GLYPH_GAP)
    return sum(parts)


def glyph_room(glyph: Glyph) -> float:
    """What a card with a shape keeps free at its right end for the block that shows it."""
    return max(GLYPH_ROOM, glyph.across + GLYPH_GAP)
