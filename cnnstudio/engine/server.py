"""The engine process: ``python -m cnnstudio.engine.server``, asked on stdin, answering on stdout.

Frames of :mod:`cnnstudio.core.wire`: in come :class:`Ask`, out go tuples of :class:`Answer`. Whatever prints
goes to stderr. When stdin ends, the run is stopped, its checkpoint written, and the process ends.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, assert_never

from cnnstudio.core.looks import (
    FeatureMaps,
    Heat,
    KernelHistory,
    Kernels,
    Predict,
    Shift,
    TestImages,
    TopPatches,
    Verdicts,
)
from cnnstudio.core.messages import Devices, Finished, Ready
from cnnstudio.core.requests import (
    Adjust,
    Ask,
    CallOff,
    DescribeData,
    Download,
    FindRate,
    Job,
    ListDevices,
    Pause,
    Preflight,
    PreviewAugmentation,
    Reply,
    Resume,
    Stop,
    StopAfterEpoch,
    Train,
)
from cnnstudio.core.wire import read_frame
from cnnstudio.engine import side_work
from cnnstudio.engine.control import Control
from cnnstudio.engine.outbox import Outbox
from cnnstudio.engine.side_work import Post, guarded

Work = Callable[[Post], None]


class Server:
    """Hears requests in a thread of its own and trains in the main thread, one run at a time."""

    def __init__(self, source: BinaryIO, outbox: Outbox) -> None:
        self._source = source
        self._outbox = outbox
        self._waiting: queue.SimpleQueue[tuple[int, Work] | None] = queue.SimpleQueue()
        self._runs: dict[int, Control] = {}  # present and waiting, by ticket, in order
        self._asides: dict[int, Control] = {}  # whatever else is under way, by ticket
        self._readers: dict[int, threading.Thread] = {}
        self._lock = threading.Lock()
        self._warm = threading.Event()
        self._ready = Ready("", ())

    def serve(self) -> None:
        """Works until the other side closes the pipe."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        self._guarded(0, self._warm_up)
        while (item := self._waiting.get()) is not None:
            ticket, work = item
            self._guarded(ticket, work)
            self._forget(ticket)
        for thread in list(self._readers.values()):
            thread.join()

    def _warm_up(self, post: Post) -> None:
        """The slow imports, in the main thread: others have small stacks on macOS."""
        try:
            import torch

            from cnnstudio.engine import device, train  # noqa: F401

            gc.freeze()  # torch stays: looking through it for garbage holds a training up by 0.1 s
            self._ready = Ready(str(torch.__version__), device.devices())
            post(self._ready)
        finally:
            self._warm.set()

    def _listen(self) -> None:
        try:
            while (ask := read_frame(self._source)) is not None:
                if isinstance(ask, Ask):
                    self._guarded(ask.ticket, lambda _: self._hear(ask))
        except EOFError:
            pass  # the other side was killed: the same as its end
        self._stop_runs()
        for control in list(self._asides.values()):
            control.stop()
        self._waiting.put(None)

    def _hear(self, ask: Ask) -> None:
        match ask.request:
            case Train(job):
                self._queue_run(ask.ticket, job)
            case FindRate() | Preflight() as request:
                control = self._aside(ask.ticket)
                self._waiting.put((ask.ticket, lambda post: side_work.do(request, post, control)))
            case (
                Download()
                | DescribeData()
                | PreviewAugmentation()
                | Predict()
                | FeatureMaps()
                | Kernels()
                | KernelHistory()
                | Verdicts()
                | TestImages()
                | TopPatches()
                | Heat()
                | Shift()
            ) as request:
                self._start_reading(ask.ticket, request)
            case Pause():
                self._present(Control.pause)
            case Resume():
                self._present(Control.resume)
            case StopAfterEpoch(on):
                self._present(lambda control: control.stop_after_epoch(on))
            case Adjust() as change:
                self._present(lambda control: control.adjust(change))
            case Stop():
                self._stop_runs()
            case CallOff(ticket):
                if ticket in self._asides:
                    self._asides[ticket].stop()
            case ListDevices():
                self._warm.wait()
                self._outbox.post(ask.ticket, Devices(self._ready.devices))
            case unknown:
                assert_never(unknown)

    def _queue_run(self, ticket: int, job: Job) -> None:
        control = Control()
        with self._lock:
            self._runs[ticket] = control
        self._waiting.put((ticket, lambda post: _train(job, post, control)))

    def _present(self, wish: Callable[[Control], None]) -> None:
        with self._lock:
            for control in list(self._runs.values())[:1]:
                wish(control)

    def _training(self) -> Control | None:
        """That of the run that trains now, for whoever looks into it."""
        with self._lock:
            return next(iter(self._runs.values()), None)

    def _stop_runs(self) -> None:
        with self._lock:
            for control in self._runs.values():
                control.stop()

    def _aside(self, ticket: int) -> Control:
        control = Control()
        with self._lock:
            self._asides[ticket] = control
        return control

    def _start_reading(self, ticket: int, request: side_work.Reading) -> None:
        control = self._aside(ticket)

        def work() -> None:
            if not isinstance(request, Download):
                self._warm.wait()  # a second thread that imports torch meanwhile could wait for ever
            self._guarded(ticket, lambda post: side_work.do(request, post, control, self._training))
            self._forget(ticket)
            self._readers.pop(ticket, None)

        thread = threading.Thread(target=work, name=f"reader {ticket}", daemon=True)
        self._readers[ticket] = thread
        thread.start()

    def _forget(self, ticket: int) -> None:
        with self._lock:
            self._runs.pop(ticket, None)
            self._asides.pop(ticket, None)

    def _guarded(self, ticket: int, work: Work) -> None:
        def post(message: Reply) -> None:
            self._outbox.post(ticket, message)

        guarded(post, lambda: work(post))


def _train(job: Job, post: Post, control: Control) -> None:
    if control.stopped():
        post(Finished(job.run or "", 0, 0.0, 0.0, 0, 0.0, stopped=True))
        return
    from cnnstudio.engine.train import run

    run(job, post, control)


def _private_stdout() -> BinaryIO:
    """The pipe to the window; from here on everything that prints goes to stderr."""
    sys.stdout.flush()
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return pipe


def _stand_in_for_the_window() -> None:
    """Where memory runs out for all, Linux ends somebody: rather this process, whose run can go on."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def main() -> None:
    """Serves stdin and stdout."""
    # Ctrl+C in a terminal reaches the whole group; the window decides, and ends us by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _stand_in_for_the_window()
    outbox = Outbox(_private_stdout())
    Server(sys.stdin.buffer, outbox).serve()
    outbox.close()


if __name__ == "__main__":
    main()
