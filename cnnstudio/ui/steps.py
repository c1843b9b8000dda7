"""Undo and redo say what they would undo and redo: ``Undo Delete Conv2d``."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence, QUndoStack


class StepNames(QObject):
    """Keeps the texts and tool tips of the two actions in step with the stack."""

    def __init__(self, stack: QUndoStack, undo: QAction, redo: QAction) -> None:
        super().__init__(undo)
        self._undo, self._redo = undo, redo
        stack.undoTextChanged.connect(self._on_undo)
        stack.redoTextChanged.connect(self._on_redo)

    @Slot(str)
    def _on_undo(self, step: str) -> None:
        _name(self._undo, self.tr("Undo {step}").format(step=step) if step else self.tr("Undo"))

    @Slot(str)
    def _on_redo(self, step: str) -> None:
        _name(self._redo, self.tr("Redo {step}").format(step=step) if step else self.tr("Redo"))


def _name(action: QAction, text: str) -> None:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setText(text)
    action.setToolTip(f"{text} ({keys})")
