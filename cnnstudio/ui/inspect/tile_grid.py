"""Small images as tiles, as large as fit, that can be chosen by mouse and keys."""

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.ui.theme import theme, tokens

_SMALLEST = 6
_FRAMED = 12
"""Smaller tiles have no hairline."""
Tips = Callable[[int], str]
"""What is said of a tile."""


class TileGrid(QWidget):
    """Crisp where tiles are enlarged, for a pixel is a number."""

    clicked = Signal(int)
    hovered = Signal(int)
    """The tile under the pointer; -1: none."""

    def __init__(self, name: str, text: str, parent: QWidget | None = None, largest: int = 96) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._largest = largest
        self._images: list[QImage] = []
        self._strip: QImage | None = None
        self._fit: tuple[int, int, int, int] | None = None
        self._tips: Tips | None = None
        self._columns = 0
        self._levels: list[float] = []
        self._chosen = -1
        self._over = -1
        theme().changed.connect(self.update)

    @property
    def images(self) -> list[QImage]:
        """The tiles as they are shown."""
        return self._images

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return len(self._images) if self._strip is None else self._strip.width()

    @property
    def chosen(self) -> int:
        """The tile that is marked; -1: none."""
        return self._chosen

    def show_tiles(
        self,
        images: list[QImage],
        tips: list[str] | Tips | None = None,
        columns: int = 0,
        levels: list[float] | None = None,
    ) -> None:
        """Other tiles; ``columns`` 0: as many as fit best. ``levels`` become bars at the tiles' feet."""
        self._images, self._strip, self._columns = images, None, columns
        self._show(tips.__getitem__ if isinstance(tips, list) else tips, levels or [])

    def show_numbers(self, strip: QImage, tips: Tips | None = None) -> None:
        """A tile of one colour for each pixel of an image one pixel high: thousands are drawn at once."""
        self._images, self._strip, self._columns = [], strip, 0
        self._show(tips, [])

    def _show(self, tips: Tips | None, levels: list[float]) -> None:
        self._tips, self._levels, self._fit = tips, levels, None
        if self._chosen >= self.count:
            self._chosen = -1
        self.update()

    def choose(self, number: int) -> None:
        """Marks a tile without telling."""
        if number != self._chosen:
            self._chosen = number
            self.setAccessibleDescription(self._tip(number))
            self.update()

    def sizeHint(self) -> QSize:
        """Some tiles."""
        return QSize(240, 160)

    def minimumSizeHint(self) -> QSize:
        """One row."""
        return QSize(60, 40)

    def tile_area(self, number: int) -> QRect:
        """Where a tile is drawn."""
        wide, high, columns, gap = self._measure()
        return QRect((number % columns) * (wide + gap), (number // columns) * (high + gap), wide, high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size fits."""
        self._fit = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws tiles with a hairline, and marks what is chosen and what is under the pointer."""
        if not self.count:
            return
        painter = QPainter(self)
        if self._strip is not None:
            self._paint_numbers(painter, self._strip)
        else:
            self._paint_images(painter)
        accent = QColor(tokens().accent)
        for number, width in ((self._over, 1), (self._chosen, 2)):
            if number >= 0:
                painter.setPen(QPen(accent, width))
                painter.drawRect(QRectF(self.tile_area(number)).adjusted(0.5, 0.5, -0.5, -0.5))
        if self.hasFocus() and self._chosen < 0:
            painter.setPen(QPen(accent, 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        self._paint_levels(painter)
        painter.end()

    def _paint_images(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(tokens().border), 1))
        frames = []
        for number, image in enumerate(self._images):
            area = self.tile_area(number)
            smooth = image.width() > area.width() * self.devicePixelRatioF()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(area, image)
            frames.append(area.adjusted(0, 0, -1, -1))
        if self._measure()[0] >= _FRAMED:
            painter.drawRects(frames)

    def _paint_numbers(self, painter: QPainter, strip: QImage) -> None:
        """A row of tiles is a piece of the strip, drawn as wide as the row; gaps are drawn over it."""
        wide, high, columns, gap = self._measure()
        count, ground = strip.width(), QColor(tokens().surface)
        for row in range(ceil(count / columns)):
            first = row * columns
            some = min(columns, count - first)
            painter.drawImage(
                QRect(0, row * (high + gap), some * (wide + gap), high), strip, QRect(first, 0, some, 1)
            )
        if gap:
            for column in range(min(columns, count)):
                painter.fillRect(column * (wide + gap) + wide, 0, gap, self.height(), ground)

    def _paint_levels(self, painter: QPainter) -> None:
        most = max(self._levels, default=0.0)
        if self._measure()[1] < _SMALLEST + 10:
            return
        accent = QColor(tokens().accent)
        for number, level in enumerate(self._levels[: len(self._images)] if most > 0 else ()):
            area = self.tile_area(number)
            length = round(level / most * (area.width() - 2))
            painter.fillRect(QRect(area.x() + 1, area.bottom() - 3, length, 3), accent)

    def tile_at(self, x: float, y: float) -> int:
        """The tile at a place; -1: none."""
        if not self.count:
            return -1
        wide, high, columns, gap = self._measure()
        column, row = int(x // (wide + gap)), int(y // (high + gap))
        number = row * columns + column
        inside = x >= 0 and y >= 0 and column < columns and number < self.count
        return number if inside and self.tile_area(number).contains(int(x), int(y)) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses a tile."""
        number = self.tile_at(event.position().x(), event.position().y())
        if number >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.choose(number)
            self.clicked.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells what the pointer is over."""
        self._hover(self.tile_at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move the mark; Return and Space press the tile."""
        columns = self._measure()[2] if self.count else 1
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_Home: -self.count,
            Qt.Key.Key_End: self.count,
        }
        key = Qt.Key(event.key())
        if key in steps and self.count:
            self.choose(max(0, min(self.count - 1, self._chosen + steps[key])))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._chosen >= 0:
            self.clicked.emit(self._chosen)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """A tool tip tells what a tile is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tip = self._tip(self.tile_at(event.pos().x(), event.pos().y()))
            if tip:
                QToolTip.showText(event.globalPos(), tip, self)
                return True
        return super().event(event)

    def _hover(self, number: int) -> None:
        if number != self._over:
            self._over = number
            self.setCursor(Qt.CursorShape.PointingHandCursor if number >= 0 else Qt.CursorShape.ArrowCursor)
            self.hovered.emit(number)
            self.update()

    def _tip(self, number: int) -> str:
        return self._tips(number) if self._tips is not None and 0 <= number < self.count else ""

    def _measure(self) -> tuple[int, int, int, int]:
        """Width and height of a tile, how many are in a row, and the gap."""
        if self._fit is None:
            self._fit = self._fitting_numbers() if self._strip is not None else self._fitting_images()
        return self._fit

    def _fitting_numbers(self) -> tuple[int, int, int, int]:
        for wide in range(min(24, self._largest), 1, -1):
            gap = 1 if wide > _SMALLEST else 0
            columns = max(1, self.width() // (wide + gap))
            if ceil(self.count / columns) * (wide + gap) <= self.height():
                return wide, wide, columns, gap
        return 1, 1, max(1, self.width()), 0

    def _fitting_images(self) -> tuple[int, int, int, int]:
        count, first = self.count, self._images[0]
        aspect = first.height() / max(1, first.width())
        if self._columns:
            rows = ceil(count / self._columns)
            gap = 2
            room = min(self.width() / self._columns, self.height() / rows / max(aspect, 1e-6))
            wide = max(2, min(self._largest, int(room) - gap))
            return wide, max(2, round(wide * aspect)), self._columns, gap
        for wide in range(self._largest, _SMALLEST, -1):
            gap, high = _gap(wide), max(2, round(wide * aspect))
            columns = max(1, (self.width() + gap) // (wide + gap))
            if ceil(count / columns) * (high + gap) - gap <= self.height() and wide <= self.width():
                return wide, high, columns, gap
        wide = _SMALLEST
        return wide, max(2, round(wide * aspect)), max(1, self.width() // (wide + 1)), 1


def _gap(size: int) -> int:
    return 5 if size > 24 else 2
