"""Which runs can be looked at, read in another thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cnnstudio.app.background import BackgroundCall
from cnnstudio.workspace.paths import runs_dir
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.kept import kept_weights
from cnnstudio.workspace.runs.listing import RunReader, RunRow

_MOST = 200
_LIST = "inspectRunList"


@dataclass(frozen=True, slots=True, eq=False)
class RunsFound:
    """The runs with weights, latest first."""

    rows: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EpochsFound:
    """The epochs of a run whose weights were kept, ascending."""

    path: str
    epochs: tuple[int, ...]


class InspectRuns(QObject):
    """Reads the list, and the epochs of one run."""

    listed = Signal(object)
    """A :class:`RunsFound`."""
    epochsRead = Signal(object)
    """An :class:`EpochsFound`."""

    def __init__(self, parent: QObject | None = None, root: Path | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._reader: RunReader | None = None
        self._calls: set[BackgroundCall] = set()

    def look(self) -> None:
        """Reads the list anew; what has not changed on the disk is not opened."""
        if self._reader is None:
            self._reader = RunReader(self._root or runs_dir())
        reader = self._reader
        if not any(call.objectName() == _LIST for call in self._calls):
            self._call(_LIST, lambda: RunsFound(_rows(reader)))

    def read_epochs(self, path: str) -> None:
        """Finds which epochs of a run can be looked at."""
        self._call("inspectRunEpochs", lambda: EpochsFound(path, _epochs(path)))

    def close(self) -> None:
        """Waits for what is being read; nobody hears it."""
        for call in tuple(self._calls):
            call.finished.disconnect()
            call.wait()
        self._calls.clear()

    def _call(self, name: str, work: object) -> None:
        assert callable(work)
        call = BackgroundCall(work)
        call.setObjectName(name)
        self._calls.add(call)

        def done() -> None:
            self._calls.discard(call)
            call.wait()
            if isinstance(call.answer, RunsFound):
                self.listed.emit(call.answer)
            elif name == _LIST:  # the folder cannot be read: there are none to choose from
                self.listed.emit(RunsFound(()))
            elif isinstance(call.answer, EpochsFound):
                self.epochsRead.emit(call.answer)

        call.finished.connect(done)
        call.start()


def _rows(reader: RunReader) -> tuple[RunRow, ...]:
    found: list[RunRow] = []
    for batch in reader.look():
        found += [
            row for row in batch if row.status != "unreadable" and RunFolder(Path(row.path)).weights.is_file()
        ]
        if len(found) >= _MOST:
            break
    return tuple(sorted(found, key=lambda row: row.started, reverse=True)[:_MOST])


def _epochs(path: str) -> tuple[int, ...]:
    return tuple(kept_weights(RunFolder(Path(path))))
