"""The one owner of the background thread in which the engine's process lives, and of what it says."""

import signal
import time
from collections import deque
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QCoreApplication, QObject, QThread, QTimer, Signal, Slot

from cnnstudio.app.engine_process import ENGINE_COMMAND, EngineDied, EngineProcess
from cnnstudio.app.inbox import Inbox
from cnnstudio.core import messages as said
from cnnstudio.core.requests import (
    Adjust,
    Answer,
    Ask,
    Job,
    Pause,
    Reply,
    Request,
    Resume,
    Stop,
    StopAfterEpoch,
    Train,
)

TrainingState = Literal["idle", "preparing", "running", "paused", "finished", "stopped", "failed"]
ACTIVE: frozenset[TrainingState] = frozenset({"preparing", "running", "paused"})

_TICK_MS = 33
_SLICE_SECONDS = 0.008
_IDLE_TICKS = 15
_STACK_BYTES = 16 << 20  # macOS gives a secondary thread 512 KB
_IDLE_GRACE_MS = 200
_STOP_GRACE_MS = 6000
_EXIT_MS = 4000


class EngineSession(QObject):
    """Starts the engine, asks it, and emits what it answers, batched, in the main thread.

    The engine's process starts with :meth:`warm_up` or with the first request, and again after it has died.
    """

    messages = Signal(object)
    """A tuple of the run's messages (:mod:`cnnstudio.core.messages`), in order, at most 30 times a second."""
    answered = Signal(int, object)
    """A ticket and a message about another request than the training; ticket 0 is the engine unasked."""
    stateChanged = Signal(str)
    """The training's state; see :attr:`state`."""
    engineDied = Signal(str, str)
    """A sentence for the person and the engine's last words, for a report."""
    _ask = Signal(object)
    _warm = Signal()
    _close = Signal(int)

    def __init__(self, parent: QObject | None = None, command: Sequence[str] = ENGINE_COMMAND) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._inbox = Inbox()
        self._thread: QThread | None = None
        self._process: EngineProcess | None = None
        self._closed = False
        self._state: TrainingState = "idle"
        self._ticket = 0
        self._run_ticket = -1
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._on_timer)
        self._quiet = 0
        self._arrived: deque[object] = deque()
        """Not told yet: a picture's way through a network is hundreds of answers."""
        self._rest = QTimer(self, interval=0, singleShot=True)
        self._rest.timeout.connect(self._tick)

    @property
    def state(self) -> TrainingState:
        """What the training is doing, as far as has been heard."""
        return self._state

    @property
    def active(self) -> bool:
        """Whether a training is under way, paused ones included."""
        return self._state in ACTIVE

    @property
    def warm(self) -> bool:
        """Whether the engine has been asked to start."""
        return self._thread is not None

    def warm_up(self) -> None:
        """Starts the engine's process, so that torch is there by the first click."""
        if not self._closed:
            self._ensure_thread()
            self._warm.emit()

    def ask(self, request: Request) -> int:
        """Hands a request over without waiting; :attr:`answered` brings the answers by this ticket."""
        self._ticket += 1
        if not self._closed:
            self._ensure_thread()
            self._ask.emit(Ask(self._ticket, request))
        return self._ticket

    def train(self, job: Job) -> None:
        """Starts a run; the state is ``preparing`` at once and :attr:`messages` tells the rest.

        Raises:
            RuntimeError: a training is under way.
        """
        if self.active:
            raise RuntimeError("a training is under way")
        self._set_state("preparing")
        self._run_ticket = self.ask(Train(job))

    def pause(self) -> None:
        """The run waits after its present step."""
        self._ask_run(Pause())

    def resume(self) -> None:
        """A paused run goes on."""
        self._ask_run(Resume())

    def stop(self) -> None:
        """The run ends after its present step, with a checkpoint."""
        self._ask_run(Stop())

    def stop_after_epoch(self, on: bool = True) -> None:
        """The run ends after its present epoch and its test; with ``on`` False, it does not."""
        self._ask_run(StopAfterEpoch(on))

    def adjust(self, lr: float | None = None, epochs: int | None = None) -> None:
        """The run goes on with another learning rate (before the schedule) or number of epochs in all.

        ``Adjusted`` tells what it goes by and from which step on; paused runs tell it at once.
        """
        self._ask_run(Adjust(lr, epochs))

    def _ask_run(self, request: Request) -> None:
        if self.active:
            self.ask(request)

    def shutdown(self) -> None:
        """Stops the run, ends the process and joins the thread; waits a few seconds at most.

        May be called more than once, from ``closeEvent`` and ``aboutToQuit`` alike.
        """
        self._closed = True
        self._timer.stop()
        self._rest.stop()
        thread, process = self._thread, self._process
        self._thread = self._process = None
        if thread is None or process is None:
            return
        grace = _STOP_GRACE_MS if self.active else _IDLE_GRACE_MS
        self._close.emit(grace)
        if not thread.wait(grace + _EXIT_MS):
            thread.terminate()
            thread.wait(_EXIT_MS)
        self._tick()
        if self.active:
            self._set_state("stopped")

    def _ensure_thread(self) -> None:
        if self._thread is not None:
            return
        thread = QThread()
        thread.setObjectName("engineThread")
        thread.setStackSize(_STACK_BYTES)
        process = EngineProcess(self._command, self._inbox)
        process.moveToThread(thread)
        self._warm.connect(process.start)
        self._ask.connect(process.send)
        self._close.connect(process.close)
        process.arrived.connect(self._wake)
        thread.start()
        self._thread, self._process = thread, process

    @Slot()
    def _wake(self) -> None:
        self._quiet = 0
        if not self._timer.isActive() and not self._closed:
            self._timer.start()
            self._tick()

    @Slot()
    def _on_timer(self) -> None:
        """What is left of the last slice has its own turn: two in one would hold the window up twice."""
        if not self._rest.isActive():
            self._tick()

    @Slot()
    def _tick(self) -> None:
        self._arrived.extend(self._inbox.take())
        if not self._arrived:
            self._quiet += 1
            if self._quiet >= _IDLE_TICKS:
                self._timer.stop()
            return
        self._quiet = 0
        until = time.perf_counter() + _SLICE_SECONDS
        run: list[Reply] = []
        while self._arrived and (self._closed or time.perf_counter() < until):
            thing = self._arrived.popleft()
            if isinstance(thing, Answer) and thing.ticket == self._run_ticket:
                run.append(thing.message)
            elif isinstance(thing, Answer):
                self.answered.emit(thing.ticket, thing.message)
            elif isinstance(thing, EngineDied):
                self._hear(run)
                run = []
                self._mourn(thing)
        self._hear(run)
        if self._arrived:
            self._rest.start()

    def _hear(self, run: list[Reply]) -> None:
        """The state first: who hears "finished" in a message finds the buttons ready."""
        if not run:
            return
        state = self._state
        for message in run:
            state = _next_state(state, message)
        self._set_state(state)
        self.messages.emit(tuple(run))

    def _mourn(self, died: EngineDied) -> None:
        was_active = self.active
        self._run_ticket = -1
        if was_active:
            self._set_state("failed")
        self.engineDied.emit(obituary(died, was_active), died.tail)

    def _set_state(self, state: TrainingState) -> None:
        if state != self._state:
            self._state = state
            self.stateChanged.emit(state)


def _next_state(state: TrainingState, message: object) -> TrainingState:
    match message:
        case said.Preparing() if state not in ("running", "paused"):
            return "preparing"
        case said.Started() | said.Resumed():
            return "running"
        case said.Paused():
            return "paused"
        case said.Failed():
            return "failed"
        case said.Finished(stopped=stopped):
            return "stopped" if stopped else "finished"
    return state


def obituary(died: EngineDied, training: bool) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("EngineSession", text)

    if died.code == -1:
        what = tr("The training process could not be started: {reason}.").format(reason=died.tail)
    elif died.garbled:
        what = tr("The training process said something that could not be understood, and was ended.")
    elif died.signal == 9:
        what = tr(
            "The training process was killed, perhaps because memory ran out: try a smaller batch size."
        )
    elif died.signal == getattr(signal, "SIGBUS", -1):
        what = tr("The training process lost a file that it was reading: see that the disk with it is there.")
    elif died.signal:
        what = tr("The training process crashed (signal {number}).").format(number=died.signal)
    else:
        what = tr("The training process ended unexpectedly (code {number}).").format(number=died.code)
    # Of a training the window says what is kept of it.
    return what if training else f"{what} {tr('It starts again when needed.')}"
