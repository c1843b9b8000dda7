"""A webcam, where there is one and QtMultimedia has been installed (the extra ``camera``)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, Signal
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

_LARGEST = 320
"""Pixels a side: networks look at 224 at the most."""
_EVERY_MS = 120


def has_camera() -> bool:
    """Whether there is anything to look through."""
    if find_spec("PySide6.QtMultimedia") is None:
        return False
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError:  # on Linux it wants PulseAudio's library, which not every machine has
        return False
    return bool(QMediaDevices.videoInputs())


class Camera(QObject):
    """The system's first camera; it is on between :meth:`start` and :meth:`stop` only."""

    seen = Signal(QImage)
    failed = Signal(str)
    """What the system says of it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        from PySide6.QtMultimedia import QCamera, QMediaCaptureSession, QVideoSink

        self._camera = QCamera(self)
        self._sink = QVideoSink(self)
        self._session = QMediaCaptureSession(self)
        self._session.setCamera(self._camera)
        self._session.setVideoSink(self._sink)
        self._camera.errorOccurred.connect(lambda _, text: self.failed.emit(text))
        self._sink.videoFrameChanged.connect(self._take)
        self._since = QElapsedTimer()

    def start(self) -> None:
        """Switches it on."""
        self._since.invalidate()
        self._camera.start()

    def stop(self) -> None:
        """Switches it off; its lamp goes out."""
        self._camera.stop()

    def _take(self, frame: QVideoFrame) -> None:
        if self._since.isValid() and self._since.elapsed() < _EVERY_MS:
            return
        self._since.start()
        image = frame.toImage()
        if not image.isNull():
            self.seen.emit(image.scaled(_LARGEST, _LARGEST, Qt.AspectRatioMode.KeepAspectRatio))
