"""A pad to draw a digit or a piece of clothing on: light strokes on black, as the data sets have them."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.ui.theme import theme, tokens

SIDE = 280
_PEN = 22
_STEP = 12.0


class DrawingPad(QWidget):
    """Draw with the left button, wipe with the right one; arrows move a pen that Space puts down."""

    drawn = Signal()
    """The picture has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawingPad")
        self.setAccessibleName(self.tr("Drawing pad"))
        self.setToolTip(self.tr("Draw with the left button, wipe with the right; Delete empties the pad"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
        self._image.fill(Qt.GlobalColor.black)
        self._last: QPointF | None = None
        self._pen_at = QPointF(SIDE / 2, SIDE / 2)
        self._down = False
        self.blank = True
        theme().changed.connect(self.update)

    @property
    def image(self) -> QImage:
        """What is drawn."""
        return self._image

    def clear(self) -> None:
        """An empty pad."""
        self._image.fill(Qt.GlobalColor.black)
        self.blank = True
        self.update()
        self.drawn.emit()

    def heightForWidth(self, width: int) -> int:
        """A square."""
        return width

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(196, 196)

    def stroke(self, start: QPointF, end: QPointF, wipe: bool = False) -> None:
        """One line in the pad's own pixels (0 to 280)."""
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor("black") if wipe else QColor("white")
        painter.setPen(
            QPen(colour, 2 * _PEN if wipe else _PEN, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        )
        painter.drawLine(start, end if end != start else end + QPointF(0.1, 0))
        painter.end()
        self.blank = False
        self.update()
        self.drawn.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a stroke with a dot."""
        self._last = self._place(event.position())
        self.stroke(self._last, self._last, event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes on with the stroke."""
        if self._last is None:
            return
        place = self._place(event.position())
        self.stroke(self._last, place, bool(event.buttons() & Qt.MouseButton.RightButton))
        self._last = place

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends the stroke."""
        self._last = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A pen for the keyboard."""
        moves = {
            Qt.Key.Key_Left: QPointF(-_STEP, 0),
            Qt.Key.Key_Right: QPointF(_STEP, 0),
            Qt.Key.Key_Up: QPointF(0, -_STEP),
            Qt.Key.Key_Down: QPointF(0, _STEP),
        }
        key = Qt.Key(event.key())
        if key in moves:
            start = self._pen_at
            end = start + moves[key]
            self._pen_at = QPointF(max(0.0, min(SIDE, end.x())), max(0.0, min(SIDE, end.y())))
            if self._down:
                self.stroke(start, self._pen_at)
            self.update()
        elif key == Qt.Key.Key_Space:
            self._down = not self._down
            self.update()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, a border, and the keyboard's pen."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = self._area()
        painter.drawImage(area, self._image)
        painter.setPen(QPen(QColor(t.accent if self.hasFocus() else t.border), 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1))
        if self.blank:
            painter.setPen(QColor("#9aa4b0"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(12, 12, -12, -12), flags, self.tr("Draw here"))
        if self.hasFocus():
            scale = area.width() / SIDE
            painter.setPen(QPen(QColor(t.accent), 2 if self._down else 1))
            painter.drawEllipse(QPointF(area.topLeft()) + self._pen_at * scale, 5, 5)
        painter.end()

    def _area(self) -> QRect:
        side = min(self.width(), self.height())
        return QRect((self.width() - side) // 2, 0, side, side)

    def _place(self, point: QPointF) -> QPointF:
        area = self._area()
        return (point - QPointF(area.topLeft())) * (SIDE / max(1, area.width()))
