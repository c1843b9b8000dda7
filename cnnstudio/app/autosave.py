"""Keeps what is not saved yet on disk, for the start after a crash."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.app.store import DocumentStore
from cnnstudio.workspace.autosave import AutosaveFile

INTERVAL_MS = 2000
"""A crash loses no more than this."""


class Autosave(QObject):
    """Writes a store's document two seconds after a change, however many follow; a save removes it."""

    failed = Signal(str)
    """The disk refuses (carries the reason; told once)."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._file = AutosaveFile()
        self._told = False
        self._timer = QTimer(self)
        self._timer.setObjectName("autosaveTimer")
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_time)
        store.documentChanged.connect(self._on_change)
        store.modifiedChanged.connect(self._on_modified)

    def write_now(self) -> bool:
        """Writes what is not saved yet; removes the file where nothing is. False where the disk refuses."""
        self._timer.stop()
        if not self._store.modified:
            self._file.remove()
            return True
        try:
            self._file.write(self._store.document, self._store.path)
        except OSError as error:
            if not self._told:
                self._told = True
                self.failed.emit(str(error.strerror or error))
            return False
        return True

    def end(self) -> None:
        """The window closes, and everything is saved or given up."""
        self._timer.stop()
        self._file.close()

    @Slot()
    def _on_time(self) -> None:
        self.write_now()

    @Slot()
    def _on_change(self) -> None:
        # Not started again by the next change: who never rests is saved too.
        if self._store.modified and not self._timer.isActive():
            self._timer.start()

    @Slot(bool)
    def _on_modified(self, modified: bool) -> None:
        if modified:
            self._on_change()
        else:
            self._timer.stop()
            self._file.remove()
