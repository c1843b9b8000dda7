"""A line a class: its name, how many images it has, and some of them."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.core.messages import DataCard
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.theme import mix, theme, tokens, ui_font
from cnnstudio.ui.train.pixel_images import images_of, paint_tile

LEAST_TILE, LARGEST_TILE = 18, 56
_SCROLLED_TILE = 30
_MOST_AT_ONCE = 12
"""More classes than these do not fit into a card anyway: they scroll, with tiles of a good size."""
_GAP = 4
_SPACE = 12
_LEAST_BAR = 64
_BAR, _TEST_BAR = 7, 3
_NAME_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class _Line:
    """One class."""

    name: str
    train: int
    test: int
    images: list[QImage]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things lie in a line, from left to right."""

    name: float
    bar: float
    count: float
    tiles: float
    tile: float
    shown: int


class SampleGrid(QWidget):
    """As tall as its classes need; tiles grow where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sampleGrid")
        self.setAccessibleName(self.tr("Classes and their images"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._lines: list[_Line] = []
        theme().changed.connect(self.update)

    @property
    def class_names(self) -> list[str]:
        """The classes, from the top."""
        return [line.name for line in self._lines]

    def show_card(self, card: DataCard) -> None:
        """Another data set."""
        images = images_of(card.samples)
        self._lines = [
            _Line(name, train, test, [i for i, of in zip(images, card.sample_labels) if of == number])
            for number, (name, train, test) in enumerate(
                zip(card.class_names, card.train_counts, card.test_counts)
            )
        ]
        text = self.tr("{name}: {train} training images, {test} test images")
        self.setAccessibleDescription(
            "; ".join(text.format(name=line.name, train=line.train, test=line.test) for line in self._lines)
        )
        self.setMinimumHeight(len(self._lines) * (self._least_tile() + _GAP))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """With tiles of a good size."""
        return QSize(360, len(self._lines) * (LEAST_TILE + 10 + _GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the lines that are to be seen."""
        if not self._lines:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = self._columns()
        height = columns.tile + _GAP
        first = max(0, int(event.rect().top() // height))
        last = min(len(self._lines), int(event.rect().bottom() // height) + 1)
        for number in range(first, last):
            self._paint_line(painter, self._lines[number], number * height, columns)
        painter.end()

    def _paint_line(self, painter: QPainter, line: _Line, top: float, at: _Columns) -> None:
        t = tokens()
        middle = top + at.tile / 2
        painter.setFont(ui_font(12))
        painter.setPen(QColor(t.text))
        metrics = QFontMetricsF(painter.font())
        name = metrics.elidedText(line.name, Qt.TextElideMode.ElideRight, at.name)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, at.name, at.tile), left, name)
        self._paint_bars(painter, line, QPointF(at.bar, middle), at.count - at.bar - 6)
        painter.setFont(ui_font(11))
        painter.setPen(QColor(t.muted))
        painter.drawText(
            QRectF(at.count, top, at.tiles - at.count - _SPACE, at.tile),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            grouped(line.train),
        )
        for number, image in enumerate(line.images[: at.shown]):
            tile = QRectF(at.tiles + number * (at.tile + _GAP) + 0.5, top + 0.5, at.tile - 1, at.tile - 1)
            paint_tile(painter, image, tile)

    def _paint_bars(self, painter: QPainter, line: _Line, start: QPointF, room: float) -> None:
        """How many, as a share of the largest class: training images, and below the test images."""
        t = tokens()
        most = max(1, *(max(line.train, line.test) for line in self._lines))
        top = start.y() - (_BAR + 2 + _TEST_BAR) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        for count, height, colour in (
            (line.train, _BAR, t.accent),
            (line.test, _TEST_BAR, mix(t.accent, t.surface, 0.45)),
        ):
            if count:
                length = max(height, room * count / most)
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(QRectF(start.x(), top, length, height), height / 2, height / 2)
            top += height + 2

    def event(self, event: QEvent) -> bool:
        """A tool tip tells the class and both counts."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._lines:
            number = int(event.pos().y() // (self._columns().tile + _GAP))
            if 0 <= number < len(self._lines):
                line = self._lines[number]
                text = self.tr("{name}: {train} training images, {test} test images")
                train, test = grouped(line.train), grouped(line.test)
                QToolTip.showText(
                    event.globalPos(), text.format(name=line.name, train=train, test=test), self
                )
                return True
        return super().event(event)

    def _least_tile(self) -> int:
        return LEAST_TILE if len(self._lines) <= _MOST_AT_ONCE else _SCROLLED_TILE

    def _columns(self) -> _Columns:
        tile = min(LARGEST_TILE, max(self._least_tile(), self.height() / len(self._lines) - _GAP))
        metrics = QFontMetricsF(ui_font(12))
        widest = max(metrics.horizontalAdvance(line.name) for line in self._lines) + 1
        name = min(widest, _NAME_SHARE * self.width())
        counts = max(
            QFontMetricsF(ui_font(11)).horizontalAdvance(grouped(line.train)) for line in self._lines
        )
        bar = name + _SPACE
        room = self.width() - bar - _LEAST_BAR - 6 - counts - _SPACE
        most = max(len(line.images) for line in self._lines)
        shown = max(0, min(most, int((room + _GAP) // (tile + _GAP))))
        tiles = self.width() - shown * (tile + _GAP) + _GAP
        return _Columns(name, bar, tiles - _SPACE - counts, tiles, tile, shown)
