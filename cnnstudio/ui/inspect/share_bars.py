"""Cells of a table with a share as a bar behind the number."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from cnnstudio.ui.theme import mix, tokens


class ShareBars(QStyledItemDelegate):
    """The share, 0 to 1, is the cell's user data; below 0 there is none."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The bar, then what the cell says."""
        share = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(share, float) and share > 0:
            t = tokens()
            area = QRectF(option.rect).adjusted(6, 2, -2, -2)
            area.setLeft(area.right() - share * area.width())
            painter.fillRect(area, QColor(mix(t.accent, t.surface, 0.22)))
        super().paint(painter, option, index)
