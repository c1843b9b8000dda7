"""The rows of the palette: every block type under the heading of its category."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from cnnstudio.core.block import CATEGORIES, Block
from cnnstudio.core.registry import block_types
from cnnstudio.ui.build.dragging import BLOCK_MIME
from cnnstudio.ui.build.say import block_help, block_title
from cnnstudio.ui.commands.match import match_text
from cnnstudio.ui.theme import block_colour

Index = QModelIndex | QPersistentModelIndex
KIND = Qt.ItemDataRole.UserRole
"""The name of the block type; empty for a heading."""
COLOUR = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Row:
    """A heading, or a block type with its colour and help."""

    text: str
    kind: str = ""
    colour: str = ""
    help: str = ""


class PaletteModel(QAbstractListModel):
    """Rows whose title, name, category or help has the words that were typed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._text = ""
        self.search("")

    def search(self, text: str) -> None:
        """Keeps what matches all words of the text."""
        self._text = text.lower().strip()
        words = self._text.split()
        self.beginResetModel()
        self._rows = []
        for category in CATEGORIES:
            found = [b for b in block_types() if b.category == category and _matches(b, words)]
            if found:
                self._rows.append(Row(QCoreApplication.translate("Block", category)))
                self._rows += [_row(block) for block in found]
        self.endResetModel()

    def first_block(self) -> QModelIndex:
        """The first row that is a block; invalid where nothing matches."""
        for number, row in enumerate(self._rows):
            if row.kind:
                return self.index(number)
        return QModelIndex()

    def best_block(self) -> QModelIndex:
        """The block whose title or name fits what was typed best; invalid where nothing matches."""
        blocks = [number for number, row in enumerate(self._rows) if row.kind]
        return self.index(min(blocks, key=self._distance)) if blocks else QModelIndex()

    def _distance(self, number: int) -> int:
        row, text = self._rows[number], self._text
        names = (row.text.lower(), row.kind.lower())
        if text in names:
            return 0
        if any(name.startswith(text) for name in names):
            return 1
        if any(text in name for name in names):
            return 2
        return 3 if match_text(text, row.text) or match_text(text, row.kind) else 4

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row.text
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return row.help or None
            case _ if role == KIND:
                return row.kind
            case _ if role == COLOUR:
                return row.colour
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self._rows[index.row()].kind:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        return Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:
        return [BLOCK_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(BLOCK_MIME, self._rows[indexes[0].row()].kind.encode())
        return data


def _row(block: type[Block]) -> Row:
    name = block.__name__
    return Row(block_title(block), name, block_colour(name, block.category), block_help(block))


def _matches(block: type[Block], words: list[str]) -> bool:
    """Words stand in what is known of the block, or are made of its initials: ``gap``, ``bn``."""
    names = (block.__name__, block_title(block))
    text = " ".join((*names, block.category, block_help(block), block.__doc__ or "")).lower()
    return all(word in text or any(match_text(word, name) for name in names) for word in words)
