"""One number of each block's health over the epochs of a training, a line a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite, log10

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.core.health import BlockHealth, Health
from cnnstudio.ui.inspect.spread_ridges import round_values
from cnnstudio.ui.theme import theme, tokens, ui_font

_AXIS, _FOOT, _TOP = 52, 20, 8
_NEAR = 14.0
"""Pixels from a point to the pointer."""


@dataclass(frozen=True, slots=True)
class HealthLine:
    """A block's numbers: (epoch, value), ascending."""

    path: str
    points: tuple[tuple[int, float], ...]


class HealthLines(QWidget):
    """Early blocks are pale, late ones strong; the pointer picks out one."""

    picked = Signal(str)
    """What is under the pointer, in words; empty: nothing."""
    chosen = Signal(str, int)
    """A block was clicked (its path) at an epoch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("healthLines")
        self.setAccessibleName(self.tr("Health of the blocks over epochs"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self._lines: list[HealthLine] = []
        self._bounds = _bounds([])
        self._log = False
        self._over = -1
        self._path, self._epoch = "", -1
        self._ground: QPixmap | None = None
        """The axes and all lines, which stay while the pointer picks one out."""
        theme().changed.connect(self._forget_ground)

    @property
    def lines(self) -> list[HealthLine]:
        """What is shown."""
        return self._lines

    def show_health(
        self, health: tuple[Health, ...], value: Callable[[BlockHealth], float | None], log: bool
    ) -> None:
        """Another number, or another run; ``log``: on a logarithmic scale."""
        found: dict[str, list[tuple[int, float]]] = {}
        for look in health:
            for block in look.blocks:
                number = value(block)
                if number is not None and isfinite(number) and (number > 0 or not log):
                    found.setdefault(block.path, []).append((look.epoch, log10(number) if log else number))
        self._lines = [HealthLine(path, tuple(points)) for path, points in found.items()]
        self._log, self._over = log, -1
        self._bounds = _bounds(self._lines)
        self._forget_ground()

    def choose(self, path: str, epoch: int) -> None:
        """Marks a block and a moment without telling."""
        if (path, epoch) != (self._path, self._epoch):
            self._path, self._epoch = path, epoch
            self.update()

    def sizeHint(self) -> QSize:
        """Room for a plot."""
        return QSize(320, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, lines, the picked one last."""
        if not self._lines:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if painter.paintEngine().type() == QPaintEngine.Type.SVG:
            self._paint_ground(painter)
        else:
            painter.drawPixmap(0, 0, self._ground_image())
        self._paint_moment(painter)
        at = next((n for n, line in enumerate(self._lines) if line.path == self._path), -1)
        for number in (at, self._over):
            if number >= 0:
                colour = QColor(tokens().text if number == self._over else tokens().accent)
                self._paint_line(painter, self._lines[number], colour, 2.4)
        if at >= 0:
            self._paint_name(painter, self._lines[at])
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other places."""
        self._ground = None
        super().resizeEvent(event)

    def _forget_ground(self) -> None:
        self._ground = None
        self.update()

    def _ground_image(self) -> QPixmap:
        if self._ground is None:
            ratio = self.devicePixelRatioF()
            self._ground = QPixmap(self.size() * ratio)
            self._ground.setDevicePixelRatio(ratio)
            self._ground.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._ground)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_ground(painter)
            painter.end()
        return self._ground

    def _paint_ground(self, painter: QPainter) -> None:
        self._paint_axes(painter)
        colour = QColor(tokens().accent)
        for number, line in enumerate(self._lines):
            colour.setAlphaF(0.15 + 0.45 * (number + 1) / len(self._lines))
            self._paint_line(painter, line, colour, 1.3)

    def _paint_line(self, painter: QPainter, line: HealthLine, colour: QColor, width: float) -> None:
        places = [QPointF(x, y) for x, y in self._places(line)]
        painter.setPen(QPen(colour, width))
        painter.drawPolyline(places)
        painter.setBrush(colour)
        for place in places if len(places) < 40 else ():
            painter.drawEllipse(place, 2, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Picks the nearest line."""
        found, over, said = self._nearest(event.position()), -1, ""
        if found is not None:
            over, epoch, value = found
            text = self.tr("{path}, {moment}: {value}")
            shown = f"{10**value if self._log else value:.3g}"
            said = text.format(path=self._lines[over].path, moment=self._moment(epoch), value=shown)
        if over != self._over:
            self._over = over
            self.update()
        self.picked.emit(said)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses the line and the moment under the pointer."""
        found = self._nearest(event.position())
        if found is not None:
            number, epoch, _ = found
            self.chosen.emit(self._lines[number].path, epoch)

    def _nearest(self, place: QPointF) -> tuple[int, int, float] | None:
        """The line, the epoch and the value of the point that is near; None: there is none."""
        best: tuple[float, int, int] | None = None
        for number, line in enumerate(self._lines):
            x, y = place.x(), place.y()
            far = [abs(at - x) + abs(above - y) for at, above in self._places(line)]
            nearest = min(range(len(far)), key=far.__getitem__)
            if far[nearest] < (best[0] if best is not None else _NEAR):
                best = far[nearest], number, nearest
        if best is None:
            return None
        _, number, nearest = best
        return number, *self._lines[number].points[nearest]

    def _paint_name(self, painter: QPainter, line: HealthLine) -> None:
        """Of the chosen block, above the end of its line."""
        end = self._place(*line.points[-1])
        painter.setPen(QColor(tokens().text))
        painter.setFont(ui_font(11))
        above = end.y() > _TOP + 18
        area = QRectF(end.x() - 200, end.y() - 20 if above else end.y() + 4, 200, 16)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.path)

    def _paint_axes(self, painter: QPainter) -> None:
        t = tokens()
        painter.setFont(ui_font(10))
        first, last, low, high = self._bounds
        for value, shown in self._round(low, high):
            y = self._place(first, value).y()
            painter.setPen(QColor(t.border))
            painter.drawLine(QPointF(_AXIS, y), QPointF(self.width(), y))
            painter.setPen(QColor(t.muted))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, _AXIS - 6, 16), flags, shown)
        foot = QRectF(_AXIS, self.height() - _FOOT + 2, self.width() - _AXIS - 4, _FOOT - 2)
        # A single moment stands in the middle.
        under = Qt.AlignmentFlag.AlignLeft if last > first else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(foot, under, self._moment(first))
        if last > first:
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight, self._moment(last))

    def _paint_moment(self, painter: QPainter) -> None:
        first, last, low, _ = self._bounds
        if first <= self._epoch <= last:
            x = self._place(self._epoch, low).x()
            painter.setPen(QPen(QColor(tokens().border_strong), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, _TOP), QPointF(x, self.height() - _FOOT))

    def _round(self, low: float, high: float) -> list[tuple[float, str]]:
        """Where lines go across, and what is written there: powers of ten where several are in sight."""
        values = round_values(low, high, 6)
        if self._log:
            values = [value for value in values if abs(value - round(value)) < 1e-9]
            if len(values) < 2:
                values = [log10(value) for value in round_values(10**low, 10**high, 6) if value > 0]
        return [(value, f"{10**value if self._log else value:.3g}") for value in values]

    def _moment(self, epoch: int) -> str:
        return self.tr("epoch {epoch}").format(epoch=epoch) if epoch else self.tr("first step")

    def _place(self, epoch: int, value: float) -> QPointF:
        return QPointF(*next(self._places(HealthLine("", ((epoch, value),)))))

    def _places(self, line: HealthLine) -> Iterator[tuple[float, float]]:
        """Where a line's points are drawn; of long trainings of deep networks these are ten thousands."""
        first, last, low, high = self._bounds
        wide, tall = self.width() - _AXIS - 10, self.height() - _FOOT - _TOP
        step = wide / (last - first) if last > first else 0.0
        left = _AXIS + 4 + (0 if last > first else wide / 2)
        scale = tall / (high - low)
        return (
            (left + (epoch - first) * step, _TOP + scale * (high - value)) for epoch, value in line.points
        )


def _bounds(lines: list[HealthLine]) -> tuple[int, int, float, float]:
    """The first and the last epoch, the lowest and the highest value; found once, for each point asks."""
    points = [point for line in lines for point in line.points] or [(0, 0.0)]
    epochs, values = zip(*points, strict=True)
    low, high = min(values), max(values)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    return min(epochs), max(epochs), low, high
