"""The line over a group of settings: unfolds it, and says what is inside while it is folded."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from cnnstudio.ui.theme import theme, tokens, ui_font

_HEIGHT = 32
_INDENT = 12
_ARROW = 15
_GAP = 10


class FoldHeader(QAbstractButton):
    """Checked while its group is open."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setText(title)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._summary = ""
        self.show_summary("")
        self.toggled.connect(self._describe)
        theme().changed.connect(self.update)

    @property
    def summary(self) -> str:
        """What the group is set to."""
        return self._summary

    def show_summary(self, text: str) -> None:
        """Another summary."""
        if text != self._summary:
            self._summary = text
            self.update()
        self._describe()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(120, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline, an arrow, the title and, muted at the right, the summary of a folded group."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.fillRect(self.rect().adjusted(1, 1, -1, 0), QColor(t.hover))
        painter.setPen(QPen(QColor(t.border), 1))
        painter.drawLine(QPointF(0, 0.5), QPointF(self.width(), 0.5))
        self._paint_arrow(painter, t.accent if self.hasFocus() else t.muted)
        strong = ui_font(13, QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Medium)
        painter.setFont(strong)
        painter.setPen(QColor(t.text))
        left = _INDENT + _ARROW
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, self.width() - left, self.height()), middle, self.text())
        left += QFontMetrics(strong).horizontalAdvance(self.text()) + _GAP
        room = self.width() - left - _INDENT
        if not self.isChecked() and room > 20:
            small = ui_font(12)
            painter.setFont(small)
            painter.setPen(QColor(t.muted))
            text = QFontMetrics(small).elidedText(self._summary, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(left, 0, room, self.height()), middle | Qt.AlignmentFlag.AlignRight, text)
        painter.end()

    def _paint_arrow(self, painter: QPainter, colour: str) -> None:
        pen = QPen(QColor(colour), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y = _INDENT + 4.0, self.height() / 2
        if self.isChecked():
            points = [QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)]
        else:
            points = [QPointF(x - 2, y - 4), QPointF(x + 2, y), QPointF(x - 2, y + 4)]
        painter.drawPolyline(points)

    def _describe(self) -> None:
        self.setAccessibleName(f"{self.text()}: {self._summary}" if self._summary else self.text())
        self.setToolTip("" if self.isChecked() else self._summary)
