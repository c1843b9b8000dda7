"""The pairs of classes that are taken for each other most often."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from cnnstudio.core.quantity import grouped
from cnnstudio.ui.theme import ui_font

MOST = 100
_CELL = Qt.ItemDataRole.UserRole


class PairsList(QTreeWidget):
    """With many classes, where a cell of the matrix is hard to hit, this finds what matters."""

    cellChosen = Signal(int, int)
    """The true class and the predicted one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectPairs")
        self._cells: list[tuple[int, int]] = []
        self.setAccessibleName(self.tr("Most confused pairs of classes"))
        self.setFont(ui_font(12))
        self.setRootIsDecorated(False)
        self.setHeaderLabels([self.tr("Most confused"), self.tr("Images")])
        self.headerItem().setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.headerItem().setToolTip(0, self.tr("True class → what it is taken for"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._tell)

    def show_pairs(self, pairs: list[tuple[int, int, int]], names: tuple[str, ...]) -> None:
        """``pairs`` are (true class, predicted class, images), the most frequent first."""
        with QSignalBlocker(self):
            self.clear()
            self._cells = [(true, guess) for true, guess, _ in pairs]
            for true, guess, count in pairs:
                item = QTreeWidgetItem(self, [f"{names[true]} → {names[guess]}", grouped(count)])
                item.setData(0, _CELL, (true, guess))
                item.setToolTip(0, item.text(0))
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if not pairs:
                nothing = QTreeWidgetItem(self, [self.tr("nothing is confused"), ""])
                nothing.setFlags(Qt.ItemFlag.NoItemFlags)
                nothing.setFirstColumnSpanned(True)

    def mark(self, cell: tuple[int, int] | None) -> None:
        """Marks a pair without telling, where it is in the list."""
        with QSignalBlocker(self):
            row = self._cells.index(cell) if cell in self._cells else -1
            self.setCurrentIndex(self.model().index(row, 0) if row >= 0 else QModelIndex())

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        cell = item.data(0, _CELL) if item is not None else None
        if cell is not None:
            self.cellChosen.emit(*cell)
