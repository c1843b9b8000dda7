"""What an empty network shows between its input and its output: how to begin."""

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card import FULL_WIDTH
from cnnstudio.ui.build.card_text import put_middle
from cnnstudio.ui.build.layout import START_HEIGHT
from cnnstudio.ui.build.texts import Face
from cnnstudio.ui.theme import tokens

_tr = QCoreApplication.translate


class StartItem(QGraphicsItem):
    """A dashed area with two lines of help."""

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, FULL_WIDTH, START_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        t = tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.border_strong), 1.2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.boundingRect().adjusted(1, 1, -1, -1), 8, 8)
        middle, line = FULL_WIDTH / 2, START_HEIGHT / 2
        first = _tr("Canvas", "Click a block at the left, or drag it here")
        second = _tr("Canvas", "or press / and type its name, or choose a preset above")
        put_middle(painter, middle, line - 4, first, (Face.TEXT, t.text))
        put_middle(painter, middle, line + 16, second, (Face.SMALL, t.muted))
