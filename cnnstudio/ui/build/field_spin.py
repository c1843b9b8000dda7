"""The spin box of a parameter: its range, no value of its own, several values at once."""

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnnstudio.core.fields import FieldSpec
from cnnstudio.ui.widgets.spin import SpinBox

_UNBOUNDED = 1_000_000
_tr = QCoreApplication.translate


class Spin(SpinBox):
    """A spin box with the range of a parameter."""

    refused = Signal()
    """A number out of the range was typed; Qt would only put the old one back."""
    accepted = Signal()
    """What was typed is in the range (again)."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        lowest = int(spec.minimum or 0)
        self.empty = lowest - 1 if spec.optional else None
        """The number that stands for no value of its own."""
        self._lowest = lowest if self.empty is None else self.empty
        self._from: int | None = None
        """While several blocks disagree: where a step begins."""
        self.setRange(self._lowest, int(_UNBOUNDED if spec.maximum is None else spec.maximum))
        if spec.optional:
            self.setSpecialValueText(_tr("Fields", "auto"))
        self.setMinimumWidth(30)
        self.lineEdit().textEdited.connect(self._on_typed)

    def own_value(self) -> int | None:
        """The number, or None for no value of its own."""
        return None if self.value() == self.empty else self.value()

    def show_value(self, value: int | None) -> None:
        """Sets the value without a signal, and without moving the cursor of who types."""
        number = (self.empty or 0) if value is None else value
        if self._from is not None:
            self._from = None
            self._put(number, self._lowest, _tr("Fields", "auto") if self.empty is not None else "")
        elif number != self.value():
            self._put(number, self._lowest, self.specialValueText())

    def show_mixed(self, start: int | None) -> None:
        """Says that several blocks disagree; a step goes on from ``start``."""
        self._from = (self.empty or 0) if start is None else start
        # One below all that is allowed, so that whatever is typed is a change.
        self._put(self._lowest - 1, self._lowest - 1, _tr("Fields", "mixed"))

    def stepBy(self, steps: int) -> None:
        """One step up or down."""
        if self._from is not None and self.value() == self.minimum():
            self.setValue(max(self._lowest, self._from + steps))
        else:
            super().stepBy(steps)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        try:
            number = int(text.removesuffix(self.suffix()))
        except ValueError:  # nothing yet, or the word for no value
            return
        inside = self._lowest <= number <= self.maximum()
        (self.accepted if inside else self.refused).emit()

    def _put(self, number: int, lowest: int, special: str) -> None:
        blocked = self.blockSignals(True)
        self.setMinimum(lowest)
        if special != self.specialValueText():
            self.setSpecialValueText(special)
        self.setValue(number)
        self.blockSignals(blocked)
