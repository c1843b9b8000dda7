"""Every block's distribution over the training as a strip: epochs to the right, numbers upwards."""

from __future__ import annotations

import time
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.ui.inspect.health_focus import HealthFocus
from cnnstudio.ui.inspect.spread import BINS, Spread, Spreads
from cnnstudio.ui.theme import mix, theme, tokens, ui_font

ROW = 30
"""The least height of a row; few rows are taller."""
_TALLEST = 64
_NAME, _ENDS, _GAP = 92, 48, 6
_SHADES = 64
_FRAME_SECONDS = 0.006


class SpreadList(QWidget):
    """A row a block; made for a scroll area. A click chooses the block and the moment."""

    rowShown = Signal(int)
    """The upper edge of a row that has to be seen."""

    def __init__(self, focus: HealthFocus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spreadList")
        self.setAccessibleName(self.tr("Distributions of all blocks over the training"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._focus = focus
        self.spreads = Spreads()
        self._paths: list[str] = []
        self._strips: dict[str, QImage] = {}
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self.update)
        theme().changed.connect(self._repaint_strips)

    def show_spreads(self, spreads: Spreads) -> None:
        """Of another training, or more of it."""
        self.spreads, self._paths = spreads, spreads.paths
        self.setMinimumHeight(ROW * len(self._paths))
        self.updateGeometry()
        self._repaint_strips()

    @Slot()
    def reveal(self) -> None:
        """The block that is looked at is brought into view."""
        if self._row() >= 0:
            self.rowShown.emit(self._row() * self.row_height)

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(260, ROW * max(1, len(self._paths)))

    def _repaint_strips(self) -> None:
        self._strips.clear()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, strips, the ends of each scale; the block and the moment are marked."""
        painter = QPainter(self)
        painter.setFont(ui_font(11))
        seen, until = event.rect(), time.perf_counter() + _FRAME_SECONDS
        for row in range(len(self._paths)):
            if seen.intersects(QRect(0, row * self.row_height, self.width(), self.row_height)):
                self._paint_row(painter, row, time.perf_counter() < until)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens().accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, in_time: bool) -> None:
        """The strips of a long training are worked out within a frame or in the next ones."""
        t, path = tokens(), self._paths[row]
        at = path == self._focus.path
        if at:
            whole = QRect(0, row * self.row_height, self.width(), self.row_height)
            painter.fillRect(whole, QColor(mix(t.accent, t.surface, 0.12)))
        painter.setPen(QColor(t.text if at else t.muted))
        name = QRectF(6, row * self.row_height, _NAME - 8, self.row_height)
        metrics = QFontMetrics(painter.font())
        shown = metrics.elidedText(path, Qt.TextElideMode.ElideMiddle, int(name.width()))
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        strip = self.strip_area(row)
        if path not in self._strips and not in_time:
            self._soon.start()
            return
        spread = self.spreads.of(path)
        assert spread is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if path not in self._strips:
            self._strips[path] = _strip(spread)
        painter.drawImage(strip, self._strips[path])
        painter.setPen(QColor(t.border))
        painter.drawRect(strip.adjusted(0, 0, -1, -1))
        if at:
            self._paint_moment(painter, strip, len(spread.shares))
        painter.setPen(QColor(t.muted))
        painter.setFont(ui_font(9))
        ends = QRectF(strip.right() + 5, strip.top() - 2, _ENDS - 6, strip.height() + 4)
        painter.drawText(ends, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, f"{spread.high:.2g}")
        painter.drawText(ends, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, f"{spread.low:.2g}")
        painter.setFont(ui_font(11))

    def _paint_moment(self, painter: QPainter, strip: QRect, looks: int) -> None:
        wide = strip.width() / max(1, looks)
        left = strip.left() + self._focus.moment * wide
        painter.setPen(QPen(QColor(tokens().text), 1))
        painter.drawRect(QRectF(left, strip.top(), wide - 1, strip.height() - 1))

    @property
    def row_height(self) -> int:
        """As high as there is room for, within reason."""
        return max(ROW, min(_TALLEST, self.height() // max(1, len(self._paths))))

    def strip_area(self, row: int) -> QRect:
        """Where the strip of a row is drawn."""
        high = self.row_height
        return QRect(_NAME, row * high + 4, max(8, self.width() - _NAME - _ENDS - _GAP), high - 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses."""
        self._point(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging goes through the training."""
        self._point(event)

    def _point(self, event: QMouseEvent) -> None:
        row = int(event.position().y() // self.row_height)
        if not 0 <= row < len(self._paths):
            return
        strip, looks = self.strip_area(row), len(self._focus.health)
        self._focus.choose(self._paths[row])
        if strip.left() <= event.position().x() <= strip.right():
            self._focus.go_to(int((event.position().x() - strip.left()) * looks / strip.width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down: the block above, below; left and right: the moment before, the next one."""
        rows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        moments = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in rows and self._paths:
            row = max(0, min(len(self._paths) - 1, self._row() + rows[key]))
            self._focus.choose(self._paths[row])
            self.rowShown.emit(row * self.row_height)
        elif key in moments:
            self._focus.go_to(self._focus.moment + moments[key])
        else:
            super().keyPressEvent(event)

    def _row(self) -> int:
        return self._paths.index(self._focus.path) if self._focus.path in self._paths else -1


def _strip(spread: Spread) -> QImage:
    """A column a look, a row a bin, the largest number on top; each look by its own most frequent bin."""
    t = tokens()
    shares = np.nan_to_num(spread.shares)
    most = np.maximum(shares.max(axis=1, keepdims=True), 1e-12)
    shades = np.round(np.sqrt(shares / most) * (_SHADES - 1)).astype(np.uint8).T[::-1]
    shades, looks = np.ascontiguousarray(shades), len(shares)
    image = QImage(shades.tobytes(), looks, BINS, looks, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(_shades(t.accent, t.canvas))
    return image


@lru_cache(2)
def _shades(strong: str, ground: str) -> list[int]:
    return [QColor(mix(strong, ground, i / (_SHADES - 1))).rgb() for i in range(_SHADES)]
