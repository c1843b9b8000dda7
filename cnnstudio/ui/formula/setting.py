"""From the parts of a formula to boxes with a baseline, as a typesetter places them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath

from cnnstudio.ui.formula.parse import Fence, Fraction, Lowered, Part, Raised, Root, Row, Text
from cnnstudio.ui.theme import ui_font

_SMALLER = 0.74
_GAP = 2.5
"""Between a fraction's line and what is over and under it."""


class Box(ABC):
    """Something with a width, and a height above and below its baseline, in pixels."""

    def __init__(self, width: float, ascent: float, descent: float) -> None:
        self.width, self.ascent, self.descent = width, ascent, descent

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.ascent + self.descent

    @abstractmethod
    def paint(self, painter: QPainter, x: float, y: float) -> None:
        """Draws it with its left end and baseline at a point, in the painter's pen."""


class _Letters(Box):
    def __init__(self, text: str, size: float) -> None:
        self._text, self._font = text, _font(text, size)
        metrics = QFontMetricsF(self._font)
        ink = metrics.tightBoundingRect(text)
        plain = QFontMetricsF(ui_font(size))
        super().__init__(
            metrics.horizontalAdvance(text), max(plain.capHeight(), -ink.top()), max(0.0, ink.bottom())
        )

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        painter.setFont(self._font)
        painter.drawText(QPointF(x, y), self._text)


class _Beside(Box):
    """Boxes on one baseline; an exponent has its own, higher, and an index a lower one."""

    def __init__(self, boxes: Sequence[Box], rise: float = 0.0) -> None:
        self._boxes, self._rise = boxes, rise
        lifts = [0.0, *[rise] * (len(boxes) - 1)]
        super().__init__(
            sum(box.width for box in boxes),
            max((box.ascent + lift for box, lift in zip(boxes, lifts)), default=0.0),
            max((box.descent - lift for box, lift in zip(boxes, lifts)), default=0.0),
        )

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        for number, box in enumerate(self._boxes):
            box.paint(painter, x, y - (self._rise if number else 0.0))
            x += box.width


class _Over(Box):
    """A fraction; its line lies in the middle of the small letters around."""

    def __init__(self, over: Box, under: Box, size: float) -> None:
        self._over, self._under = over, under
        self._axis = _axis(size)
        super().__init__(
            max(over.width, under.width) + 6,
            self._axis + _GAP + over.height,
            under.height + _GAP - self._axis,
        )

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        line = y - self._axis
        painter.drawLine(QPointF(x + 1, line), QPointF(x + self.width - 1, line))
        middle = x + self.width / 2
        self._over.paint(painter, middle - self._over.width / 2, line - _GAP - self._over.descent)
        self._under.paint(painter, middle - self._under.width / 2, line + _GAP + self._under.ascent)


class _Rooted(Box):
    def __init__(self, inside: Box) -> None:
        self._inside = inside
        super().__init__(inside.width + 12, inside.ascent + 3.5, inside.descent + 1)

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        top, bottom = y - self.ascent + 0.5, y + self.descent
        path = QPainterPath(QPointF(x + 1, y - self.ascent * 0.38))
        for point in ((x + 3, y - self.ascent * 0.46), (x + 6, bottom), (x + 9, top)):
            path.lineTo(QPointF(*point))
        path.lineTo(QPointF(x + self.width - 1, top))
        painter.drawPath(path)
        self._inside.paint(painter, x + 10, y)


class _Fenced(Box):
    """Brackets as high as what they hold, drawn rather than stretched."""

    _ROOM = 6.0

    def __init__(self, left: str, inside: Box, right: str) -> None:
        self._left, self._inside, self._right = left, inside, right
        wide = inside.width + self._ROOM * (1 + bool(right))
        super().__init__(wide, inside.ascent + 1.5, inside.descent + 2)

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        top, height = y - self.ascent, self.height
        painter.drawPath(_bracket(self._left, QRectF(x + 1.5, top, 2.8, height)))
        self._inside.paint(painter, x + self._ROOM, y)
        if self._right:
            end = x + self._ROOM + self._inside.width
            painter.drawPath(_bracket(self._right, QRectF(end + 1.7, top, 2.8, height)))


def _bracket(sign: str, area: QRectF) -> QPainterPath:
    opening = sign in "(⌊⌈["
    near, far = (area.left(), area.right()) if opening else (area.right(), area.left())
    top, bottom = area.top(), area.bottom()
    if sign in "()":
        path = QPainterPath(QPointF(far, top))
        bend, reach = min(area.height() * 0.3, 9.0), near - (far - near) * 0.1
        path.cubicTo(QPointF(reach, top + bend), QPointF(reach, bottom - bend), QPointF(far, bottom))
        return path
    path = QPainterPath(QPointF(far if sign in "⌈⌉[]" else near, top))
    path.lineTo(QPointF(near, top))
    path.lineTo(QPointF(near, bottom))
    path.lineTo(QPointF(far if sign in "⌊⌋[]" else near, bottom))
    return path


def _font(text: str, size: float) -> QFont:
    """One letter is a variable, and slanted; words stand upright."""
    if len(text) != 1 or not text.isalpha() or not text.islower():
        return ui_font(size)
    font = QFont(ui_font(size))
    font.setItalic(True)
    return font


def _axis(size: float) -> float:
    return QFontMetricsF(ui_font(size)).xHeight() / 2 + 0.5


@lru_cache(maxsize=4096)
def set_part(part: Part, size: float) -> Box:
    """The box of a part in letters of so many pixels."""
    smaller = max(8.0, size * _SMALLER)
    match part:
        case Text(text=text):
            return _Letters(text, size)
        case Row(parts=parts):
            return _Beside([set_part(inner, size) for inner in parts])
        case Fraction(over=over, under=under):
            return _Over(set_part(over, size), set_part(under, size), size)
        case Root(inside=inside):
            return _Rooted(set_part(inside, size))
        case Fence(left=left, inside=inside, right=right):
            return _Fenced(left, set_part(inside, size), right)
        case Raised(base=base, exponent=exponent):
            box = set_part(base, size)
            return _Beside(
                [box, set_part(exponent, smaller)], rise=max(size * 0.36, box.ascent - size * 0.34)
            )
        case Lowered(base=base, index=index):
            return _Beside([set_part(base, size), set_part(index, smaller)], -size * 0.2)
