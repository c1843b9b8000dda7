"""One picture, as large as fits, crisp; tells which pixel the pointer is on."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.ui.theme import theme, tokens


class PictureView(QWidget):
    """Square room is what it likes best."""

    hovered = Signal(int, int)
    """The pixel's column and row; -1, -1: none."""

    def __init__(self, name: str, text: str, parent: QWidget | None = None, square: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(square)
        if square:
            policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)
        self._image: QImage | None = None
        theme().changed.connect(self.update)

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def show_image(self, image: QImage | None) -> None:
        """Another picture."""
        self._image = image
        self.update()

    def heightForWidth(self, width: int) -> int:
        """A square."""
        return width

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(196, 196)

    def minimumSizeHint(self) -> QSize:
        """Still a picture."""
        return QSize(48, 48)

    def area(self) -> QRect:
        """Where the picture is drawn."""
        if self._image is None:
            side = min(self.width(), self.height())
            return QRect((self.width() - side) // 2, 0, side, side)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect((self.width() - size.width()) // 2, 0, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture with a hairline."""
        t = tokens()
        painter = QPainter(self)
        area = self.area()
        if self._image is not None:
            smooth = self._image.width() > area.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(area, self._image)
        else:
            painter.fillRect(area, QColor(t.canvas))
        painter.setPen(QPen(QColor(t.border), 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells the pixel."""
        area, place = self.area(), event.position().toPoint()
        if self._image is None or not area.contains(place):
            self.hovered.emit(-1, -1)
            return
        column = (place.x() - area.x()) * self._image.width() // max(1, area.width())
        row = (place.y() - area.y()) * self._image.height() // max(1, area.height())
        self.hovered.emit(column, row)

    def leaveEvent(self, event: QEvent) -> None:
        """No pixel."""
        self.hovered.emit(-1, -1)
