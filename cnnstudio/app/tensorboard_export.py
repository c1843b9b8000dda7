"""Runs for TensorBoard, written by the command in a process of its own: its package is large and slow."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, Signal, Slot

_KILL_MS = 2000


class TensorBoardExport(QObject):
    """One export at a time; tells how it ended."""

    done = Signal(str, int)
    """The folder for ``tensorboard --logdir`` and how many runs are in it."""
    failed = Signal(str)
    """One sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def busy(self) -> bool:
        """Whether an export is under way."""
        return self._process is not None

    def export(self, runs: Sequence[str], folder: str) -> None:
        """Begins; nothing happens while another export is under way."""
        if self._process is not None:
            return
        process = QProcess(self)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._on_error)
        self._process = process
        command = ("-P", "-m", "cnnstudio", "tensorboard", *runs, "--out", folder, "--json")
        process.start(sys.executable, list(command))

    def close(self) -> None:
        """Ends what is under way; a second call does nothing."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._on_error)
            process.kill()
            process.waitForFinished(_KILL_MS)
            process.deleteLater()

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        out = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace")
        error = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        process.deleteLater()
        if code == 0 and status == QProcess.ExitStatus.NormalExit:
            told = json.loads(out)
            self.done.emit(str(told["logdir"]), len(told["runs"]))
            return
        last = error.splitlines()[-1] if error else self.tr("The export ended unexpectedly: try again.")
        self.failed.emit(last.removeprefix("cnnstudio tensorboard: "))

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            process, self._process = self._process, None
            self.failed.emit(
                self.tr("The export could not be started: {reason}.").format(reason=process.errorString())
            )
            process.deleteLater()
