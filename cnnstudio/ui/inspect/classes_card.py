"""Precision, recall and F1 of every class."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.core.looks import Judged
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.inspect.judgement import class_marks, class_rows
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.share_bars import ShareBars
from cnnstudio.ui.inspect.verdict_card import VerdictCard

_SHARE = 82
"""Pixels of a column with a share."""


class _Line(QTreeWidgetItem):
    """Sorted by numbers, where there are numbers."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn()
        mine, theirs = (one.data(column, Qt.ItemDataRole.UserRole) for one in (self, other))
        return bool(mine < theirs)


class ClassesCard(VerdictCard):
    """A click on a column's name sorts by it."""

    def __init__(self, room: Room, verdicts: TestVerdicts, parent: QWidget | None = None) -> None:
        super().__init__(room, verdicts, "inspectClassesCard", parent)
        self.title.setText(self.tr("Classes"))
        self.setAccessibleName(self.title.text())
        self.table = QTreeWidget(self)
        self.table.setObjectName("inspectClassTable")
        self.table.setAccessibleName(self.tr("Precision, recall and F1 of every class"))
        self.table.setRootIsDecorated(False)
        self.table.setHeaderLabels(
            [self.tr("Class"), self.tr("Images"), self.tr("Precision"), self.tr("Recall"), self.tr("F1")]
        )
        tips = (
            "",
            self.tr("Test images of the class"),
            self.tr("Of what is taken for this class, the share that is"),
            self.tr("Of this class, the share that is told right"),
            self.tr("The harmonic mean of precision and recall"),
        )
        for column, tip in enumerate(tips):
            self.table.headerItem().setToolTip(column, tip)
            if column:
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                self.table.headerItem().setTextAlignment(column, right)
        header = self.table.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        self._bars = ShareBars(self.table)
        for column in (2, 3, 4):
            self.table.setItemDelegateForColumn(column, self._bars)
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, _SHARE)
        self.set_view(self.table)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Classes as CSV…"), lambda: self.save_table(class_rows, "classes"))

    def show_judged(self, judged: Judged) -> None:
        """Another table."""
        self.table.setSortingEnabled(False)
        self.table.clear()
        marks = class_marks(judged)
        for place, one in enumerate(marks):
            shares = (one.precision, one.recall, one.f1)
            texts = [one.name, grouped(one.images), *(_share(value) for value in shares)]
            line = _Line(self.table, texts)
            keys = (place, one.images, *(-1.0 if value is None else value for value in shares))
            for column, key in enumerate(keys):
                line.setData(column, Qt.ItemDataRole.UserRole, key)
                if column:
                    line.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        known = [one.f1 for one in marks if one.f1 is not None]
        if known:
            text = self.tr("mean F1 {share} %").format(share=f"{100 * sum(known) / len(known):.1f}")
            self.detail.set_texts(text)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
