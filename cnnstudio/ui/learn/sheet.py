"""A scene on a sheet of its own, in light colours: for slides and for paper."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from cnnstudio.ui.learn.figure_layout import Placed, placed
from cnnstudio.ui.learn.figure_paint import paint_figures
from cnnstudio.ui.learn.scene import Panel, Scene
from cnnstudio.ui.theme import light_colours, tokens, ui_font

WIDTH = 1100
_MARGIN, _GAP, _PAD, _HEAD = 20.0, 12.0, 14.0, 30.0
_TITLE, _FOOT = 34.0, 30.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A scene laid out: a title, panels as cards, the sentence below."""

    title: str
    sentence: str
    panels: tuple[tuple[Panel, tuple[Placed, ...], float], ...]
    size: QSize


def sheet_of(title: str, scene: Scene) -> Sheet:
    """Lays a scene out on a width that slides have room for."""
    inside = WIDTH - 2 * _MARGIN - 2 * _PAD
    panels = tuple((panel, *placed(panel.figures, inside)) for panel in scene.panels)
    height = _MARGIN + _TITLE + sum(_card(high) + _GAP for _, _, high in panels) + _FOOT
    return Sheet(title, scene.sentence, panels, QSize(WIDTH, round(height)))


def paint_sheet(painter: QPainter, sheet: Sheet, height: int) -> None:
    """Paints it, with white below where ``height`` is more than it takes."""
    with light_colours():
        t = tokens()
        painter.fillRect(0, 0, sheet.size.width(), height, QColor("white"))
        painter.setFont(ui_font(17, QFont.Weight.DemiBold))
        painter.setPen(QColor(t.text))
        painter.drawText(QPointF(_MARGIN, _MARGIN + 14), sheet.title)
        y = _MARGIN + _TITLE
        for panel, figures, high in sheet.panels:
            _paint_card(painter, panel, figures, QRectF(_MARGIN, y, WIDTH - 2 * _MARGIN, _card(high)))
            y += _card(high) + _GAP
        painter.setFont(ui_font(13))
        painter.setPen(QColor(t.muted))
        painter.drawText(QPointF(_MARGIN, y + 14), sheet.sentence)


def picture_of(sheet: Sheet, scale: float, height: int | None = None) -> QImage:
    """Its pixels; ``height`` (before scaling) makes sheets of different scenes equal."""
    high = height or sheet.size.height()
    image = QImage(QSize(round(WIDTH * scale), round(high * scale)), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    paint_sheet(painter, sheet, high)
    painter.end()
    return image


def _card(high: float) -> float:
    return high + _HEAD + 2 * _PAD


def _paint_card(painter: QPainter, panel: Panel, figures: tuple[Placed, ...], box: QRectF) -> None:
    t = tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(QColor(t.border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
    bold = ui_font(13, QFont.Weight.DemiBold)
    painter.setFont(bold)
    painter.setPen(QColor(t.text))
    line = box.y() + _PAD + 10
    painter.drawText(QPointF(box.x() + _PAD, line), panel.title)
    x = box.x() + _PAD + QFontMetricsF(bold).horizontalAdvance(panel.title) + 10
    painter.setFont(ui_font(13))
    painter.setPen(QColor(t.muted))
    room = box.right() - _PAD - x
    detail = QFontMetricsF(ui_font(13)).elidedText(panel.detail, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QPointF(x, line), detail)
    painter.save()
    painter.translate(box.x() + _PAD, box.y() + _PAD + _HEAD)
    paint_figures(painter, figures)
    painter.restore()
