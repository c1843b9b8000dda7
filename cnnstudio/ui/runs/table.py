"""The table of runs: sorting by every column, columns that can be hidden and moved, groups that unfold."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from cnnstudio.ui.runs.cells import ROW, RunCells
from cnnstudio.ui.runs.items import Item
from cnnstudio.ui.runs.model import RunModel
from cnnstudio.ui.runs.proxy import RunProxy
from cnnstudio.ui.theme import theme
from cnnstudio.workspace.runs.view import RunView, read_view, write_view

Index = QModelIndex | QPersistentModelIndex
Hint = QAbstractItemView.ScrollHint
_SAVE_MS = 400


class RunTable(QTableView):
    """Tells what is chosen; remembers how its columns were arranged."""

    chosen = Signal()
    """Other rows are selected."""
    opened = Signal()
    """Enter or a double click on a run."""

    def __init__(self, model: RunModel, proxy: RunProxy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runTable")
        self.setAccessibleName(self.tr("Runs"))
        self._runs = model
        self.proxy = proxy
        self.cells = RunCells(proxy, self)
        self.setModel(proxy)
        self.setItemDelegate(self.cells)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setMinimumSectionSize(ROW)
        self._view = RunView()
        self._saver = QTimer(self, interval=_SAVE_MS, singleShot=True)
        self._saver.setObjectName("runViewTimer")
        self._saver.timeout.connect(self.save_view)
        self._set_up_header()
        self.selectionModel().selectionChanged.connect(self._on_selection)
        theme().changed.connect(self.viewport().update)

    # --- what is chosen

    def chosen_items(self) -> list[Item]:
        """Selected rows from top to bottom; a member of a selected group is not told twice."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        items = [self.proxy.item(self.proxy.index(row, 0)) for row in rows]
        told = {path for item in items for path in item.members}
        return [item for item in items if item.members or item.key not in told]

    def choose(self, keys: tuple[str, ...]) -> None:
        """Selects rows and brings the first one into view; what is not shown is left out."""
        found = [index for key in keys if (index := self.proxy.index_of(key)).isValid()]
        selection = QItemSelection()
        for index in found:
            selection.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flags.ClearAndSelect | flags.Rows)
        if found:
            self.selectionModel().setCurrentIndex(found[0], flags.NoUpdate)
            self.scrollTo(found[0])

    def unfold(self, key: str) -> None:
        """Shows the members of a group, or hides them; the group stays selected."""
        self.proxy.toggle(key)
        self.choose((key,))

    # --- keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right fold and unfold a group; Enter opens."""
        item = self._current()
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(item)
        elif (
            item is not None and item.members and key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Space)
        ):
            shown = item.key in self.proxy.unfolded
            if key == Qt.Key.Key_Space or shown == (key == Qt.Key.Key_Left):
                self.unfold(item.key)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the arrow of a group unfolds it."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            item = self.proxy.item(index)
            left = self.visualRect(index).left()
            if item.members and index.column() == 0 and event.position().x() - left < 26:
                self.unfold(item.key)
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a run it opens; on a group it unfolds."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self._open(self.proxy.item(index))

    def _open(self, item: Item | None) -> None:
        if item is None:
            return
        if item.members:
            self.unfold(item.key)
        else:
            self.opened.emit()

    def _current(self) -> Item | None:
        index = self.currentIndex()
        return self.proxy.item(index) if index.isValid() else None

    @Slot(QItemSelection, QItemSelection)
    def _on_selection(self, _chosen: QItemSelection, _left: QItemSelection) -> None:
        self.chosen.emit()

    # --- the header

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setObjectName("runTableHeader")
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(44)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_header_menu)
        self._restore_view(header)
        header.sectionResized.connect(self._changed)
        header.sectionMoved.connect(self._changed)
        header.sortIndicatorChanged.connect(self._changed)

    def _restore_view(self, header: QHeaderView) -> None:
        self._view = view = read_view()
        keys = [column.key for column in self._runs.columns]
        for number, column in enumerate(self._runs.columns):
            header.resizeSection(number, view.widths.get(column.key, column.width))
            hidden = column.key in view.hidden if view.hidden is not None else not column.shown
            header.setSectionHidden(number, hidden and number > 0)
        for place, key in enumerate([k for k in view.order if k in keys]):
            header.moveSection(header.visualIndex(keys.index(key)), place)
        order = Qt.SortOrder.AscendingOrder if view.ascending else Qt.SortOrder.DescendingOrder
        number = keys.index(view.sort) if view.sort in keys else keys.index("started")
        self.sortByColumn(number, order)

    @Slot()
    def _changed(self) -> None:
        self._saver.start()

    def end(self) -> None:
        """The window closes."""
        if self._saver.isActive():
            self._saver.stop()
            self.save_view()

    @Slot()
    def save_view(self) -> None:
        """Remembers the columns as they are now."""
        header = self.horizontalHeader()
        keys = [column.key for column in self._runs.columns]
        visual = [header.logicalIndex(place) for place in range(len(keys))]
        write_view(
            replace(
                read_view(),
                order=tuple(keys[number] for number in visual),
                hidden=tuple(key for number, key in enumerate(keys) if header.isSectionHidden(number)),
                widths={
                    key: header.sectionSize(number)
                    for number, key in enumerate(keys)
                    if not header.isSectionHidden(number)
                },
                sort=keys[header.sortIndicatorSection()],
                ascending=header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder,
            )
        )

    def fill_column_menu(self, menu: QMenu) -> None:
        """One entry a column, ticked where it is shown."""
        menu.clear()
        header = self.horizontalHeader()
        for number, column in enumerate(self._runs.columns):
            action = QAction(column.title, menu)
            action.setObjectName(f"runColumn-{column.key}")
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(number))
            action.setEnabled(number > 0)  # a table without names says nothing
            action.toggled.connect(partial(self.show_column, number))
            menu.addAction(action)

    def show_column(self, number: int, shown: bool) -> None:
        """Shows or hides a column."""
        self.horizontalHeader().setSectionHidden(number, not shown)
        self._changed()

    @Slot(QPoint)
    def _show_header_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("runColumnMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_column_menu(menu)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        """Only up and down: a click on a cell at the edge does not push the table aside."""
        across = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)
        self.horizontalScrollBar().setValue(across)
