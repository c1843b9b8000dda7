"""A card on the canvas: painted once and kept as a picture until its words or its state change."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card import (
    COMPACT_HEIGHT,
    GLYPH_GAP,
    LINE,
    RIGHT,
    STRIPE,
    Card,
    Link,
    glyph_room,
    title_left,
)
from cnnstudio.ui.build.card_pictures import LEGIBLE, Pictures
from cnnstudio.ui.build.card_text import paint_notice, paint_paths, paint_sign, put, put_right, put_title
from cnnstudio.ui.build.tensor_glyph import Glyph, paint_glyph
from cnnstudio.ui.build.texts import Face, elided, width
from cnnstudio.ui.theme import mix, tokens

MARGIN = 3.0
DIMMED = 0.55
"""The opacity of a bypassed block."""
_FAR = 0.45
"""How much of its colour a card has where its words are too small to be read."""
SIGN = QRectF(10, 8, 13, 13)
"""Where a folded composite shows its sign to unfold."""


class BlockItem(QGraphicsRectItem):
    """What a card and a frame have in common: an id, a card, whether selected or under the pointer.

    A rectangle to Qt, which asks so often where its items are that Python should not be the one to answer.
    """

    def __init__(self, block_id: str, card: Card, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self.block_id = block_id
        self.card = card
        self.chosen = False
        self.hovered = False
        self.setPen(Qt.PenStyle.NoPen)
        self.fit()

    def fit(self) -> None:
        """Takes the room that the block needs; what is bypassed stands back, with all inside it."""
        self.setRect(self.rect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        self.setOpacity(DIMMED if self.card.words.bypassed else 1.0)

    def set_state(self, chosen: bool | None = None, hovered: bool | None = None) -> None:
        """Selected or not, under the pointer or not."""
        new = (self.chosen if chosen is None else chosen, self.hovered if hovered is None else hovered)
        if new != (self.chosen, self.hovered):
            self.chosen, self.hovered = new
            self.update()

    def rect(self) -> QRectF:
        """The block without the outline around it."""
        return QRectF(0, 0, self.card.width, self.card.height)

    def link_at(self, position: QPointF) -> Link | None:
        """The fix that stands at a point of the item."""
        for link in self.card.links:
            if QRectF(*link.rect).contains(position):
                return link
        return None

    def sign_at(self, position: QPointF) -> bool:
        """Whether a point of the item is on the sign that folds and unfolds."""
        return False


class CardItem(BlockItem):
    """A layer, a folded composite, the input or the output."""

    def __init__(self, block_id: str, card: Card, pictures: Pictures | None = None) -> None:
        super().__init__(block_id, card)
        self._pictures = pictures
        self._look = -1

    def set_state(self, chosen: bool | None = None, hovered: bool | None = None) -> None:
        super().set_state(chosen, hovered)
        self._look = -1

    def set_card(self, card: Card) -> None:
        """Shows other words, or the same at another size."""
        if card == self.card:
            return
        self.card, self._look = card, -1
        self.fit()
        self.update()

    def sign_at(self, position: QPointF) -> bool:
        return self.card.words.folded is not None and self._sign().adjusted(-5, -6, 5, 6).contains(position)

    def _sign(self) -> QRectF:
        return SIGN if self.card.size == "compact" else SIGN.translated(4, 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._pictures is None:
            self.draw(painter)
            return
        if self._look < 0:
            self._look = self._pictures.look((self.card, self.chosen, self.hovered))
        self._pictures.draw(painter, self._look, self.boundingRect(), self.draw)

    def draw(self, painter: QPainter) -> None:
        """Paints it stroke by stroke."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        far = painter.worldTransform().m11() < LEGIBLE and not self.card.paper
        self._paint_body(painter, far)
        if far:
            return
        if self.card.words.folded is not None:
            self._paint_folded(painter)
        if self.card.size == "compact":
            self._paint_compact(painter)
        else:
            self._paint_full(painter)
        paint_notice(painter, self.card)

    def _paint_folded(self, painter: QPainter) -> None:
        """The sign to unfold, and a picture of the paths inside."""
        sign, compact = self._sign(), self.card.size == "compact"
        beside = sign.translated(18, 0) if compact else sign.translated(-0.5, 18)
        if self.card.paper:
            beside = sign if compact else sign.translated(-0.5, self.card.height / 2 - sign.center().y())
        else:
            paint_sign(painter, sign, plus=True)
        paint_paths(painter, beside, self.card.words.paths)

    def _paint_body(self, painter: QPainter, far: bool) -> None:
        """The card without its words; from far its colour says what it is."""
        t, words = tokens(), self.card.words
        radius = 7.0 if self.card.size == "full" else 5.0
        rect = self.rect().adjusted(0.5, 0.5, -0.5, -0.5)
        colour = {"fine": "", "fault": t.danger, "warning": t.warning}[words.level]
        fill = mix(colour, t.surface, 0.07) if colour else t.surface
        if far:
            fill = mix(colour or words.colour or t.neutral, t.surface, _FAR)
        border = colour or (t.border_strong if self.hovered else t.border)
        painter.setPen(QPen(QColor(border), 1.0))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(rect, radius, radius)
        stripe = _stripe(self.card.width, self.card.height, radius + 0.5)
        painter.fillPath(stripe, QColor(colour or words.colour or t.neutral))
        if self.chosen:
            painter.setPen(QPen(QColor(t.accent), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect(), radius, radius)

    def _paint_full(self, painter: QPainter) -> None:
        t, card = tokens(), self.card
        words = card.words
        left = title_left(card)
        two = bool(words.details or words.fault) or len(words.right) > 1
        first = 21.0 if two else card.height / 2 + 4.5
        room = card.width - left - RIGHT - self._paint_right(painter, first)
        x = put_title(painter, card, first, elided(words.title, Face.TITLE, room), (Face.TITLE, t.text))
        rest = elided(words.headline, Face.TEXT, left + room - x - 6)
        put(painter, x + 6, first, rest, (Face.TEXT, t.text))
        if words.details and not words.fault:
            more = words.badge and not words.bypassed
            badge = f"{words.details} · {words.badge}" if more else words.details
            put(painter, left, first + LINE, elided(badge, Face.SMALL, room), (Face.SMALL, t.muted))

    def _paint_right(self, painter: QPainter, first: float) -> float:
        """Writes the numbers and says how much room they take."""
        card = self.card
        # Beside the sentence about a problem there is room on the first line only.
        lines = card.words.right[:1] if card.words.fault else card.words.right
        if not lines:
            return 0.0
        y = first if len(lines) > 1 or card.words.fault else card.height / 2 + 4.5
        for number, line in enumerate(lines):
            put_right(painter, card.width - RIGHT, y + number * LINE, line, (Face.SMALL, tokens().muted))
        return max(width(line, Face.SMALL) for line in lines) + 10

    def _paint_compact(self, painter: QPainter) -> None:
        t, words = tokens(), self.card.words
        left, right = title_left(self.card), self.card.width - RIGHT
        title = elided(words.title, Face.SMALL_TITLE, right - left)
        x = put_title(painter, self.card, 18.5, title, (Face.SMALL_TITLE, t.text))
        used = x + 5 + width(words.brief, Face.SMALL)
        badge = width(words.badge, Face.SMALL_SHAPE) + 18 if words.badge else 0.0
        shape = width(words.shape, Face.SMALL_SHAPE) + 14 if words.shape else 0.0
        if words.glyph is not None:
            right = self._paint_glyph(painter, words.glyph, used + badge, right, shape)
        if words.badge:
            right = self._paint_badge(painter, x + 5, right)
        if words.shape and used + shape <= right:
            put_right(painter, right, 18.5, words.shape, (Face.SMALL_SHAPE, t.muted))
            right -= shape - 6
        if words.brief:
            put(painter, x + 5, 18.5, elided(words.brief, Face.SMALL, right - x - 5), (Face.SMALL, t.text))

    def _paint_glyph(self, painter: QPainter, glyph: Glyph, used: float, right: float, shape: float) -> float:
        """Shows what leaves at the right end where there is room; returns what is left of the card."""
        room = glyph_room(glyph)
        if used + shape + room <= right:
            # In the middle of its room, so that a stack of them narrows around one line.
            paint_glyph(painter, right - (room - GLYPH_GAP - glyph.across) / 2, COMPACT_HEIGHT / 2, glyph)
            return right - room
        if used + GLYPH_GAP + glyph.across <= right:
            paint_glyph(painter, right, COMPACT_HEIGHT / 2, glyph)
            return right - GLYPH_GAP - glyph.across
        return right

    def _paint_badge(self, painter: QPainter, left: float, right: float) -> float:
        """Says what the first repetition has of its own, in a small frame; returns where it begins."""
        t = tokens()
        text = elided(self.card.words.badge, Face.SMALL_SHAPE, right - left - 10)
        if not text:
            return right
        wide = width(text, Face.SMALL_SHAPE) + 10
        box = QRectF(right - wide, 6, wide, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(t.accent, t.surface, 0.13)))
        painter.drawRoundedRect(box, 4, 4)
        put(painter, box.left() + 5, 18, text, (Face.SMALL_SHAPE, t.accent))
        return box.left() - 8


@lru_cache(maxsize=512)
def _stripe(width: float, height: float, radius: float) -> QPainterPath:
    """The left end of a card. A path, because not everything that shows SVG can clip."""
    card, end = QPainterPath(), QPainterPath()
    card.addRoundedRect(QRectF(0, 0, width, height), radius, radius)
    end.addRect(QRectF(0, 0, STRIPE, height))
    return card.intersected(end)
