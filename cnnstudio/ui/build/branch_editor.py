"""The branches of a Parallel: how many there are, one more, one less."""

from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.core import edits
from cnnstudio.core.block import Composite
from cnnstudio.core.document import Node
from cnnstudio.ui.build.say import stack_label
from cnnstudio.ui.theme import icon, tokens


class BranchEditor(QWidget):
    """A row for each branch; hidden for blocks whose stacks are given."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._id = ""
        self._counts: tuple[int, ...] = ()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(3)
        self._add = QPushButton(self.tr("Add a branch"), self)
        self._add.setObjectName("addBranchButton")
        self._add.setAccessibleName(self._add.text())
        self._add.setProperty("role", "small")
        self._add.clicked.connect(self._add_branch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(self._rows)
        column.addWidget(self._add)

    def show_node(self, node: Node) -> None:
        """Shows the branches of a node."""
        block = node.block
        open_ended = isinstance(block, Composite) and block.open_ended
        self.setVisible(open_ended)
        if not isinstance(block, Composite) or not block.open_ended:
            return
        counts = tuple(map(len, node.stacks))
        if (node.id, counts) != (self._id, self._counts):
            self._id, self._counts = node.id, counts
            self._rebuild(block)

    def _rebuild(self, block: Composite) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, count in enumerate(self._counts):
            self._rows.addWidget(self._row(stack_label(block.stack_label(number)), number, count))

    def _row(self, label: str, number: int, count: int) -> QWidget:
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        counted = self.tr("1 block") if count == 1 else self.tr("{count} blocks").format(count=count)
        row.addWidget(QLabel(f"{label} · {counted}", line), 1)
        button = QToolButton(line)
        button.setObjectName(f"removeBranchButton-{number}")
        text = self.tr("Remove {branch} with all inside").format(branch=label)
        button.setAccessibleName(text)
        button.setToolTip(text)
        button.setProperty("role", "ghost")
        button.setIcon(icon("trash", tokens().muted, 16))
        button.setIconSize(QSize(16, 16))
        button.clicked.connect(partial(self._remove_branch, number))
        row.addWidget(button)
        return line

    def _add_branch(self) -> None:
        self._store.apply(self.tr("Add a branch"), edits.add_stack(self._store.document, self._id))

    def _remove_branch(self, number: int, _checked: bool = False) -> None:
        document = edits.remove_stack(self._store.document, self._id, number)
        self._store.apply(self.tr("Remove a branch"), document)
