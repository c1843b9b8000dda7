"""What a card shows before there is anything to show: an icon and a sentence on what will come."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLayout, QStackedLayout, QVBoxLayout, QWidget

from cnnstudio.ui.theme import icon, theme, tokens, ui_font

LEAST_CARD_WIDTH = 240
"""What a title row asks for must not make one column of cards wider than the other."""
_ICON = 30
_TEXT_WIDTH = 280
_GAP = 10


class EmptyState(QWidget):
    """In the middle of its card; where that is low, without the icon."""

    def __init__(self, picture: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self.say(text)
        theme().changed.connect(self.update)

    def say(self, text: str) -> None:
        """Another sentence."""
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws both; a label that wraps would not know its height in time."""
        t = tokens()
        painter = QPainter(self)
        painter.setFont(ui_font(12))
        room = min(_TEXT_WIDTH, self.width() - 16)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        area = painter.boundingRect(QRectF(0, 0, room, 400), flags, self._text)
        above = _ICON + _GAP if self.height() >= _ICON + _GAP + area.height() else 0
        top = (self.height() - above - area.height()) / 2
        if above:
            picture = icon(self._picture, t.border_strong, _ICON)
            painter.drawPixmap(round((self.width() - _ICON) / 2), round(top), picture.pixmap(_ICON, _ICON))
        painter.setPen(QColor(t.muted))
        text_area = QRectF((self.width() - room) / 2, top + above, room, area.height() + 2)
        painter.drawText(text_area, flags, self._text)
        painter.end()


def fill_card(card: QFrame, title: QLayout, empty: EmptyState, view: QWidget) -> QStackedLayout:
    """Lays a card out: its title row and, below, either what will come or the view. Returns the choice."""
    card.setMinimumWidth(LEAST_CARD_WIDTH)
    area = QWidget(card)
    layers = QStackedLayout(area)
    layers.setContentsMargins(0, 0, 0, 0)
    layers.addWidget(empty)
    layers.addWidget(view)
    column = QVBoxLayout(card)
    column.setContentsMargins(13, 11, 13, 12)
    column.setSpacing(8)
    column.addLayout(title)
    column.addWidget(area, 1)
    return layers
