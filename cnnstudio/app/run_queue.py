"""Trainings that wait for their turn: repeats of a run with other seeds, one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from contextlib import suppress

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.app.session import EngineSession
from cnnstudio.core.document import Document
from cnnstudio.core.requests import Job
from cnnstudio.workspace.waiting import WaitingFile, WaitingRepeat


def other_seeds(first: int, count: int, taken: Collection[int]) -> tuple[int, ...]:
    """The next ``count`` seeds from ``first`` on that nobody has had."""
    found: list[int] = []
    seed = first
    while len(found) < count:
        seed = (seed + 1) % (1 << 31)
        if seed not in taken:
            found.append(seed)
    return tuple(found)


def repeat_job(document: Document, repeat: WaitingRepeat) -> Job:
    """The job that trains a run's snapshot again with the seed that waits."""
    return Job(
        document,
        data_dir=repeat.data_dir,
        device=repeat.device,
        limit=repeat.limit,
        seed=repeat.seed,
        group=repeat.group,
        parent=repeat.run,
    )


class RunQueue(QObject):
    """Starts the next training when the one before has ended well; who stops one calls the rest off.

    What waits is on the disk too, until it begins or is called off: a window that closes or dies leaves it
    to the next.
    """

    wanted = Signal(object)
    """A ``Job`` to be started now."""
    changed = Signal()
    """Another number of trainings waits."""
    calledOff = Signal(int, str)
    """So many were not begun; carries the state in which the training before them ended."""

    def __init__(self, session: EngineSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: deque[Job] = deque()
        self._file: WaitingFile | None = WaitingFile()
        self._running: Job | None = None
        self._left_out = 0, ""
        self.total = 0
        """Of those that were asked for together."""
        session.stateChanged.connect(self._on_state)
        self.changed.connect(self._remember)

    @property
    def waiting(self) -> int:
        """How many have not begun."""
        return len(self._waiting)

    @property
    def number(self) -> int:
        """Which of them is being trained, from 1; 0 where none is."""
        return self.total - self.waiting if self._running is not None else 0

    def add(self, jobs: Iterable[Job]) -> None:
        """Trains these when everything before them is done."""
        before = self.waiting
        self._waiting.extend(jobs)
        self.total += self.waiting - before
        self.changed.emit()
        self._begin_next()

    def call_off(self) -> int:
        """Those that have not begun never will; the one that is being trained goes on."""
        count = self.waiting
        self._waiting.clear()
        self.total -= count
        if count:
            self.changed.emit()
        return count

    def close(self) -> None:
        """Nothing begins any more; what waits stays on the disk."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._waiting.clear()

    @Slot()
    def _remember(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # they are trained all the same; only the next start does not know
                self._file.write([_waiting_repeat(job) for job in self._waiting])

    def owns(self, job: Job) -> bool:
        """Whether the job came from here."""
        return job is self._running

    @Slot(str)
    def _on_state(self, state: str) -> None:
        if state in ("preparing", "running", "paused"):
            return
        ours, self._running = self._running, None
        if state in ("stopped", "failed") and self._waiting and ours is not None:
            self._left_out = self.call_off(), state
        if not self._waiting:
            self.total = 0
        self.changed.emit()
        # Not from inside the message that ended the one before: others have their say about it first.
        QTimer.singleShot(0, self, self._go_on)

    @Slot()
    def _go_on(self) -> None:
        count, state = self._left_out
        self._left_out = 0, ""
        if count:
            self.calledOff.emit(count, state)
        self._begin_next()

    def _begin_next(self) -> None:
        if self._waiting and not self._session.active and self._running is None:
            self._running = self._waiting.popleft()
            self.changed.emit()
            self.wanted.emit(self._running)


def _waiting_repeat(job: Job) -> WaitingRepeat:
    assert job.seed is not None
    return WaitingRepeat(job.parent, job.group, job.seed, job.device, job.data_dir, job.limit)
