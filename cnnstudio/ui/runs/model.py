"""The runs as a Qt model. A run that changes keeps its row, so selection and scrolling stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cnnstudio.ui.runs.columns import Column, columns
from cnnstudio.ui.runs.items import GROUP, LEAST_MEMBERS, Item, group_item
from cnnstudio.ui.theme import mono_font
from cnnstudio.workspace.runs.listing import RunRow

Index = QModelIndex | QPersistentModelIndex
ITEM = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RunModel(QAbstractTableModel):
    """All runs, and a row for each group of runs that repeat each other, in no order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = columns()
        self.items: list[Item] = []
        self._places: dict[str, int] = {}
        self._groups: defaultdict[str, set[str]] = defaultdict(set)

    # --- what others ask

    def item(self, key: str) -> Item | None:
        """The item of a run's path or of a group."""
        place = self._places.get(key)
        return None if place is None else self.items[place]

    def row_of(self, key: str) -> int | None:
        """Where an item stands."""
        return self._places.get(key)

    def rows(self) -> list[RunRow]:
        """Of all runs, without groups."""
        return [item.row for item in self.items if not item.members]

    def group_of(self, item: Item) -> Item:
        """The row above which an item stands: its group's, or itself."""
        if item.grouped:
            return self.item(GROUP + item.row.group) or item
        return item

    # --- what happens on the disk

    def take(self, rows: Iterable[RunRow]) -> None:
        """Rows that are new or have changed."""
        touched: set[str] = set()
        fresh: list[Item] = []
        for row in rows:
            known = self.item(row.path)
            if known is not None and known.row.group != row.group:
                self._groups[known.row.group].discard(row.path)
                touched.add(known.row.group)
            if row.group:
                self._groups[row.group].add(row.path)
                touched.add(row.group)
            if known is None:
                fresh.append(Item(row))
            else:
                self._put(replace(known, row=row))
        self._append(fresh)
        self._regroup(touched)

    def drop(self, paths: Collection[str]) -> None:
        """Runs that are gone."""
        touched = set()
        for path in paths:
            item = self.item(path)
            if item is not None:
                if item.row.group:
                    self._groups[item.row.group].discard(path)
                    touched.add(item.row.group)
                self._remove(path)
        self._regroup(touched)

    def _regroup(self, groups: Iterable[str]) -> None:
        for group in filter(None, groups):
            members = [item for path in self._groups[group] if (item := self.item(path)) is not None]
            whole = len(members) >= LEAST_MEMBERS
            for member in members:
                if member.grouped != whole:
                    self._put(replace(member, grouped=whole))
            key = GROUP + group
            if not whole:
                self._remove(key)
            elif key in self._places:
                self._put(group_item(group, [member.row for member in members]))
            else:
                self._append([group_item(group, [member.row for member in members])])

    def _append(self, items: list[Item]) -> None:
        if not items:
            return
        first = len(self.items)
        self.beginInsertRows(QModelIndex(), first, first + len(items) - 1)
        self.items += items
        self._places.update((item.key, first + number) for number, item in enumerate(items))
        self.endInsertRows()

    def _put(self, item: Item) -> None:
        place = self._places[item.key]
        if self.items[place] != item:
            self.items[place] = item
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))

    def _remove(self, key: str) -> None:
        place = self._places.get(key)
        if place is None:
            return
        self.beginRemoveRows(QModelIndex(), place, place)
        del self.items[place]
        self._places = {item.key: number for number, item in enumerate(self.items)}
        self.endRemoveRows()

    # --- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item, column = self.items[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(item)
            case Qt.ItemDataRole.ToolTipRole:
                return (column.tip(item) if column.tip else "") or column.text(item)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{column.title}: {column.text(item)}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.number else _LEFT
            case Qt.ItemDataRole.FontRole:
                return mono_font(12) if column.number else None
            case _ if role == ITEM:
                return item
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.number else _LEFT
        return None
