"""Order, search and unfolded groups of the table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from cnnstudio.ui.runs.columns import Order
from cnnstudio.ui.runs.items import GROUP, Item
from cnnstudio.ui.runs.model import RunModel
from cnnstudio.workspace.runs.searching import Query, query

Index = QModelIndex | QPersistentModelIndex


class RunProxy(QSortFilterProxyModel):
    """Members of a group stand below it, and only where it is unfolded; what is not known comes last."""

    def __init__(self, model: RunModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = model
        self._query = Query()
        self.unfolded: set[str] = set()
        """Keys of groups."""
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)

    def item(self, index: Index) -> Item:
        """What stands in a row."""
        return self.runs.items[self.mapToSource(index).row()]

    def search(self, text: str) -> None:
        """Keeps what matches; what is no longer shown is no longer selected."""
        with self._changing_filter():
            self._query = query(text)

    def toggle(self, key: str) -> None:
        """Unfolds a group, or folds it."""
        with self._changing_filter():
            self.unfolded.symmetric_difference_update({key})

    @contextmanager
    def _changing_filter(self) -> Iterator[None]:
        """Rows come and go one by one, so that the selection follows; invalidate() would leave it behind."""
        if hasattr(self, "endFilterChange"):  # from Qt 6.10 on
            self.beginFilterChange()
            yield
            self.endFilterChange(QSortFilterProxyModel.Direction.Rows)
        else:
            yield
            self.invalidateRowsFilter()

    def index_of(self, key: str) -> QModelIndex:
        """Where an item stands; invalid where it is not shown."""
        row = self.runs.row_of(key)
        return QModelIndex() if row is None else self.mapFromSource(self.runs.index(row, 0))

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        item = self.runs.items[source_row]
        if item.members:
            rows = (found.row for path in item.members if (found := self.runs.item(path)) is not None)
            return any(self._query.matches(row) for row in rows)
        if item.grouped and GROUP + item.row.group not in self.unfolded:
            return False
        return self._query.matches(item.row)

    def lessThan(self, source_left: Index, source_right: Index) -> bool:
        column = self.runs.columns[source_left.column()]
        left, right = self.runs.items[source_left.row()], self.runs.items[source_right.row()]
        if left.grouped or right.grouped:
            one, other = self.runs.group_of(left), self.runs.group_of(right)
            if one.key != other.key:
                left, right = one, other
            elif bool(left.members) != bool(right.members):
                return bool(left.members) == self._up()  # the group before its members, whichever the order
        first, second = column.order(left), column.order(right)
        if first is None or second is None:
            if first is None and second is None:
                return left.key < right.key
            return (second is None) == self._up()
        return _less(first, second, left.key, right.key)

    def _up(self) -> bool:
        return self.sortOrder() == Qt.SortOrder.AscendingOrder


def _less(first: Order, second: Order, left: str, right: str) -> bool:
    """Equal ones stay in one order, or they would change places whenever something is written."""
    if first == second:
        return left < right
    return first < second  # type: ignore[operator]  # one column has values of one kind
