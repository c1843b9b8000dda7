"""Reads run folders in a thread of its own, so that neither five hundred of them nor a slow disk is felt."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from cnnstudio.app.run_details import RunDetails, compare, read_details
from cnnstudio.workspace.errors import WorkspaceError
from cnnstudio.workspace.runs.following import Followed
from cnnstudio.workspace.runs.listing import RunReader, RunRow

QUICK_MS = 700
"""Between two looks while a run goes on."""
SLOW_MS = 3000
"""Between two looks else: somebody may train on the command line."""
_STACK_BYTES = 16 << 20  # macOS gives a secondary thread 512 KB
_MOST_FOLLOWED = 64
_WAIT_MS = 10_000
_LET_SHOW_MS = 20
_BATCH = 128

Work = Callable[[], object]


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """Work for the thread, and who is told in the main thread how it went."""

    work: Work
    done: Callable[[object], None]
    failed: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Wish:
    """Whose details are wanted; of several wishes only the last is granted."""

    number: int
    paths: tuple[str, ...]


class _Reading(QObject):
    """Lives in the thread. Everything that touches the disk happens here, one thing after the other."""

    rows = Signal(object)
    looked = Signal(object)
    details = Signal(object)
    comparison = Signal(object)
    ended = Signal(object, object, str)

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._reader = RunReader(root)
        self._told: dict[str, RunRow] = {}
        self._followed: OrderedDict[str, Followed] = OrderedDict()
        self.latest = 0
        """The number of the last wish; written by the main thread."""

    @Slot()
    def look(self) -> None:
        present: set[str] = set()
        for batch in self._reader.look(_BATCH):
            present.update(row.path for row in batch)
            changed = tuple(row for row in batch if self._told.get(row.path) != row)
            if changed:
                self._told.update((row.path, row) for row in changed)
                self.rows.emit(changed)
                # The window shows them meanwhile: two who want the interpreter at once are both slow.
                QThread.msleep(_LET_SHOW_MS)
        gone = tuple(path for path in self._told if path not in present)
        for path in gone:
            del self._told[path]
        self.looked.emit(gone)

    @Slot(object)
    def read(self, wish: _Wish) -> None:
        found: list[RunDetails] = []
        for path in wish.paths:
            if wish.number != self.latest:
                return
            found.append(self._details(path))
        self.details.emit(tuple(found))
        if len(found) == 2:
            self.comparison.emit(compare(found[0], found[1]))

    @Slot(object)
    def do(self, task: _Task) -> None:
        try:
            self.ended.emit(task, task.work(), "")
        except WorkspaceError as error:
            self.ended.emit(task, None, str(error))
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            self.ended.emit(task, None, f"{place}{error.strerror or error}.")

    @Slot()
    def end(self) -> None:
        """After all that was asked for before: what was typed last is still to be written."""
        self.thread().quit()

    def _details(self, path: str) -> RunDetails:
        followed = self._followed.setdefault(path, Followed(Path(path) / "metrics.jsonl"))
        self._followed.move_to_end(path)
        while len(self._followed) > _MOST_FOLLOWED:
            self._followed.popitem(last=False)
        followed.look()
        return read_details(path, followed)


class RunList(QObject):
    """All runs of a folder, as they are. The thread starts with the first question, :meth:`close` ends it."""

    rowsRead = Signal(object)
    """Rows that are new or have changed (a tuple of ``RunRow``)."""
    looked = Signal(object)
    """A look is over; carries the paths of runs that are gone."""
    detailsRead = Signal(object)
    """A tuple of ``RunDetails``, in the order in which they were asked for."""
    comparisonRead = Signal(object)
    """A ``Comparison``, where two were asked for."""
    failed = Signal(str)
    _look = Signal()
    _read = Signal(object)
    _do = Signal(object)
    _end = Signal()

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = root
        self._thread: QThread | None = None
        self._reading: _Reading | None = None
        self._closed = False
        self._busy = False
        self._wishes = 0
        self._timer = QTimer(self)
        self._timer.setObjectName("runListTimer")
        self._timer.setInterval(SLOW_MS)
        self._timer.timeout.connect(self.look)

    def watch(self, on: bool) -> None:
        """Looks now and again and again, until it is told to stop."""
        if on and not self._closed:
            self.look()
            self._timer.start()
        else:
            self._timer.stop()

    def hurry(self, on: bool) -> None:
        """A run goes on: look more often."""
        wanted = QUICK_MS if on else SLOW_MS
        if self._timer.interval() != wanted:
            self._timer.setInterval(wanted)

    @Slot()
    def look(self) -> None:
        """Looks what has changed, unless a look is under way."""
        if not self._closed and not self._busy:
            self._busy = True
            self._ensure_thread()
            self._look.emit()

    def read(self, paths: tuple[str, ...]) -> None:
        """Asks for the details of runs; what was asked for before and is not there yet does not come."""
        if self._closed:
            return
        reading = self._ensure_thread()
        self._wishes += 1
        reading.latest = self._wishes
        self._read.emit(_Wish(self._wishes, paths))

    def do(
        self, work: Work, done: Callable[[object], None], failed: Callable[[str], None] | None = None
    ) -> None:
        """Lets something that touches the disk be done in the thread; ``failed`` gets one sentence."""
        if not self._closed:
            self._ensure_thread()
            self._do.emit(_Task(work, done, failed or self.failed.emit))

    def close(self) -> None:
        """Waits for what is being read or written and ends the thread; a second call does nothing."""
        self._closed = True
        self._timer.stop()
        thread, reading = self._thread, self._reading
        self._thread = self._reading = None
        if thread is not None and reading is not None:
            reading.latest = -1
            self._end.emit()
            thread.wait(_WAIT_MS)

    def _ensure_thread(self) -> _Reading:
        if self._reading is not None:
            return self._reading
        thread = QThread()
        thread.setObjectName("runListThread")
        thread.setStackSize(_STACK_BYTES)
        reading = _Reading(self.root)
        reading.moveToThread(thread)
        self._look.connect(reading.look)
        self._read.connect(reading.read)
        self._do.connect(reading.do)
        self._end.connect(reading.end)
        reading.rows.connect(self._on_rows)
        reading.looked.connect(self._on_looked)
        reading.details.connect(self._on_details)
        reading.comparison.connect(self._on_comparison)
        reading.ended.connect(self._on_ended)
        thread.start()
        self._thread, self._reading = thread, reading
        return reading

    @Slot(object)
    def _on_rows(self, rows: tuple[RunRow, ...]) -> None:
        if not self._closed:
            self.rowsRead.emit(rows)

    @Slot(object)
    def _on_looked(self, gone: tuple[str, ...]) -> None:
        self._busy = False
        if not self._closed:
            self.looked.emit(gone)

    @Slot(object)
    def _on_details(self, details: tuple[RunDetails, ...]) -> None:
        if not self._closed:
            self.detailsRead.emit(details)

    @Slot(object)
    def _on_comparison(self, found: object) -> None:
        if not self._closed:
            self.comparisonRead.emit(found)

    @Slot(object, object, str)
    def _on_ended(self, task: _Task, outcome: object, problem: str) -> None:
        if self._closed:
            return
        if problem:
            task.failed(problem)
        else:
            task.done(outcome)
