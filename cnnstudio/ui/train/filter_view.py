"""The filters of the first convolution as tiles, crisp, all on one colour scale."""

from math import ceil

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.theme import theme, tokens

_GAP = 6
_LARGEST = 128
_SMALLEST = 7


class FilterView(QWidget):
    """Tiles as large as fit; a row a filter where each has several input maps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterView")
        self.setAccessibleName(self.tr("First-layer filters"))
        self._rows: list[list[QImage]] = []
        theme().changed.connect(self.update)

    @property
    def images(self) -> list[QImage]:
        """The tiles as they are shown."""
        return [image for row in self._rows for image in row]

    def show_filters(self, rows: list[list[QImage]]) -> None:
        """One row of images a filter."""
        self._rows = rows
        self.update()

    def tile_areas(self) -> list[QRect]:
        """Where each of :attr:`images` is drawn."""
        if not self._rows:
            return []
        across = len(self._rows[0])
        if across > 1:
            return self._table(across)
        return self._flow(len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the tiles without smoothing: a weight is a square."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setPen(QPen(QColor(tokens().border), 1))
        for image, area in zip(self.images, self.tile_areas(), strict=False):
            painter.drawImage(area, image)
            painter.drawRect(area.adjusted(-1, -1, 0, 0))
        painter.end()

    def _flow(self, count: int) -> list[QRect]:
        size, columns = self._best_size(count)
        gap = _gap(size)
        return [
            QRect(1 + (i % columns) * (size + gap), 1 + (i // columns) * (size + gap), size, size)
            for i in range(count)
        ]

    def _table(self, across: int) -> list[QRect]:
        rows = len(self._rows)
        size = min((self.width() - 2) // across, (self.height() - 2) // rows)
        size = max(_SMALLEST, min(_LARGEST, size) - 3)
        return [
            QRect(1 + column * (size + 3), 1 + row * (size + 3), size, size)
            for row in range(rows)
            for column in range(across)
        ]

    def _best_size(self, count: int) -> tuple[int, int]:
        """The largest tile with which all tiles fit, a whole multiple of the weights if it can be."""
        weights = max(1, self._rows[0][0].width())
        for size in range(_LARGEST, _SMALLEST, -1):
            gap = _gap(size)
            columns = max(1, (self.width() - 2 + gap) // (size + gap))
            if ceil(count / columns) * (size + gap) - gap <= self.height() - 2:
                crisp = size // weights * weights if size >= 2 * weights else size
                return crisp, max(1, (self.width() - 2 + _gap(crisp)) // (crisp + _gap(crisp)))
        return _SMALLEST, max(1, (self.width() - 2) // (_SMALLEST + 2))


def _gap(size: int) -> int:
    return _GAP if size > 24 else 2
