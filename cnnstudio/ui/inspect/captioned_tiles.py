"""Tiles of one size with words below them, as many as there are: made for a scroll area."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from cnnstudio.ui.inspect.tile_grid import TileGrid, Tips
from cnnstudio.ui.theme import tokens, ui_font

_SIDE, _GAP, _LINE = 76, 8, 14

Caption = tuple[str, ...]
"""Lines of words, the first in the stronger colour."""


class CaptionedTiles(TileGrid):
    """Not made smaller to fit: whoever looks at mistakes wants to see them."""

    def __init__(self, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(name, text, parent, largest=_SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._captions: Sequence[Caption] = ()
        self._lines = 0

    @property
    def captions(self) -> Sequence[Caption]:
        """What is said below the tiles."""
        return self._captions

    def show_captioned(
        self, images: list[QImage], captions: Sequence[Caption], tips: list[str] | Tips | None = None
    ) -> None:
        """Other tiles, each with its words."""
        self._captions = captions
        self._lines = max(map(len, captions), default=0)
        self.show_tiles(images, tips)
        self._grow()

    def sizeHint(self) -> QSize:
        """All tiles."""
        return QSize(240, max(_SIDE, self.minimumHeight()))

    def tile_area(self, number: int) -> QRect:
        """Where a tile's image is drawn."""
        wide, high, columns, gap = self._measure()
        pitch = high + gap + self._lines * _LINE
        return QRect((number % columns) * (wide + gap), (number // columns) * pitch, wide, high)

    def tile_at(self, x: float, y: float) -> int:
        """The tile at a place, its words included; -1: none."""
        if not self.count or x < 0 or y < 0:
            return -1
        wide, high, columns, gap = self._measure()
        column, row = int(x // (wide + gap)), int(y // (high + gap + self._lines * _LINE))
        number = row * columns + column
        return number if column < columns and number < self.count else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tiles, then words."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(ui_font(10))
        metrics, t = QFontMetrics(painter.font()), tokens()
        for number, lines in enumerate(self._captions[: self.count]):
            area = self.tile_area(number)
            if not event.rect().intersects(area.adjusted(0, 0, 0, self._lines * _LINE)):
                continue
            for place, line in enumerate(lines):
                painter.setPen(QColor(t.muted if place else t.text))
                shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, area.width())
                below = QRect(area.left(), area.bottom() + 2 + place * _LINE, area.width(), _LINE)
                painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other columns."""
        super().resizeEvent(event)
        self._grow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The tile that is marked is scrolled to."""
        super().keyPressEvent(event)
        port = self.parentWidget()
        area = port.parentWidget() if port is not None else None
        if isinstance(area, QScrollArea) and self.chosen >= 0:
            place = self.tile_area(self.chosen).center()
            area.ensureVisible(place.x(), place.y(), _SIDE, _SIDE)

    def changeEvent(self, event: QEvent) -> None:
        """Other fonts need other room."""
        super().changeEvent(event)
        self.update()

    def _grow(self) -> None:
        rows = ceil(self.count / self._measure()[2]) if self.count else 0
        high = rows * (self._measure()[1] + _GAP + self._lines * _LINE) if rows else 0
        self.setMinimumHeight(high)

    def _fitting_images(self) -> tuple[int, int, int, int]:
        first = self._images[0]
        columns = max(1, (self.width() + _GAP) // (_SIDE + _GAP))
        wide = max(8, min(_SIDE * 5 // 4, (self.width() - _GAP * (columns - 1)) // columns))
        high = max(8, min(2 * wide, round(wide * first.height() / max(1, first.width()))))
        return wide, high, columns, _GAP
