"""The command palette: a field over the window that finds and runs whatever the window can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from cnnstudio.ui.commands.gather import gather
from cnnstudio.ui.commands.rows import ROW, CommandModel, CommandRows

if TYPE_CHECKING:
    from cnnstudio.ui.main_window import MainWindow

_WIDTH, _SIDE, _TOP = 600, 40, 58
_ROWS = 12
_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -_ROWS + 1,
    Qt.Key.Key_PageDown: _ROWS - 1,
}


class CommandPalette(QWidget):
    """Covers the window while it is open: a click beside the panel closes it. Forgets all when it closes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setObjectName("commandPalette")
        self.setAccessibleName(self.tr("Commands"))
        self._window = window
        self._before: QWidget | None = None
        self.model = CommandModel(self)
        self.search = self._make_search()
        self.list = self._make_list()
        self._nothing = QLabel(self.tr("Nothing is called like that."))
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(16, 8, 16, 10)
        self._panel = QFrame(self)
        self._panel.setProperty("role", "commands")
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(1, 1, 1, 5)
        column.setSpacing(4)
        for widget in (self.search, self._nothing, self.list):
            column.addWidget(widget)
        self.hide()

    def _make_search(self) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName("commandSearch")
        field.setAccessibleName(self.tr("Search commands, blocks and presets"))
        field.setPlaceholderText(self.tr("Search commands, blocks and presets"))
        field.setProperty("role", "command")
        field.textChanged.connect(self._on_typed)
        field.installEventFilter(self)
        return field

    def _make_list(self) -> QListView:
        view = QListView()
        view.setObjectName("commandList")
        view.setAccessibleName(self.tr("Commands that match"))
        view.setModel(self.model)
        view.setItemDelegate(CommandRows(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the field
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.clicked.connect(self._on_clicked)
        return view

    # --- open and closed

    def toggle(self) -> None:
        """Opens it with all that can be done now, or closes it."""
        if self.isVisible():
            self.close_palette()
            return
        self._before = QApplication.focusWidget()
        self.model.set_commands(gather(self._window))
        self._window.installEventFilter(self)
        self._show_found()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Gives the keys back to whom they were taken from."""
        self._window.removeEventFilter(self)
        before, self._before = self._before, None
        self.hide()
        self.search.clear()
        self.model.set_commands(())
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def _run(self, row: int) -> None:
        if 0 <= row < self.model.rowCount():
            command = self.model.command(row)
            self.close_palette()
            command.run()

    # --- what is found

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self.model.search(text)
        self._show_found()

    def _show_found(self) -> None:
        found = self.model.rowCount() > 0
        self.list.setVisible(found)
        self._nothing.setVisible(not found)
        self._choose(0)
        self._place()

    def _choose(self, row: int) -> None:
        count = self.model.rowCount()
        if not count:
            self.search.setAccessibleDescription(self._nothing.text())
            return
        self.list.setCurrentIndex(self.model.index(row % count))
        # The focus stays in the field, so the field says what Enter would do.
        self.search.setAccessibleDescription(self.model.command(row % count).spoken)

    def _step(self, by: int) -> None:
        now, last = self.list.currentIndex().row(), self.model.rowCount() - 1
        # By single steps the list is a ring, by pages it has ends.
        self._choose(now + by if abs(by) == 1 else max(0, min(last, now + by)))

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        room = self.height() - _TOP - _SIDE
        self.list.setFixedHeight(min(self.model.rowCount(), _ROWS, max(3, room // ROW - 2)) * ROW + 2)
        wide = min(_WIDTH, self.width() - 2 * _SIDE)
        self._panel.setFixedWidth(wide)
        self._panel.adjustSize()
        self._panel.move((self.width() - wide) // 2, _TOP)

    # --- keys and mouse

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field's keys move through the list; the window's size is the palette's."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event)
        return False

    def _press(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex().row())
        elif key in _STEPS:
            self._step(_STEPS[key])
        else:
            # Tab would leave for what lies below.
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self._run(index.row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel."""
        if not self._panel.geometry().contains(event.position().toPoint()):
            self.close_palette()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dims the window a little."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(15, 20, 28, 46))
        painter.end()
