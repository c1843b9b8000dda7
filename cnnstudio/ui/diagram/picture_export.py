"""What every export of pictures does alike: draws while the window goes on, and says how it went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.steps import StepRunner, Steps


class PictureExport(QObject):
    """One picture at a time; it is written whole or not at all."""

    failed = Signal(str)
    told = Signal(str)
    progressed = Signal(float)
    """How much is drawn, 0 to 1."""
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = StepRunner(self)
        self._runner.progressed.connect(self.progressed)
        self._runner.cancelled.connect(self.cancelled)
        self._runner.finished.connect(self._on_finished)
        self._runner.failed.connect(self._on_failed)
        self._done: Callable[[object], None] = lambda _: None
        self._path = Path()

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn."""
        return self._runner.busy

    def cancel(self) -> None:
        """Gives up the picture that is being drawn; what was in its file stays."""
        self._runner.cancel()

    def shutdown(self) -> None:
        """The window goes."""
        self._runner.shutdown()

    def _start(self, steps: Steps[object], done: Callable[[object], None], path: Path) -> None:
        """Draws; ``done`` hears what the last step gave, ``path`` is named where the disk refuses."""
        self._done, self._path = done, path
        self._runner.start(steps)

    @Slot(object)
    def _on_finished(self, answer: object) -> None:
        self._done(answer)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        sentence = self.tr("{path} could not be written: {reason}.")
        self.failed.emit(sentence.format(path=self._path, reason=error.strerror or error))
