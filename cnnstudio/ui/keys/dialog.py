"""The window of keys and gestures (F1). It stays beside the main one, so that what it says can be tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.ui.keys.gather import Group, gather
from cnnstudio.ui.keys.rows import KeysModel, KeysRows

if TYPE_CHECKING:
    from cnnstudio.ui.main_window import MainWindow

_WIDTH, _HEIGHT, _AROUND = 640, 640, 60
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def show_keys(window: MainWindow, workspaces: Mapping[str, QWidget]) -> None:
    """Opens it, or brings the one that is open to the front; the workspace that is seen stands first."""
    shown = next((name for name, page in workspaces.items() if page is window.stack.currentWidget()), "")
    dialog = window.findChild(KeysDialog)
    if dialog is None:
        dialog = KeysDialog(gather(window, shown), window)
        dialog.show()
    dialog.activateWindow()


class KeysDialog(QDialog):
    """A field to search, and the list. The keys go back to whom they were taken from."""

    def __init__(self, groups: tuple[Group, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._before = QApplication.focusWidget()
        self.setObjectName("keysDialog")
        self.setWindowTitle(self.tr("Keys and mouse"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(min(_WIDTH, parent.width() - _AROUND), min(_HEIGHT, parent.height() - _AROUND))
        self.model = KeysModel(self)
        self.model.set_groups(groups)
        self.search = self._make_search()
        self.list = self._make_list()
        self._nothing = QLabel(self.tr("No key and no gesture is called like that."), self)
        self._nothing.setObjectName("keysNothing")
        self._nothing.setProperty("role", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(0, 24, 0, 0)
        self._nothing.hide()
        close = QPushButton(self.tr("Close"), self)
        close.setObjectName("keysCloseButton")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(10)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing, 1)
        column.addLayout(row)
        QShortcut(QKeySequence("F1"), self, self.reject)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)

    def _make_search(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName("keysSearch")
        field.setProperty("role", "search")
        field.setPlaceholderText(self.tr("Search: zoom, Ctrl, drag …"))
        field.setAccessibleName(self.tr("Search keys and gestures"))
        field.setClearButtonEnabled(True)
        field.textChanged.connect(self._on_typed)
        field.installEventFilter(self)
        return field

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setObjectName("keysList")
        view.setAccessibleName(self.tr("Keys and gestures"))
        view.setModel(self.model)
        view.setItemDelegate(KeysRows(view))
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return view

    def done(self, result: int) -> None:
        """However it closes, the keys are where they were."""
        before, self._before = self._before, None
        super().done(result)
        window = self.parentWidget()
        if window is not None:
            window.activateWindow()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down go through the list while the field is typed in; its rows say what they are."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in _MOVES:
            return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        QApplication.sendEvent(self.list, event)
        spoken = self.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
        self.search.setAccessibleDescription(spoken or "")
        return True

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self.model.search(text)
        found = self.model.rowCount() > 0
        self.list.setVisible(found)
        self._nothing.setVisible(not found)
        self.search.setAccessibleDescription("" if found else self._nothing.text())
        self.list.scrollToTop()
