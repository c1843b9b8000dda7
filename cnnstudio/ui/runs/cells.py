"""How the cells of the table are drawn: the state as a dot, tags as chips, groups with their arrow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnnstudio.ui.runs.columns import Column
from cnnstudio.ui.runs.items import Item
from cnnstudio.ui.runs.proxy import RunProxy
from cnnstudio.ui.theme import Tokens, mix, mono_font, tokens, ui_font

Index = QModelIndex | QPersistentModelIndex
ROW = 30
_PAD = 8
_ARROW = 16
_INDENT = 18
_DOT = 8
_Flag = Qt.AlignmentFlag
# Once: Python's flags are slow, and there are hundreds of cells.
_LEFT, _RIGHT, _MIDDLE = (
    _Flag.AlignVCenter | _Flag.AlignLeft,
    _Flag.AlignVCenter | _Flag.AlignRight,
    _Flag.AlignCenter,
)
_SELECTED, _HOVERED = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver


def status_colour(status: str, t: Tokens) -> str:
    """Of the dot before the state."""
    return {
        "running": t.accent,
        "paused": t.warning,
        "finished": t.success,
        "stopped": t.muted,
        "failed": t.danger,
        "interrupted": t.warning,
        "unreadable": t.danger,
    }.get(status, t.muted)


class RunCells(QStyledItemDelegate):
    """One delegate for all columns; ``colours`` are those of the curves that are shown, by key."""

    def __init__(self, proxy: RunProxy, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._proxy = proxy
        self.colours: Mapping[str, str] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t, area, item = tokens(), QRect(option.rect), self._proxy.item(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, area, t)
        column = self._proxy.runs.columns[index.column()]
        room = area.adjusted(_PAD, 0, -_PAD, 0)
        if column.key == "name":
            self._paint_name(painter, room, item, t)
        elif column.key == "status":
            self._paint_status(painter, room, item, column.text(item), t)
        elif column.key == "tags":
            _paint_tags(painter, room, item.row.tags, t)
        else:
            _paint_text(painter, room, item, column, t)
        painter.restore()

    @staticmethod
    def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, area: QRect, t: Tokens) -> None:
        state = option.state
        if state & _SELECTED:
            painter.fillRect(area, _mixed(t.accent, t.surface, 0.16))
        elif state & _HOVERED:
            painter.fillRect(area, QColor(t.hover))
        painter.setPen(_mixed(t.border, t.surface, 0.7))
        painter.drawLine(area.left(), area.bottom(), area.right() + 1, area.bottom())

    def _paint_name(self, painter: QPainter, room: QRect, item: Item, t: Tokens) -> None:
        x = float(room.left())
        if item.members:
            _paint_arrow(
                painter, QPointF(x + 5, room.center().y() + 0.5), item.key in self._proxy.unfolded, t
            )
            x += _ARROW
        elif item.grouped:
            x += _INDENT
        colour = self.colours.get(item.key)
        if colour:
            painter.setPen(QPen(QColor(colour), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            middle = room.center().y() + 0.5
            painter.drawLine(QPointF(x + 1.5, middle), QPointF(x + 10, middle))
            x += 18
        name, number = item.row.name, item.title.removeprefix(item.row.name)
        small, plain = QFontMetrics(mono_font(11)), QFontMetrics(ui_font(13))
        taken = small.horizontalAdvance(number) + 2
        shown = plain.elidedText(name, Qt.TextElideMode.ElideRight, int(room.right() - x - taken))
        unreadable = item.row.status == "unreadable"
        painter.setPen(QColor(t.muted if unreadable else t.text))
        painter.setFont(ui_font(13))
        rest = QRectF(x, room.top(), room.right() - x, room.height())
        painter.drawText(rest, _LEFT, shown)
        rest.setLeft(x + plain.horizontalAdvance(shown) + 1)
        painter.setFont(mono_font(11))
        painter.setPen(QColor(t.muted))
        painter.drawText(rest.adjusted(0, 1, 4, 1), _LEFT, number)

    @staticmethod
    def _paint_status(painter: QPainter, room: QRect, item: Item, text: str, t: Tokens) -> None:
        colour = QColor(status_colour(item.row.status, t))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(room.left(), room.center().y() - _DOT / 2 + 0.5, _DOT, _DOT))
        painter.setPen(colour if item.row.status in ("failed", "unreadable") else QColor(t.text))
        painter.setFont(ui_font(12))
        painter.drawText(room.adjusted(_DOT + 7, 0, 0, 0), _LEFT, text)


@lru_cache(maxsize=2048)
def _elided(text: str, mono: bool, width: int) -> str:
    """As much of a text as fits; measuring it is half of what painting a cell costs."""
    font = mono_font(12) if mono else ui_font(12)
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


@lru_cache(maxsize=64)
def _mixed(colour: str, other: str, share: float) -> QColor:
    return QColor(mix(colour, other, share))


def _paint_text(painter: QPainter, room: QRect, item: Item, column: Column, t: Tokens) -> None:
    if column.key == "epochs" and item.row.active and item.row.asked:
        _paint_progress(painter, room, item.row.epochs / item.row.asked, t)
    font = mono_font(12) if column.number else ui_font(12)
    painter.setFont(font)
    painter.setPen(QColor(t.text if column.number else t.muted))
    text = _elided(column.text(item), column.number, room.width() + 2)
    painter.drawText(room, _RIGHT if column.number else _LEFT, text)


def _paint_arrow(painter: QPainter, middle: QPointF, unfolded: bool, t: Tokens) -> None:
    painter.setPen(QPen(QColor(t.muted), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    points = ((-3.5, -2), (0, 2), (3.5, -2)) if unfolded else ((-1.5, -3.5), (2, 0), (-1.5, 3.5))
    painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in points]))


def _paint_progress(painter: QPainter, room: QRect, share: float, t: Tokens) -> None:
    y = room.bottom() - 4
    painter.fillRect(QRect(room.left(), y, room.width(), 2), QColor(t.pressed))
    painter.fillRect(QRect(room.left(), y, round(room.width() * min(1.0, share)), 2), QColor(t.accent))


def _paint_tags(painter: QPainter, room: QRect, tags: tuple[str, ...], t: Tokens) -> None:
    font = ui_font(11)
    metrics = QFontMetrics(font)
    painter.setFont(font)
    x = room.left()
    for number, tag in enumerate(tags):
        left = room.right() - x
        if left < 34:
            painter.setPen(QColor(t.muted))
            painter.drawText(QRect(x, room.top(), left, room.height()), _LEFT, f"+{len(tags) - number}")
            return
        text = metrics.elidedText(tag, Qt.TextElideMode.ElideRight, min(left - 14, 110))
        wide = metrics.horizontalAdvance(text) + 12
        box = QRectF(x + 0.5, room.center().y() - 8, wide, 17)
        painter.setPen(QPen(QColor(mix(t.accent, t.surface, 0.35)), 1))
        painter.setBrush(QColor(mix(t.accent, t.surface, 0.1)))
        painter.drawRoundedRect(box, 8.5, 8.5)
        painter.setPen(QColor(t.accent))
        painter.drawText(box, _MIDDLE, text)
        x += wide + 5
