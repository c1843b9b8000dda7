"""Names and values under headings, to read and to copy from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QBrush, QColor, QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from cnnstudio.ui.theme import mono_font, theme, tokens, ui_font

Item = QTreeWidgetItem
_ROLE = Qt.ItemDataRole.UserRole
PLAIN, HEADING, MUTED, ADDED, REMOVED, CHANGED, OTHER = range(7)
"""What a row says: ``CHANGED`` is something with two values, ``OTHER`` a thing of which something changed."""


class FactTree(QTreeWidget):
    """Rows with a name and one or two values; colours say what came and went, and words say it too."""

    def __init__(self, name: str, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setColumnCount(len(titles))
        self.setHeaderLabels(list(titles))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(12)
        self.setProperty("role", "facts")
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeWidget.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.header().setSectionsMovable(False)
        self.header().setStretchLastSection(True)
        theme().changed.connect(self._paint)

    def show_titles(self, titles: Sequence[str]) -> None:
        """What stands above the columns; nothing above two."""
        self.setHeaderLabels(list(titles))

    def heading(self, text: str, parent: Item | None = None) -> Item:
        """A heading; what is under it is its children."""
        return self.add((text,), HEADING, parent)

    def add(self, texts: Sequence[str], kind: int = PLAIN, parent: Item | None = None, tip: str = "") -> Item:
        """A row; too long a value is told by its tool tip."""
        item = Item([*texts, *[""] * (self.columnCount() - len(texts))])
        item.setData(0, _ROLE, kind)
        for column, text in enumerate(texts):
            item.setToolTip(column, tip or text)
        self._colour(item)
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)
        return item

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copies the row."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_row()
        else:
            super().keyPressEvent(event)

    @Slot()
    def copy_row(self) -> None:
        """The current row's texts, to the clipboard."""
        item = self.currentItem()
        if item is not None:
            texts = [item.text(column) for column in range(self.columnCount())]
            QGuiApplication.clipboard().setText("\t".join(filter(None, texts)))

    def _colour(self, item: Item) -> None:
        t, kind = tokens(), item.data(0, _ROLE)
        colours = {
            HEADING: t.muted,
            MUTED: t.muted,
            ADDED: t.success,
            REMOVED: t.danger,
            CHANGED: t.accent,
            OTHER: t.accent,
        }
        for column in range(self.columnCount()):
            if kind == HEADING:
                item.setFont(column, ui_font(11, QFont.Weight.DemiBold))
            else:
                item.setFont(column, mono_font(11) if column else ui_font(12))
            name = t.muted if not column and kind == PLAIN and self.columnCount() == 2 else t.text
            own = t.text if kind == CHANGED and not column else colours.get(kind, name)
            item.setForeground(column, QBrush(QColor(own)))

    @Slot()
    def _paint(self) -> None:
        stack = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        while stack:
            item = stack.pop()
            if item is not None:
                self._colour(item)
                stack += [item.child(row) for row in range(item.childCount())]

    def set_widths(self, *widths: int) -> None:
        """Of all columns but the last, which takes the rest."""
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(widths):
            self.header().resizeSection(column, width)
