"""Keeps what is not saved yet on disk, for the start after a crash."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.app.background import BackgroundCall
from cnnstudio.app.store import DocumentStore
from cnnstudio.workspace.autosave import AutosaveFile

INTERVAL_MS = 2000
"""A crash loses no more than this."""


class Autosave(QObject):
    """Writes a store's document two seconds after a change, however many follow; a save removes it.

    It is written in a thread: a document does not change, and a large one takes a while.
    """

    failed = Signal(str)
    """The disk refuses (carries the reason; told once)."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._file = AutosaveFile()
        self._told = False
        self._call: BackgroundCall | None = None
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
        self._wait()
        if not self._store.modified:
            self._file.remove()
            return True
        try:
            self._file.write(self._store.document, self._store.path)
        except OSError as error:
            self._tell(error)
            return False
        return True

    def end(self) -> None:
        """The window closes, and everything is saved or given up."""
        self._timer.stop()
        self._wait()
        self._file.close()

    @Slot()
    def _on_time(self) -> None:
        if self._call is not None:  # a slow disk
            self._timer.start()
        elif self._store.modified:
            self._call = BackgroundCall(partial(self._file.write, self._store.document, self._store.path))
            self._call.finished.connect(self._on_written)
            self._call.begin()

    @Slot()
    def _on_written(self) -> None:
        call, self._call = self._call, None
        if call is None:
            return
        if isinstance(call.error, OSError):
            self._tell(call.error)
        elif call.error is not None:
            raise call.error
        if not self._store.modified:  # saved meanwhile
            self._file.remove()

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
            if self._call is None:
                self._file.remove()

    def _wait(self) -> None:
        if self._call is not None:
            self._call.wait()
            self._call = None

    def _tell(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            self.failed.emit(str(error.strerror or error))
