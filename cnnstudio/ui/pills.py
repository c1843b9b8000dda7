"""The rounded fields at the right of the header: a muted name, then the value."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from cnnstudio.ui.theme import theme, tokens, ui_font
from cnnstudio.ui.widgets.combo import ComboBox

HEIGHT = 30
_PAD = 13
_GAP = 5
_ARROW = 16
_MOST = 190


class _PillPainter:
    """Draws a pill for a widget: prefix, value, and an arrow where it opens a list."""

    def __init__(self, prefix: str, arrow: bool) -> None:
        self.prefix = prefix
        self.arrow = arrow

    def width(self, widget: QWidget, value: str) -> int:
        """As wide as the text needs, up to a limit."""
        small, strong = _fonts()
        text = small.horizontalAdvance(self.prefix) + min(_MOST, strong.horizontalAdvance(value))
        return 2 * _PAD + _GAP + text + (_ARROW if self.arrow else 0)

    def paint(self, widget: QWidget, value: str, hover: bool, focus: bool) -> None:
        """Draws all of it."""
        t = tokens()
        painter = QPainter(widget)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = t.accent if focus else t.border_strong if hover else t.border
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(t.hover if hover else t.surface))
        box = QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        small, strong = _fonts()
        painter.setFont(ui_font(13))
        painter.setPen(QColor(t.muted))
        x = _PAD
        painter.drawText(QRectF(x, 0, 400, widget.height()), Qt.AlignmentFlag.AlignVCenter, self.prefix)
        x += small.horizontalAdvance(self.prefix) + _GAP
        painter.setFont(ui_font(13, QFont.Weight.DemiBold))
        painter.setPen(QColor(t.text if widget.isEnabled() else t.faint))
        room = widget.width() - x - _PAD - (_ARROW if self.arrow else 0) + 2
        text = strong.elidedText(value, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(x, 0, room + 4, widget.height()), Qt.AlignmentFlag.AlignVCenter, text)
        if self.arrow:
            self._paint_arrow(painter, widget, t.muted)
        painter.end()

    @staticmethod
    def _paint_arrow(painter: QPainter, widget: QWidget, colour: str) -> None:
        painter.setPen(QPen(QColor(colour), 1.5))
        x, y = widget.width() - _PAD - 4, widget.height() / 2 + 2
        painter.drawPolyline([QPointF(x - 4, y - 3.5), QPointF(x, y + 0.5), QPointF(x + 4, y - 3.5)])


def _fonts() -> tuple[QFontMetrics, QFontMetrics]:
    return QFontMetrics(ui_font(13)), QFontMetrics(ui_font(13, QFont.Weight.DemiBold))


class PillCombo(ComboBox):
    """A combo box that looks like a pill."""

    def __init__(self, name: str, prefix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pill = _PillPainter(prefix, arrow=True)
        self.setObjectName(name)
        self.setAccessibleName(prefix)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._prefix = prefix
        self.currentIndexChanged.connect(self.updateGeometry)
        theme().changed.connect(self.update)

    def event(self, event: QEvent) -> bool:
        """The whole value, which may be cut in a narrow window, as it is when somebody asks."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(f"{self._prefix}: {self.currentText()}")
        return super().event(event)

    def sizeHint(self) -> QSize:
        """The width of what is chosen."""
        return QSize(self._pill.width(self, self.currentText()), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """No smaller."""
        return self.sizeHint()

    def showPopup(self) -> None:
        """The list may be wider than the pill."""
        self.view().setMinimumWidth(max(self.width(), self.view().sizeHintForColumn(0) + 40))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the pill in the place of the style's combo box."""
        self._pill.paint(self, self.currentText(), self.underMouse(), self.hasFocus())


class PillButton(QAbstractButton):
    """A button that looks like a pill."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pill = _PillPainter("", arrow=False)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def set_parts(self, prefix: str, value: str) -> None:
        """``SGD`` and ``lr 0.1 · bs 128 · 30 ep``."""
        if (prefix, value) == (self._pill.prefix, self.text()):
            return
        self._pill.prefix = prefix
        self.setText(value)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The width of its text."""
        return QSize(self._pill.width(self, self.text()), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the pill."""
        self._pill.paint(self, self.text(), self.underMouse(), self.hasFocus())
