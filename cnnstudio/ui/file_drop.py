"""A file that is dropped anywhere on the window is opened."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


class FileDrop(QObject):
    """Sees what is dragged before the widgets do: a text field would take the file's name for text.

    Whatever is no file goes on to them, blocks from the palette among it.
    """

    dropped = Signal(object)
    """Carries the path."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._native: QObject | None = None
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._watch_native()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes files; everything else goes its way."""
        if isinstance(event, QDropEvent):  # entering and moving are kinds of it
            return self._take(event)
        if event.type() == QEvent.Type.Show:
            self._watch_native()
        return False

    def _watch_native(self) -> None:
        handle: QObject | None = self._window.windowHandle()
        if handle is not None and handle is not self._native:
            self._native = handle
            handle.installEventFilter(self)

    def _take(self, event: QDropEvent) -> bool:
        path = _file_in(event.mimeData())
        if path is None or QApplication.activeModalWidget() is not None:
            return False
        # Never moved: the file stays where it is.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(path)
        return True


def _file_in(data: QMimeData) -> Path | None:
    for url in data.urls() if data.hasUrls() else ():
        if url.isLocalFile():
            return Path(url.toLocalFile())
    return None
