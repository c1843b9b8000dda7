"""How the numbers of one block are spread, a ridge a look: the first behind, the last in front."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.ui.inspect.health_focus import HealthFocus
from cnnstudio.ui.inspect.spread import BINS, Spread
from cnnstudio.ui.theme import mix, theme, tokens, ui_font

_LEFT, _FOOT, _TOP, _RIGHT = 60, 20, 4, 8
_MOST = 28
"""Ridges; of more looks some are left out."""
_OVERLAP = 3.0
"""A ridge may be so many times as tall as the next is away."""


class SpreadRidges(QWidget):
    """Heights are square roots of shares, so that what is rare is seen too."""

    told = Signal(str)
    """What is under the pointer, in words; empty: nothing."""

    def __init__(self, focus: HealthFocus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spreadRidges")
        self.setAccessibleName(self.tr("How the numbers of the block are spread, by epoch"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._focus = focus
        self.spread: Spread | None = None
        self._over = -1
        theme().changed.connect(self.update)

    def show_spread(self, spread: Spread | None) -> None:
        """Of another block, or of more looks."""
        self.spread = spread
        self._over = -1
        self.update()

    def sizeHint(self) -> QSize:
        """Room for some ridges."""
        return QSize(300, 180)

    def minimumSizeHint(self) -> QSize:
        """As little as can be read."""
        return QSize(150, 90)

    def shown(self) -> list[int]:
        """The looks that have a ridge: the first, the last and that of the moment always."""
        count = 0 if self.spread is None else len(self.spread.shares)
        if count <= _MOST:
            return list(range(count))
        even = {round(place) for place in np.linspace(0, count - 1, _MOST - 1)}
        return sorted(even | {self._focus.moment})

    # --- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """The axis, then the ridges from behind."""
        if self.spread is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(10))
        self._paint_axis(painter, self.spread)
        shown = self.shown()
        for place, look in enumerate(shown):
            self._paint_ridge(painter, self.spread, look, place, len(shown))
        self._paint_moments(painter, shown)
        painter.end()

    def _paint_axis(self, painter: QPainter, spread: Spread) -> None:
        t = tokens()
        bottom = self.height() - _FOOT
        for value in round_values(spread.low, spread.high, 3 if self._wide() < 220 else 5):
            x = self._across(value)
            painter.setPen(QColor(t.border if value else t.border_strong))
            painter.drawLine(QPointF(x, _TOP), QPointF(x, bottom))
            painter.setPen(QColor(t.muted))
            left = max(_LEFT - 20.0, min(x - 30, self.width() - 62.0))
            painter.drawText(
                QRectF(left, bottom + 3, 60, _FOOT - 3), Qt.AlignmentFlag.AlignHCenter, _brief(value)
            )

    def _paint_ridge(self, painter: QPainter, spread: Spread, look: int, place: int, count: int) -> None:
        t, base = tokens(), self._base(place, count)
        at = look == self._focus.moment
        age = 0.25 + 0.5 * (place + 1) / count
        line = t.accent if at else mix(t.accent, t.surface, age)
        shares = spread.shares[look]
        if np.isnan(shares[0]):
            painter.setPen(QPen(QColor(t.danger), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(_LEFT, base), QPointF(_LEFT + self._wide(), base))
            return
        heights = np.sqrt(shares / self._most(spread)) * self._tall(count)
        step = self._wide() / BINS
        top = [QPointF(_LEFT + (bin_ + 0.5) * step, base - high) for bin_, high in enumerate(heights)]
        left, right = QPointF(_LEFT, base - heights[0]), QPointF(_LEFT + self._wide(), base - heights[-1])
        outline = [left, *top, right]
        painter.setPen(Qt.PenStyle.NoPen)
        fill = QColor(mix(t.accent, t.surface, 0.55 if at else 0.25 * age + 0.05))
        fill.setAlphaF(0.9)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([QPointF(_LEFT, base), *outline, QPointF(_LEFT + self._wide(), base)]))
        painter.setPen(QPen(QColor(t.text if at else line), 1.8 if at else 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(outline))

    def _paint_moments(self, painter: QPainter, shown: list[int]) -> None:
        """Names at the left, as many as have room; that of the moment always."""
        t, last = tokens(), -100.0
        chosen = self._base(shown.index(self._focus.moment), len(shown)) if shown else 0.0
        for place, look in enumerate(shown):
            base, at = self._base(place, len(shown)), look == self._focus.moment
            if not at and (base - last < 13 or abs(base - chosen) < 13):
                continue
            painter.setPen(QColor(t.text if at else t.muted))
            area = QRectF(0, base - 9, _LEFT - 6, 14)
            painter.drawText(
                area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._focus.said(look)
            )
            last = base

    # --- pointing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells how many numbers lie under the pointer, at the look whose ridge it is on."""
        place = self._place_at(event.position().y())
        if self.spread is None or place is None:
            self.told.emit("")
            return
        self.told.emit(self.said(place, event.position().x()))

    def said(self, look: int, x: float) -> str:
        """The bin at a place, in words."""
        if self.spread is None:
            return ""
        share = (x - _LEFT) / max(1.0, self._wide())
        number = int(share * BINS)
        shares = self.spread.shares[look]
        if not 0 <= number < BINS or np.isnan(shares[0]):
            return ""
        low, high = self.spread.edges()[number : number + 2]
        text = self.tr("{moment}: {share} % between {low} and {high}")
        said = f"{100 * shares[number]:.2g}"
        return text.format(moment=self._focus.said(look), share=said, low=_brief(low), high=_brief(high))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes to the moment of the ridge."""
        place = self._place_at(event.position().y())
        if place is not None:
            self._focus.go_to(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down: the moment before, the next one."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self._focus.go_to(self._focus.moment + steps[key])
        else:
            super().keyPressEvent(event)

    def _place_at(self, y: float) -> int | None:
        shown = self.shown()
        if not shown:
            return None
        return min(shown, key=lambda look: abs(self._base(shown.index(look), len(shown)) - y))

    # --- measures

    def _wide(self) -> float:
        return max(1.0, self.width() - _LEFT - _RIGHT)

    def _across(self, value: float) -> float:
        assert self.spread is not None
        return _LEFT + self._wide() * (value - self.spread.low) / (self.spread.high - self.spread.low)

    def _pitch(self, count: int) -> float:
        room = self.height() - _FOOT - _TOP
        return room / (max(1, count) - 1 + min(_OVERLAP, max(1, count)))

    def _tall(self, count: int) -> float:
        return self._pitch(count) * min(_OVERLAP, max(1, count))

    def _base(self, place: int, count: int) -> float:
        return self.height() - _FOOT - (count - 1 - place) * self._pitch(count)

    def _most(self, spread: Spread) -> float:
        most = float(np.nanmax(spread.shares)) if not np.isnan(spread.shares).all() else 0.0
        return most or 1.0


def round_values(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers from ``low`` to ``high``: multiples of 1, 2 or 5 times a power of ten."""
    span = high - low
    power = 10.0 ** np.floor(np.log10(span / most))
    step = next(power * times for times in (1, 2, 5, 10, 20) if span / (power * times) < most)
    first = int(np.ceil(low / step - 1e-9))
    return [number * step for number in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def _brief(value: float) -> str:
    return "0" if abs(value) < 1e-12 else f"{value:.2g}"
