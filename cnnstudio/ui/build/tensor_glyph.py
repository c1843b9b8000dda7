"""A small block beside a wire, as high and wide as the map that flows and as deep as its channels."""

from dataclasses import dataclass
from functools import lru_cache
from math import log2, sqrt

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from cnnstudio.core.shape import Shape, is_map
from cnnstudio.ui.theme import mix, tokens

_LARGEST = 14.0
_SMALLEST = 2.0
_DEPTH = 1.9
"""Pixels that a doubling of the channels adds."""
_ON_A_CARD = 0.8
"""So much smaller than beside a wire."""
MOST_WIDTH, MOST_HEIGHT = 46.0, 24.0
_BACK, _UP = 0.85, 0.3
"""How far a pixel of depth reaches to the right and up."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """Width and height of the front, and how far it reaches back, in pixels; flat features are a bar."""

    width: float
    height: float
    depth: float

    @property
    def across(self) -> float:
        """From its left end to its right one."""
        return self.width + _BACK * self.depth

    @property
    def tall(self) -> float:
        """From its foot to its top."""
        return self.height + _UP * self.depth


@lru_cache(maxsize=4096)
def glyph_of(shape: Shape | None, largest: int) -> Glyph | None:
    """The glyph of what flows; None where that is unknown.

    Args:
        shape: what flows, in torch's order.
        largest: the longer side of the network's input, which is drawn largest.
    """
    if shape is None:
        return None
    if not is_map(shape):
        return Glyph(3.0, _SMALLEST, min(30.0, 2 * _DEPTH * log2(1 + shape[0])))
    channels, height, width = shape
    # By the root, or what is behind the third pooling could not be told apart.
    high, wide = (max(_SMALLEST, _LARGEST * min(1.0, sqrt(side / largest))) for side in (height, width))
    return Glyph(wide, high, _DEPTH * log2(1 + channels))


@lru_cache(maxsize=4096)
def card_glyph(shape: Shape | None, largest: int) -> Glyph | None:
    """The same, small enough for a card."""
    glyph = glyph_of(shape, largest)
    if glyph is None:
        return None
    return Glyph(*(_ON_A_CARD * part for part in (glyph.width, glyph.height, glyph.depth)))


def paint_glyph(painter: QPainter, right: float, middle: float, glyph: Glyph) -> None:
    """Draws it with its right end at ``right`` and its middle at the height ``middle``."""
    edge, roof_colour, side_colour, front_colour = _colours(tokens().accent, tokens().canvas)
    # Seen from the left front: what lies behind is drawn up and to the right.
    back, up = glyph.depth * _BACK, glyph.depth * _UP
    left, top = right - glyph.across, middle - (glyph.height - up) / 2
    front = QRectF(left, top, glyph.width, glyph.height)
    lift = QPointF(back, -up)
    roof = QPolygonF([front.topLeft(), front.topLeft() + lift, front.topRight() + lift, front.topRight()])
    side = QPolygonF(
        [front.topRight(), front.topRight() + lift, front.bottomRight() + lift, front.bottomRight()]
    )
    pen = QPen(edge, 0.8)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(roof_colour)
    painter.drawPolygon(roof)
    painter.setBrush(side_colour)
    painter.drawPolygon(side)
    painter.setBrush(front_colour)
    painter.drawRect(front)


@lru_cache(maxsize=4)
def _colours(accent: str, ground: str) -> tuple[QColor, ...]:
    """Of the edges, of the roof, of the side, of the front."""
    return tuple(QColor(mix(accent, ground, share)) for share in (0.75, 0.16, 0.34, 0.5))
