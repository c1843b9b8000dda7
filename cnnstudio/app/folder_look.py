"""What a folder of images holds, found out in a thread: it may be huge, or far away."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.background import BackgroundCall
from cnnstudio.workspace import datasets
from cnnstudio.workspace.errors import Cancelled
from cnnstudio.workspace.progress import Progress


class FolderLook(QObject):
    """Looks through one folder at a time."""

    found = Signal(object)
    """Carries the folder's ``DatasetInfo``."""
    failed = Signal(str)
    ended = Signal()
    """With what was wanted or without it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call: BackgroundCall | None = None
        self._stop = threading.Event()
        self._images = 0

    @property
    def busy(self) -> bool:
        """Whether it is looking."""
        return self._call is not None

    @property
    def images(self) -> int:
        """How many it has seen so far."""
        return self._images

    def begin(self, folder: Path) -> None:
        """Looks through this folder; what it looked through before is given up."""
        self.cancel()
        self._images, self._stop = 0, threading.Event()
        look = partial(datasets.describe_folder, folder, progress=self._note, cancelled=self._stop.is_set)
        self._call = BackgroundCall(look)
        self._call.finished.connect(self._on_finished)
        self._call.begin()

    def cancel(self) -> None:
        """Gives it up; nothing more is told but the end."""
        if self._call is not None:
            self._stop.set()
            self._call.finished.disconnect(self._on_finished)
            self._call = None
            self.ended.emit()

    def shutdown(self) -> None:
        """Gives it up and waits for the thread."""
        call = self._call
        self.cancel()
        if call is not None:
            call.wait()

    def _note(self, progress: Progress) -> None:
        """In the thread."""
        self._images = progress.done

    @Slot()
    def _on_finished(self) -> None:
        call, self._call = self._call, None
        if call is None:
            return
        self.ended.emit()
        if isinstance(call.error, datasets.DatasetError):
            self.failed.emit(str(call.error))
        elif call.error is None:
            self.found.emit(call.answer)
        elif not isinstance(call.error, Cancelled):
            raise call.error
