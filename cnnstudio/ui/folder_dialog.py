"""Says that a folder of images is being looked through, where that takes longer than a moment."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cnnstudio.app.folder_look import FolderLook
from cnnstudio.core.quantity import grouped

_AFTER_MS = 300
_EVERY_MS = 100


class FolderDialog(QDialog):
    """How many images have been found, and a way out."""

    def __init__(self, look: FolderLook, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setObjectName("folderDialog")
        self.setWindowTitle(self.tr("Folder of images"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(400)
        title = QLabel(self.tr("Looking through {name} …").format(name=name), self)
        title.setProperty("role", "title")
        title.setWordWrap(True)
        self.text = QLabel(self)
        self.text.setObjectName("folderDialogText")
        self.text.setProperty("role", "muted")
        bar = QProgressBar(self)
        bar.setObjectName("folderDialogProgress")
        bar.setAccessibleName(self.tr("The folder is being looked through"))
        bar.setTextVisible(False)
        bar.setRange(0, 0)
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setObjectName("folderDialogCancel")
        cancel.setAccessibleName(self.tr("Cancel looking through the folder"))
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(10)
        for widget in (title, self.text, bar):
            column.addWidget(widget)
        column.addLayout(row)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._count)
        self._timer.start()
        self._count()

    @Slot()
    def _count(self) -> None:
        self.text.setText(self.tr("{count} images so far").format(count=grouped(self._look.images)))

    def reject(self) -> None:
        """Closing it calls the look off."""
        self._look.cancel()
        super().reject()


class FolderDialogs(QObject):
    """Shows the dialog while a look takes longer than a moment."""

    def __init__(self, look: FolderLook, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        self._name = ""
        self._dialog: FolderDialog | None = None
        self._later = QTimer(self, interval=_AFTER_MS, singleShot=True)
        self._later.timeout.connect(self._open)
        look.ended.connect(self._close)

    def announce(self, name: str) -> None:
        """A look through a folder of this name has begun."""
        self._name = name
        self._later.start()

    @Slot()
    def _open(self) -> None:
        self._dialog = FolderDialog(self._look, self._name, self._window)
        self._dialog.open()

    @Slot()
    def _close(self) -> None:
        self._later.stop()
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.hide()
            dialog.deleteLater()
