"""What would another stride do? Spins that change a copy of the block, never the document."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.core.block import Block
from cnnstudio.core.fields import pair
from cnnstudio.ui.widgets.spin import SpinBox

_RANGES = {
    "kernel_size": (1, 15),
    "stride": (1, 16),
    "padding": (0, 16),
    "dilation": (1, 8),
    "groups": (1, 4096),
    "output_size": (1, 64),
}


class WhatIf(QFrame):
    """Emits the changed block; the block itself when it is set back."""

    tried = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learnWhatIf")
        self.setProperty("role", "card")
        self._block: Block | None = None
        self._now: Block | None = None
        self._spins: dict[str, SpinBox] = {}
        title = QLabel(self.tr("What if?"), self)
        title.setProperty("role", "subtitle")
        title.setToolTip(self.tr("Changes a copy of the block; the network stays as it is."))
        self.reset = QPushButton(self.tr("Reset"), self)
        self.reset.setObjectName("learnWhatIfReset")
        self.reset.setAccessibleName(self.tr("The block as it is in the network"))
        self.reset.setProperty("role", "small")
        self.reset.clicked.connect(self._set_back)
        self._fault = QLabel(self)
        self._fault.setObjectName("learnWhatIfFault")
        self._fault.setProperty("role", "error")
        self._fault.setWordWrap(True)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 10, 11, 11)
        column.setSpacing(7)
        column.addLayout(head)
        column.addLayout(self._form)
        column.addWidget(self._fault)

    @property
    def now(self) -> Block:
        """The copy as it is."""
        assert self._now is not None
        return self._now

    @property
    def changed(self) -> bool:
        """Whether the copy differs from the block."""
        return self._now != self._block

    @property
    def fault(self) -> str:
        """Why what is tried cannot be; empty: it can."""
        return self._fault.text()

    def show_block(self, block: Block) -> None:
        """Offers what can be tried of another block; the same block keeps what is tried."""
        if block == self._block:
            return
        self._block = self._now = block
        self.say("")
        while self._form.rowCount():
            self._form.removeRow(0)
        self._spins = {}
        for field in block.fields():
            if field.name in _RANGES:
                self._add(field.name, field.label)
        self._show_values()
        self.setVisible(bool(self._spins))

    def try_values(self, values: Mapping[str, int]) -> None:
        """Sets fields; those that are not named go back to what the block has."""
        if self._block is None:
            return
        for name, spin in self._spins.items():
            with QSignalBlocker(spin):
                spin.setValue(values.get(name, _first(self._block, name)))
        self._try()

    def say(self, fault: str) -> None:
        """Why what is tried cannot be; empty: it can."""
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def _add(self, name: str, label: str) -> None:
        from PySide6.QtCore import QCoreApplication

        spin = SpinBox(self)
        spin.setObjectName(f"whatIf-{name}")
        text = QCoreApplication.translate("Block", label)
        spin.setAccessibleName(self.tr("What if: {name}").format(name=text))
        spin.setRange(*_RANGES[name])
        spin.valueChanged.connect(self._try)
        self._form.addRow(text, spin)
        QWidget.setTabOrder(next(reversed(self._spins.values()), self.reset), spin)
        self._spins[name] = spin

    def _show_values(self) -> None:
        for name, spin in self._spins.items():
            with QSignalBlocker(spin):
                spin.setValue(_first(self._now, name))
        self.reset.setEnabled(self.changed)

    def _try(self) -> None:
        if self._block is None:
            return
        changes = {}
        for name, spin in self._spins.items():
            if _first(self._block, name) != spin.value():
                changes[name] = spin.value()
        self._now = self._block.changed(**changes)
        self.reset.setEnabled(self.changed)
        self.tried.emit(self._now)

    def _set_back(self) -> None:
        self._now = self._block
        self.say("")
        self._show_values()
        self.tried.emit(self._now)


def _first(block: Block | None, name: str) -> int:
    """A number, or the first of a pair. A pooling without a stride moves by its own size."""
    values = block.model_dump() if block is not None else {}
    value = values[name]
    return pair(values["kernel_size"] if value is None else value)[0]
