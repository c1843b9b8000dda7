"""Number fields that look alike, leave the wheel to the panel and undo to the window."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

_INDENT = 5


def is_window_undo(event: QEvent) -> bool:
    """Whether a field asks for Ctrl+Z or its redo: the window's undo knows every edit."""
    keys = QKeySequence.StandardKey
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and (event.matches(keys.Undo) or event.matches(keys.Redo))
    )


def _set_up(box: QAbstractSpinBox, line: QLineEdit) -> None:
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setAccelerated(True)
    # A stylesheet's padding does not reach the text of a spin box.
    line.setTextMargins(_INDENT, 0, 0, 0)


class SpinBox(QSpinBox):
    """A whole number; the wheel scrolls the panel until the box has been clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _set_up(self, self.lineEdit())

    def event(self, event: QEvent) -> bool:
        if is_window_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DoubleSpinBox(QDoubleSpinBox):
    """A number with a fraction; the wheel scrolls the panel until the box has been clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _set_up(self, self.lineEdit())

    def event(self, event: QEvent) -> bool:
        if is_window_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class LineEdit(QLineEdit):
    """A line of text whose undo is the window's."""

    def event(self, event: QEvent) -> bool:
        if is_window_undo(event):
            event.ignore()
            return False
        return super().event(event)
