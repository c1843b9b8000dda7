"""Fields that look alike, leave the wheel to the panel and undo to the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

_INDENT, _NARROW_INDENT = 5, 2
_FEWEST_LINES, _MOST_LINES = 2, 6
if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object  # mixed into Qt's own classes


def is_window_undo(event: QEvent) -> bool:
    """Whether a field asks for Ctrl+Z or its redo: the window's undo knows every edit."""
    keys = QKeySequence.StandardKey
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and (event.matches(keys.Undo) or event.matches(keys.Redo))
    )


class _UndoElsewhere(_Widget):
    """What a field does with Ctrl+Z: nothing, so that the window's shortcut gets it."""

    def event(self, event: QEvent) -> bool:
        if is_window_undo(event):
            event.ignore()
            return False
        return super().event(event)


class _Number(_UndoElsewhere):
    """What all number fields do; the wheel scrolls the panel until the field has been clicked."""

    def _set_up(self, line: QLineEdit) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A stylesheet's padding does not reach the text of a spin box.
        line.setTextMargins(_INDENT, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SpinBox(_Number, QSpinBox):
    """A whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set_up(self.lineEdit())
        self.setAccelerated(True)

    def set_narrow(self, narrow: bool) -> None:
        """Leaves more room for the number where there is little."""
        self.lineEdit().setTextMargins(_NARROW_INDENT if narrow else _INDENT, 0, 0, 0)


class DoubleSpinBox(_Number, QDoubleSpinBox):
    """A number with a fraction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set_up(self.lineEdit())
        self.setAccelerated(True)


class LineEdit(_UndoElsewhere, QLineEdit):
    """A line of text."""


class TextBox(_UndoElsewhere, QPlainTextEdit):
    """Several lines of text, as high as they want up to some; Tab leaves it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        lines = int(self.document().size().height())  # of plain text it is told in lines
        around = self.height() - self.viewport().height() + 2 * int(self.document().documentMargin()) + 4
        height = min(max(lines, _FEWEST_LINES), _MOST_LINES) * self.fontMetrics().lineSpacing() + around
        if height != self.height():
            self.setFixedHeight(height)
