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
MOST_WIDTH, MOST_HEIGHT = 46.0, 24.0


@dataclass(frozen=True, slots=True)
class Glyph:
    """Width and height of the front, and how far it reaches back, in pixels; flat features are a bar."""

    width: float
    height: float
    depth: float


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


def paint_glyph(painter: QPainter, right: float, middle: float, glyph: Glyph) -> None:
    """Draws it with its right end at ``right`` and its middle at the height ``middle``."""
    t = tokens()
    # Seen from the left front: what lies behind is drawn up and to the right.
    back, up = glyph.depth * 0.85, glyph.depth * 0.3
    left, top = right - glyph.width - back, middle - (glyph.height - up) / 2
    front = QRectF(left, top, glyph.width, glyph.height)
    lift = QPointF(back, -up)
    roof = QPolygonF([front.topLeft(), front.topLeft() + lift, front.topRight() + lift, front.topRight()])
    side = QPolygonF(
        [front.topRight(), front.topRight() + lift, front.bottomRight() + lift, front.bottomRight()]
    )
    pen = QPen(QColor(mix(t.accent, t.canvas, 0.75)), 0.8)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QColor(mix(t.accent, t.canvas, 0.16)))
    painter.drawPolygon(roof)
    painter.setBrush(QColor(mix(t.accent, t.canvas, 0.34)))
    painter.drawPolygon(side)
    painter.setBrush(QColor(mix(t.accent, t.canvas, 0.5)))
    painter.drawRect(front)
