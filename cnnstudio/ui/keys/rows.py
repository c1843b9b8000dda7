"""The list of keys and gestures: headings, what is done at the left, keys as caps at the right."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnnstudio.ui.keys.gather import Group, Known
from cnnstudio.ui.theme import mix, tokens, ui_font

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole
_ROW, _HEADING = 30, 36
_SIDE, _GAP, _PAD, _CAP, _BETWEEN = 12.0, 8.0, 7.0, 21.0, 5.0


class KeysModel(QAbstractListModel):
    """The groups as rows: a heading (a text), then what is :class:`Known`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[Group, ...] = ()
        self._rows: list[str | Known] = []

    def set_groups(self, groups: tuple[Group, ...]) -> None:
        """Other groups, all of them shown."""
        self._groups = groups
        self.search("")

    def search(self, text: str) -> None:
        """Keeps what has every word, in what it does, its keys or the name of its group."""
        words = text.casefold().split()
        self.beginResetModel()
        self._rows = []
        for group in self._groups:
            found = [known for known in group.known if _has(f"{group.title} {known.does} {known.how}", words)]
            if found:
                self._rows += [group.title, *found]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row if isinstance(row, str) else row.does
            case Qt.ItemDataRole.AccessibleTextRole:
                return row if isinstance(row, str) else f"{row.does}: {row.how}"
            case _ if role == ENTRY:
                return row
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        heading = isinstance(self._rows[index.row()], str)
        return Qt.ItemFlag.NoItemFlags if heading else super().flags(index)


def _width(metrics: QFontMetricsF, key: str) -> float:
    """Of a cap."""
    return max(_CAP, metrics.horizontalAdvance(key) + 2 * _PAD)


def _has(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


class KeysRows(QStyledItemDelegate):
    """Draws a heading, or one thing that can be done."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _HEADING if isinstance(index.data(ENTRY), str) else _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, area, t = index.data(ENTRY), QRectF(option.rect), tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, str):
            painter.setFont(ui_font(11))
            painter.setPen(QColor(t.muted))
            below = area.adjusted(_SIDE, 8, -_SIDE, -6)
            painter.drawText(below, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, row.upper())
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(t.accent, t.surface, 0.16)))
            painter.drawRoundedRect(area.adjusted(4, 1, -4, -1), 6, 6)
        room = area.adjusted(_SIDE, 0, -_SIDE, 0)
        left = self._paint_how(painter, room, row)
        painter.setFont(ui_font(13))
        painter.setPen(QColor(t.text))
        metrics = QFontMetricsF(painter.font())
        text = metrics.elidedText(row.does, Qt.TextElideMode.ElideRight, left - room.left() - _GAP)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_how(self, painter: QPainter, room: QRectF, row: Known) -> float:
        """Keys as caps, words plainly, up to the right end; where they begin."""
        t, right = tokens(), room.right()
        painter.setFont(ui_font(12))
        metrics = QFontMetricsF(painter.font())
        if row.hand:
            words = f"+ {row.hand}" if row.keys else row.hand
            wide = metrics.horizontalAdvance(words)
            painter.setPen(QColor(t.muted))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
            right -= wide + (6 if row.keys else 0)
        for key in reversed(row.keys):
            wide = _width(metrics, key)
            cap = QRectF(QPointF(right - wide, room.center().y() - _CAP / 2), QPointF(right, 0))
            cap.setHeight(_CAP)
            painter.setPen(QPen(QColor(t.border), 1))
            painter.setBrush(QColor(t.canvas))
            painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
            painter.setPen(QColor(t.text))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            right -= wide + _BETWEEN
        return right

    def needed(self, row: Known) -> float:
        """The width at which nothing of a row is cut."""
        metrics = QFontMetricsF(ui_font(12))
        caps = sum(_width(metrics, key) + _BETWEEN for key in row.keys)
        words = metrics.horizontalAdvance(f"+ {row.hand}") + 6 if row.hand else 0
        return 2 * _SIDE + QFontMetricsF(ui_font(13)).horizontalAdvance(row.does) + _GAP + caps + words
