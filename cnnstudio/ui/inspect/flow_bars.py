"""How large the gradient is in every block with weights, by depth, as bars on a logarithmic scale."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, isfinite, log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnnstudio.core.doctor.case import gradient_size
from cnnstudio.core.health import Health
from cnnstudio.ui.theme import mix, theme, tokens, ui_font

_LABEL_HEIGHT = 18
_AXIS = 46
_LEAST_DECADES = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One block; ``size`` is the root mean square of its gradient, 0: none."""

    path: str
    kind: str
    size: float


class FlowBars(QWidget):
    """The first block at the left. A click chooses a block."""

    chosen = Signal(str)
    """The path of a block."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gradientFlow")
        self.setAccessibleName(self.tr("Gradient flow by depth"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._bars: list[Bar] = []
        self._path = ""
        theme().changed.connect(self.update)

    @property
    def bars(self) -> list[Bar]:
        """What is shown."""
        return self._bars

    def show_health(self, health: Health | None) -> None:
        """Another look."""
        blocks = [b for b in health.blocks if b.weights and b.gradient_norm is not None] if health else []
        self._bars = [Bar(block.path, block.kind, gradient_size(block)) for block in blocks]
        self.setAccessibleDescription("; ".join(f"{bar.path} {bar.size:.3g}" for bar in self._bars))
        self.update()

    def choose(self, path: str) -> None:
        """Marks a block without telling."""
        if path != self._path:
            self._path = path
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses the block under the pointer."""
        number = self._number_at(event.position())
        if number is not None:
            self.chosen.emit(self._bars[number].path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right: the block before, the next one."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key not in steps or not self._bars:
            super().keyPressEvent(event)
            return
        paths = [bar.path for bar in self._bars]
        number = paths.index(self._path) if self._path in paths else -1
        self.chosen.emit(paths[max(0, min(len(paths) - 1, number + steps[key]))])

    def sizeHint(self) -> QSize:
        """Room for some bars."""
        return QSize(300, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, decades as hairlines, and the paths where they fit."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(10))
        low, high = self._decades()
        height = self.height() - _LABEL_HEIGHT - 6
        for decade in range(low, high + 1, max(1, (high - low) // 5)):
            y = 6 + height * (high - decade) / (high - low)
            painter.setPen(QColor(t.border))
            painter.drawLine(_AXIS, round(y), self.width(), round(y))
            painter.setPen(QColor(t.muted))
            area = QRectF(0, y - 8, _AXIS - 6, 16)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, flags, f"1e{decade}")
        metrics = QFontMetricsF(painter.font())
        for number, bar in enumerate(self._bars):
            area = self.bar_area(number)
            painter.setPen(Qt.PenStyle.NoPen)
            strong = 1.0 if bar.path == self._path else 0.6
            painter.setBrush(QColor(mix(t.accent, t.surface, strong)))
            painter.drawRoundedRect(area, 2, 2)
            step = self._step()
            if step >= 26:
                painter.setPen(QColor(t.text if bar.path == self._path else t.muted))
                text = metrics.elidedText(bar.path, Qt.TextElideMode.ElideMiddle, step - 2)
                name = QRectF(_AXIS + number * step, self.height() - _LABEL_HEIGHT, step, _LABEL_HEIGHT)
                painter.drawText(name, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """A tool tip tells the block and its number."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._bars:
            number = self._number_at(QPointF(event.pos()))
            if number is not None:
                bar = self._bars[number]
                text = self.tr("{path} ({kind}): gradient {size} (root mean square)")
                said = text.format(path=bar.path, kind=bar.kind, size=f"{bar.size:.3g}")
                QToolTip.showText(event.globalPos(), said, self)
                return True
        return super().event(event)

    def bar_area(self, number: int) -> QRectF:
        """Where a bar is drawn."""
        low, high = self._decades()
        height = self.height() - _LABEL_HEIGHT - 6
        size = self._bars[number].size
        place = log10(size) if size > 0 and isfinite(size) else low
        share = min(1.0, max(0.0, (place - low) / (high - low)))
        tall = max(1.0, share * height)
        step = self._step()
        return QRectF(_AXIS + number * step + 0.12 * step, 6 + height - tall, 0.76 * step, tall)

    def _number_at(self, place: QPointF) -> int | None:
        number = int((place.x() - _AXIS) // self._step()) if place.x() >= _AXIS else -1
        return number if 0 <= number < len(self._bars) else None

    def _step(self) -> float:
        return min(120.0, (self.width() - _AXIS) / max(1, len(self._bars)))

    def _decades(self) -> tuple[int, int]:
        sizes = [log10(bar.size) for bar in self._bars if bar.size > 0 and isfinite(bar.size)]
        if not sizes:
            return -4, 0
        low, high = floor(min(sizes) - 0.3), floor(max(sizes)) + 1
        return min(low, high - _LEAST_DECADES), high
