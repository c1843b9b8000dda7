"""Images before and after augmentation, one above the other."""

from math import ceil

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.ui.theme import theme
from cnnstudio.ui.train.pixel_images import paint_tile

_WANTED_TILE, _LARGEST_TILE = 52, 104
_GAP = 4
_PAIR_GAP = 10
_LEAST_COLUMNS = 4


class BeforeAfter(QWidget):
    """Pairs of tiles, as many as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("beforeAfter")
        self.setAccessibleName(self.tr("Training images before and after augmentation"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._pairs: list[tuple[QImage, QImage]] = []
        self._names: list[str] = []
        theme().changed.connect(self.update)

    @property
    def pairs(self) -> list[tuple[QImage, QImage]]:
        """What is shown, or would be if there were room."""
        return self._pairs

    def show_pairs(self, pairs: list[tuple[QImage, QImage]], names: list[str]) -> None:
        """Another batch; ``names`` are the classes."""
        self._pairs, self._names = pairs, names
        text = self.tr("{count} images: {names}").format(count=len(pairs), names=", ".join(names))
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        """One row of pairs."""
        return QSize(5 * (_WANTED_TILE + _GAP), 2 * _WANTED_TILE + _GAP)

    def minimumSizeHint(self) -> QSize:
        """A narrow row of pairs."""
        return QSize(160, 2 * 40 + _GAP)

    def pair_areas(self) -> list[tuple[QRectF, QRectF]]:
        """Where the pairs lie that there is room for: the first image above, the other below."""
        if not self._pairs:
            return []
        columns = max(_LEAST_COLUMNS, int((self.width() + _GAP) // (_WANTED_TILE + _GAP)))
        columns = min(columns, len(self._pairs))
        wide = (self.width() - (columns - 1) * _GAP) / columns
        tile = min(_LARGEST_TILE, wide, (self.height() - _GAP) / 2)
        high = 2 * tile + _GAP
        fitting = int((self.height() + _PAIR_GAP) // (high + _PAIR_GAP))
        rows = max(1, min(ceil(len(self._pairs) / columns), fitting))
        areas = []
        for number in range(min(len(self._pairs), rows * columns)):
            row, column = divmod(number, columns)
            left, top = column * (tile + _GAP) + 0.5, row * (high + _PAIR_GAP) + 0.5
            above = QRectF(left, top, tile - 1, tile - 1)
            areas.append((above, above.translated(0, tile + _GAP)))
        return areas

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the pairs."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for areas, images in zip(self.pair_areas(), self._pairs):
            for area, image in zip(areas, images):
                paint_tile(painter, image, area)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """A tool tip tells the class, and before or after."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for (above, below), name in zip(self.pair_areas(), self._names):
                for area, text in ((above, self.tr("{name}, before")), (below, self.tr("{name}, after"))):
                    if area.contains(event.pos()):
                        QToolTip.showText(event.globalPos(), text.format(name=name), self)
                        return True
        return super().event(event)
