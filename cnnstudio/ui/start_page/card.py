"""A card of the start page: a network to open, drawn and told in a few words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from cnnstudio.ui.start_page.silhouette import Column, draw
from cnnstudio.ui.theme import icon, mix, theme, tokens, ui_font

TALL, LOW = 130, 62
"""Heights of a card with the architecture above its words, and of one with a picture beside them."""
_PADDING = 12
_STRIP = 32
_RADIUS = 8.0
_LINE = 17


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says. ``fast`` colours the ``time``."""

    title: str
    facts: str = ""
    time: str = ""
    fast: bool = False
    source: str = ""
    tip: str = ""
    spoken: str = ""


class StartCard(QAbstractButton):
    """Painted by itself: the architecture once for each size and theme."""

    def __init__(self, name: str, text: CardText, picture: str = "", parent: QWidget | None = None) -> None:
        """``picture``: an icon beside the words; without it the card is a tall one."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._picture = picture
        self._layers: tuple[Column, ...] = ()
        self._drawn = QPixmap()
        self._drawn_as: object = None
        self.show_text(text)
        theme().changed.connect(self.update)

    @property
    def words(self) -> CardText:
        """What it says."""
        return self._text

    def show_text(self, text: CardText, layers: tuple[Column, ...] = ()) -> None:
        """Fills the card in."""
        self._text, self._layers, self._drawn_as = text, layers, None
        self.setText(text.title.replace("&", "&&"))
        self.setAccessibleName(text.spoken or ", ".join(filter(None, (text.title, text.facts))))
        self.setToolTip(text.tip)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, LOW if self._picture else TALL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    # --- painting ---------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        inside = QRectF(self.rect()).adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        if self._picture:
            self._paint_beside(painter, inside)
        else:
            self._paint_architecture(
                painter, QRectF(inside.topLeft(), inside.topRight() + QPointF(0, _STRIP))
            )
            inside.setTop(inside.top() + _STRIP + 7)
            self._paint_words(painter, inside)

    def _paint_ground(self, painter: QPainter) -> None:
        t, focused = tokens(), self.hasFocus()
        hot = self.underMouse() or self.isDown()
        ground = t.pressed if self.isDown() else t.hover if hot else t.surface
        edge = t.accent if focused else t.border_strong if hot else t.border
        painter.setPen(QPen(QColor(edge), 2.0 if focused else 1.0))
        painter.setBrush(QColor(ground))
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)

    def _paint_architecture(self, painter: QPainter, area: QRectF) -> None:
        if not self._layers:
            return
        scale = self.devicePixelRatioF()
        wanted = (area.size().toSize(), scale, tokens())
        if self._drawn_as != wanted:
            self._drawn = QPixmap(wanted[0] * scale)
            self._drawn.setDevicePixelRatio(scale)
            self._drawn.fill(Qt.GlobalColor.transparent)
            brush = QPainter(self._drawn)
            brush.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw(brush, QRectF(QPointF(0, 0), area.size()), self._layers, tokens())
            brush.end()
            self._drawn_as = wanted
        painter.drawPixmap(area.topLeft(), self._drawn)

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        t, text = tokens(), self._text
        _line(painter, area, text.title, ui_font(13, QFont.Weight.DemiBold), t.text)
        time, source = t.success if text.fast else t.muted, mix(t.muted, t.surface, 0.85)
        _line(painter, area.translated(0, _LINE), text.facts, ui_font(12), t.muted)
        _line(painter, area.translated(0, 2 * _LINE), text.time, ui_font(12), time)
        _line(painter, area.translated(0, 3 * _LINE), text.source, ui_font(11), source)

    def _paint_beside(self, painter: QPainter, area: QRectF) -> None:
        size = area.height()
        place = QRectF(area.left(), area.top(), size, size)
        if self._layers:
            place.setWidth(size * 1.6)
            self._paint_architecture(painter, place)
        else:
            drawn = icon(self._picture, tokens().accent, 24).pixmap(QSize(24, 24), self.devicePixelRatioF())
            painter.drawPixmap(place.center() - QPointF(12, 12), drawn)
        words = QRectF(area)
        words.setLeft(place.right() + 10)
        t = tokens()
        words.translate(0, 1)
        _line(painter, words, self._text.title, ui_font(13, QFont.Weight.DemiBold), t.text)
        _line(painter, words.translated(0, _LINE), self._text.facts, ui_font(12), t.muted)


def _line(painter: QPainter, area: QRectF, text: str, font: QFont, colour: str) -> None:
    """Paints one line at the top of an area, shortened to it."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    wide = max(0, int(area.width()))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, wide)
    painter.drawText(QRectF(area.left(), area.top(), wide, _LINE), Qt.AlignmentFlag.AlignVCenter, shown)
