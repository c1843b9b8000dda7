"""The commands that match, as a list: what was typed is marked, shortcuts stand at the right."""

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
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnnstudio.ui.commands.command import Command
from cnnstudio.ui.commands.match import Found, rank
from cnnstudio.ui.theme import mix, tokens, ui_font

Index = QModelIndex | QPersistentModelIndex
HIT = Qt.ItemDataRole.UserRole
ROW = 32
_SIDE, _GAP = 12.0, 18.0


class CommandModel(QAbstractListModel):
    """The commands that match what was typed, the likeliest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: tuple[Command, ...] = ()
        self._found: tuple[Found, ...] = ()

    def set_commands(self, commands: tuple[Command, ...]) -> None:
        """Other commands, all of them shown."""
        self._commands = commands
        self.search("")

    def search(self, text: str) -> None:
        """Keeps what matches."""
        self.beginResetModel()
        self._found = rank(text, self._commands)
        self.endResetModel()

    def command(self, row: int) -> Command:
        """The command of a row."""
        return self._commands[self._found[row].index]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = index.row()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.command(row).text
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.command(row).spoken
            case _ if role == HIT:
                return self.command(row), self._found[row].places
        return None


class CommandRows(QStyledItemDelegate):
    """Draws a command on one line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t, area = tokens(), QRectF(option.rect).adjusted(4, 1, -4, -1)
        command, places = index.data(HIT)
        state = option.state
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(mix(t.accent, t.surface, 0.16)))
            painter.drawRoundedRect(area, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(t.hover))
            painter.drawRoundedRect(area, 6, 6)
        room = area.adjusted(_SIDE, 0, -_SIDE, 0)
        taken = self._paint_right(painter, room, command)
        self._paint_text(painter, room.adjusted(0, 0, -taken, 0), command.text, set(places))

    def _paint_right(self, painter: QPainter, room: QRectF, command: Command) -> float:
        if not command.right:
            return 0.0
        font = ui_font(12)
        metrics = QFontMetricsF(font)
        text = metrics.elidedText(command.right, Qt.TextElideMode.ElideMiddle, room.width() / 2)
        painter.setFont(font)
        painter.setPen(QColor(tokens().muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        return metrics.horizontalAdvance(text) + _GAP

    def _paint_text(self, painter: QPainter, room: QRectF, text: str, places: set[int]) -> None:
        """Writes the text in runs: what was typed is bold."""
        t, plain, bold = tokens(), ui_font(13), ui_font(13, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(plain)
        fitting = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        x, y = room.left(), room.center().y() + metrics.capHeight() / 2
        for run, marked in runs(fitting, places):
            font = bold if marked else plain
            painter.setFont(font)
            painter.setPen(QColor(t.accent if marked else t.text))
            painter.drawText(QPointF(x, y), run)
            x += QFontMetricsF(font).horizontalAdvance(run)


def runs(text: str, places: set[int]) -> list[tuple[str, bool]]:
    """A text in pieces, and whether each is marked."""
    found: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        marked = place in places
        if found and found[-1][1] == marked:
            found[-1] = (found[-1][0] + letter, marked)
        else:
            found.append((letter, marked))
    return found
