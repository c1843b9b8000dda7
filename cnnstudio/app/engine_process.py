"""The engine's process as seen from the background thread that owns it.

A :class:`QProcess` in a thread with an event loop reads and writes without blocking anybody, on every
system, and tells when the process dies.
"""

import sys
from dataclasses import dataclass

from PySide6.QtCore import QObject, QProcess, Signal, Slot

from cnnstudio.app.inbox import Inbox
from cnnstudio.core.wire import FrameReader, frame

ENGINE_COMMAND = (sys.executable, "-P", "-m", "cnnstudio.engine.server")

_TAIL_BYTES = 8192
_KILL_MS = 3000


@dataclass(frozen=True, slots=True)
class EngineDied:
    """The engine's process has ended without being asked. ``signal`` is 0 where it was not killed."""

    code: int
    signal: int
    tail: str
    """The last lines it wrote to stderr."""
    garbled: bool = False
    """What it said could not be read, so it was ended."""


class EngineProcess(QObject):
    """Starts the process when the first request (or :meth:`start`) comes, and again after it has died."""

    arrived = Signal()
    """The inbox is no longer empty."""

    def __init__(self, command: tuple[str, ...], inbox: Inbox) -> None:
        super().__init__()
        self._command = command
        self._inbox = inbox
        self._process: QProcess | None = None
        self._frames = FrameReader()
        self._tail = b""
        self._garbled = False

    @Slot()
    def start(self) -> None:
        """Starts the process if it is not running."""
        if self._process is not None:
            return
        self._frames = FrameReader()
        self._tail = b""
        self._garbled = False
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)
        self._process = process
        program, *arguments = self._command
        process.start(program, arguments)

    @Slot(object)
    def send(self, request: object) -> None:
        """Hands a request to the process; Qt keeps what the pipe does not take at once."""
        self.start()
        if self._process is not None:
            self._process.write(frame(request))

    @Slot(int)
    def close(self, grace_ms: int) -> None:
        """Ends the process: the closed pipe tells it to; what lasts longer than the grace is killed."""
        process = self._process
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._failed)
            process.closeWriteChannel()
            if not process.waitForFinished(grace_ms):
                process.kill()
                process.waitForFinished(_KILL_MS)
            self._read()
            self._process = None
            process.deleteLater()
        self.thread().quit()

    @Slot()
    def _read(self) -> None:
        if self._process is None or self._garbled:
            return
        data = self._process.readAllStandardOutput().data()
        try:
            batches = self._frames.feed(bytes(data))
        except Exception as error:  # an unpickler can raise anything on bytes that are no pickle
            self._tail += f"\nunreadable message from the engine: {error}".encode()
            self._garbled = True
            self._process.kill()
            return
        self._put([answer for batch in batches if isinstance(batch, tuple) for answer in batch])

    @Slot()
    def _read_errors(self) -> None:
        if self._process is not None:
            data = bytes(self._process.readAllStandardError().data())
            self._tail = (self._tail + data)[-_TAIL_BYTES:]

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_errors()
        killed = status == QProcess.ExitStatus.CrashExit
        self._report(
            EngineDied(
                code=0 if killed else code,
                signal=code if killed else 0,
                tail=self._tail_text(),
                garbled=self._garbled,
            )
        )

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        # Everything else is followed by finished().
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._report(EngineDied(code=-1, signal=0, tail=self._process.errorString()))

    def _report(self, died: EngineDied) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._put([died])

    def _put(self, things: list[object]) -> None:
        if self._inbox.put(things):
            self.arrived.emit()

    def _tail_text(self) -> str:
        return self._tail.decode("utf-8", "replace").strip()
