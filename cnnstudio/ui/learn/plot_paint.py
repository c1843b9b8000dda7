"""Paints functions and bars."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from cnnstudio.ui.learn.figure_layout import BAR_LINE
from cnnstudio.ui.learn.mark_colours import edge_colour
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Bars, Curve
from cnnstudio.ui.theme import mix, mono_font, tokens, ui_font

_FOOT = 16.0
_LABEL_MOST, _VALUE = 120.0, 62.0


class _Scale:
    """From numbers to places within a box."""

    def __init__(self, curve: Curve, box: QRectF) -> None:
        self.area = box.adjusted(1, 4, -1, -_FOOT)
        self.left, self.right = float(curve.xs.min()), float(curve.xs.max())
        low, high = min(0.0, float(curve.ys.min())), max(0.0, float(curve.ys.max()))
        room = 0.06 * ((high - low) or 1.0)
        self.bottom, self.top = low - (room if low < 0 else 0.0), high + room

    def at(self, x: float, y: float) -> QPointF:
        across = (x - self.left) / ((self.right - self.left) or 1.0)
        up = (y - self.bottom) / ((self.top - self.bottom) or 1.0)
        return QPointF(
            self.area.left() + across * self.area.width(), self.area.bottom() - up * self.area.height()
        )


def paint_curve(painter: QPainter, box: QRectF, curve: Curve) -> None:
    """Axes through zero, the function, its point with what leads there."""
    t, scale = tokens(), _Scale(curve, box)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(QColor(t.border), 1))
    zero = min(max(0.0, scale.left), scale.right)
    painter.drawLine(scale.at(scale.left, 0.0), scale.at(scale.right, 0.0))
    painter.drawLine(scale.at(zero, scale.bottom), scale.at(zero, scale.top))
    path = QPainterPath(scale.at(float(curve.xs[0]), float(curve.ys[0])))
    for x, y in zip(curve.xs[1:].tolist(), curve.ys[1:].tolist(), strict=True):
        path.lineTo(scale.at(x, y))
    if curve.filled:
        below = QPainterPath(path)
        below.lineTo(scale.at(scale.right, 0.0))
        below.lineTo(scale.at(scale.left, 0.0))
        painter.fillPath(below, QColor(mix(t.accent, t.surface, 0.2)))
    painter.setPen(QPen(QColor(t.accent), 2))
    painter.drawPath(path)
    _paint_ends(painter, box, scale, zero)
    _paint_point(painter, scale, curve)
    painter.restore()


def _paint_ends(painter: QPainter, box: QRectF, scale: _Scale, zero: float) -> None:
    painter.setFont(ui_font(10))
    painter.setPen(QColor(tokens().muted))
    foot = QRectF(box.left(), box.bottom() - _FOOT + 1, box.width(), _FOOT - 1)
    flags = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(foot, flags | Qt.AlignmentFlag.AlignLeft, exact(float(f"{scale.left:.3g}")))
    painter.drawText(foot, flags | Qt.AlignmentFlag.AlignRight, exact(float(f"{scale.right:.3g}")))
    middle = scale.at(zero, 0.0).x()
    if foot.left() + 40 < middle < foot.right() - 40:
        around = QRectF(middle - 20, foot.top(), 40, foot.height())
        painter.drawText(around, Qt.AlignmentFlag.AlignCenter, "0")


def _paint_point(painter: QPainter, scale: _Scale, curve: Curve) -> None:
    if curve.point is None:
        return
    t, (x, y) = tokens(), curve.point
    place = scale.at(x, y)
    painter.setPen(QPen(QColor(t.muted), 1, Qt.PenStyle.DashLine))
    painter.drawLine(place, scale.at(x, 0.0))
    if not curve.filled:
        painter.drawLine(place, QPointF(scale.at(min(max(0.0, scale.left), scale.right), y)))
    if curve.slope is not None:
        _paint_tangent(painter, scale, curve.slope, place, (x, y))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(t.success if curve.slope is None else t.danger))
    painter.drawEllipse(place, 4.5, 4.5)


def _paint_tangent(
    painter: QPainter, scale: _Scale, slope: float, place: QPointF, point: tuple[float, float]
) -> None:
    step = 0.22 * (scale.right - scale.left)
    towards = scale.at(point[0] + step, point[1] + slope * step) - place
    painter.save()
    painter.setClipRect(scale.area)
    painter.setPen(QPen(QColor(tokens().danger), 2))
    painter.drawLine(place - towards, place + towards)
    painter.restore()


def paint_bars(painter: QPainter, box: QRectF, bars: Bars) -> None:
    """A line a number: its name, the bar, the number."""
    t = tokens()
    painter.save()
    painter.setFont(ui_font(11))
    metrics = QFontMetricsF(ui_font(11))
    wide = min(_LABEL_MOST, max(map(metrics.horizontalAdvance, bars.labels), default=0.0) + 2)
    low, high = (
        min(0.0, float(np.min(bars.values, initial=0.0))),
        max(0.0, float(np.max(bars.values, initial=0.0))),
    )
    area = QRectF(box.left() + wide + 8, box.top(), box.width() - wide - 8 - _VALUE, box.height())
    scale = area.width() / ((high - low) or 1.0)
    zero = area.left() - low * scale
    for number, (label, value) in enumerate(zip(bars.labels, bars.values.tolist(), strict=True)):
        line = QRectF(box.left(), box.top() + number * BAR_LINE, box.width(), BAR_LINE)
        mark = bars.marks.get(number)
        painter.setFont(ui_font(11))
        painter.setPen(QColor(t.text if mark else t.muted))
        text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, wide)
        name = QRectF(line.left(), line.top(), wide, line.height())
        painter.drawText(name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        length = value * scale
        bar = QRectF(zero, line.top() + 4, length, BAR_LINE - 8).normalized()
        colour = edge_colour(mark, t) if mark else mix(t.accent, t.surface, 0.45)
        painter.fillRect(bar, QColor(colour))
        painter.setFont(mono_font(10))
        says = QRectF(area.right() + 6, line.top(), _VALUE - 6, line.height())
        painter.drawText(says, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, exact(value))
    painter.setPen(QPen(QColor(t.border), 1))
    painter.drawLine(QPointF(zero, area.top()), QPointF(zero, area.bottom()))
    painter.restore()
