"""The strokes that cards and frames share: lines of text, links, the sign that folds."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnnstudio.ui.build.card import LINE, Card, text_left, title_left
from cnnstudio.ui.build.texts import Face, font, width
from cnnstudio.ui.theme import tokens

Ink = tuple[Face, str]
"""A font and a colour."""


def put(painter: QPainter, x: float, y: float, text: str, ink: Ink) -> float:
    """Writes a line with its left end and baseline at a point; returns where it ends."""
    face, colour = ink
    painter.setFont(font(face))
    painter.setPen(QColor(colour))
    painter.drawText(QPointF(x, y), text)
    return x + width(text, ink[0])


def put_right(painter: QPainter, x: float, y: float, text: str, ink: Ink) -> None:
    """Writes a line that ends at ``x``."""
    put(painter, x - width(text, ink[0]), y, text, ink)


def put_middle(painter: QPainter, x: float, y: float, text: str, ink: Ink) -> None:
    """Writes a line with its middle at ``x``."""
    put(painter, x - width(text, ink[0]) / 2, y, text, ink)


def put_title(painter: QPainter, card: Card, y: float, text: str, ink: Ink) -> float:
    """Writes the title where a card of this size has it, struck out if the block is bypassed."""
    left = title_left(card)
    end = put(painter, left, y, text, ink)
    if card.words.bypassed:
        painter.drawLine(QPointF(left - 1, y - 4.5), QPointF(end + 1, y - 4.5))
    return end


def paint_sign(painter: QPainter, rect: QRectF, plus: bool) -> None:
    """⊞ to unfold, ⊟ to fold."""
    painter.setPen(QPen(QColor(tokens().muted), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, 2.5, 2.5)
    middle = rect.center()
    reach = rect.width() / 2 - 3.2
    painter.drawLine(middle - QPointF(reach, 0), middle + QPointF(reach, 0))
    if plus:
        painter.drawLine(middle - QPointF(0, reach), middle + QPointF(0, reach))


def paint_paths(painter: QPainter, rect: QRectF, paths: str) -> None:
    """A small picture of a skip, of branches or of a side head, in place of the collapsed composite's own."""
    if not paths:
        return
    t, x, y = tokens(), rect.left(), rect.top() - 1
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(t.muted), 1.1))
    columns = {"skip": (4, 12), "branches": (1.5, 7, 12.5), "side": (4, 11)}[paths]
    first, last = columns[0], columns[-1]
    top, bottom = y + 2, y + 13
    painter.drawLine(QPointF(x + first, top), QPointF(x + last, top))
    for number, column in enumerate(columns):
        end = y + 9 if paths == "side" and number else bottom
        painter.drawLine(QPointF(x + column, top), QPointF(x + column, end))
    if paths != "side":
        painter.drawLine(QPointF(x + first, bottom), QPointF(x + last, bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(t.muted))
    # A block on each path but the skip, which has none.
    for column in {"skip": (4,), "branches": columns, "side": (11,)}[paths]:
        painter.drawRect(QRectF(x + column - 1.8, y + 5, 3.6, 5))


def paint_notice(painter: QPainter, card: Card) -> None:
    """What is wrong, and the ways out as links."""
    if not card.fault_lines:
        return
    t = tokens()
    colour = t.warning if card.words.level == "warning" else t.danger
    left, ascent = text_left(card.words, card.size, card.paper), 12.5
    for number, line in enumerate(card.fault_lines):
        put(painter, left, card.fault_top + ascent + number * LINE, line, (Face.SMALL, colour))
    for link in card.links:
        x, y, wide, _ = link.rect
        if x > left:
            put(painter, x - width(" · ", Face.SMALL), y + ascent, " · ", (Face.SMALL, colour))
        put(painter, x, y + ascent, link.text, (Face.SMALL, colour))
        painter.setPen(QPen(QColor(colour), 1.0))
        painter.drawLine(QPointF(x, y + ascent + 2.5), QPointF(x + wide, y + ascent + 2.5))
