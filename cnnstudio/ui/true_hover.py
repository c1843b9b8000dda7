"""Buttons that look pointed at only while they are.

Who picks something from a button's menu and is asked a question leaves the button without its being told: the
menu has the mouse, then the dialog. It would stay lit until somebody points at it again.
"""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

_TELLING = (
    QEvent.Type.WindowBlocked,
    QEvent.Type.WindowUnblocked,
    QEvent.Type.WindowActivate,
    QEvent.Type.WindowDeactivate,
)


class TrueHover(QObject):
    """Tells what is in a bar that the pointer has left it, where a dialog or a menu kept it from hearing."""

    def __init__(self, bar: QWidget) -> None:
        super().__init__(bar)
        self._bar = bar
        bar.window().installEventFilter(self)

    @Slot()
    def look_soon(self) -> None:
        """Something that had the mouse is about to go."""
        QTimer.singleShot(0, self, self._look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TELLING:
            self._look()
        return False

    @Slot()
    def _look(self) -> None:
        at = QCursor.pos()
        for widget in self._bar.findChildren(QWidget):
            inside = widget.rect().contains(widget.mapFromGlobal(at))
            if widget.underMouse() and not (inside and widget.window().isActiveWindow()):
                QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))
