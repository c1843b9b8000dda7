"""The engine process: ``python -m cnnstudio.engine.server``, asked on stdin, answering on stdout.

Frames of :mod:`cnnstudio.core.wire`: in come :class:`Ask`, out go tuples of :class:`Answer`. Whatever prints
goes to stderr. When stdin ends, the run is stopped, its checkpoint written, and the process ends.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, assert_never

from cnnstudio.core.messages import (
    Cancelled,
    Devices,
    Downloaded,
    Failed,
    Finished,
    Preparing,
    Ready,
)
from cnnstudio.core.requests import (
    Ask,
    CallOff,
    Download,
    Job,
    ListDevices,
    Pause,
    Reply,
    Resume,
    Stop,
    Train,
)
from cnnstudio.core.wire import read_frame
from cnnstudio.engine.control import Control
from cnnstudio.engine.outbox import Outbox

Post = Callable[[Reply], None]


class Server:
    """Hears requests in a thread of its own and trains in the main thread, one run at a time."""

    def __init__(self, source: BinaryIO, outbox: Outbox) -> None:
        self._source = source
        self._outbox = outbox
        self._waiting: queue.SimpleQueue[tuple[int, Job, Control] | None] = queue.SimpleQueue()
        self._runs: dict[int, Control] = {}  # present and waiting, by ticket, in order
        self._downloads: dict[int, tuple[Control, threading.Thread]] = {}
        self._lock = threading.Lock()
        self._warm = threading.Event()
        self._ready = Ready("", ())

    def serve(self) -> None:
        """Works until the other side closes the pipe."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        self._guarded(0, self._warm_up)
        while (item := self._waiting.get()) is not None:
            self._run(*item)
        for _, thread in list(self._downloads.values()):
            thread.join()

    def _run(self, ticket: int, job: Job, control: Control) -> None:
        self._guarded(ticket, lambda post: _train(job, post, control))
        with self._lock:
            self._runs.pop(ticket, None)

    def _warm_up(self, post: Post) -> None:
        """The slow imports, in the main thread: others have small stacks on macOS."""
        try:
            import torch

            from cnnstudio.engine import device, train  # noqa: F401

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
        for control, _ in list(self._downloads.values()):
            control.stop()
        self._waiting.put(None)

    def _hear(self, ask: Ask) -> None:
        match ask.request:
            case Train(job):
                control = Control()
                with self._lock:
                    self._runs[ask.ticket] = control
                self._waiting.put((ask.ticket, job, control))
            case Download() as request:
                self._start_download(ask.ticket, request)
            case Pause():
                self._present(Control.pause)
            case Resume():
                self._present(Control.resume)
            case Stop():
                self._stop_runs()
            case CallOff(ticket):
                if ticket in self._downloads:
                    self._downloads[ticket][0].stop()
            case ListDevices():
                self._warm.wait()
                self._outbox.post(ask.ticket, Devices(self._ready.devices))
            case unknown:
                assert_never(unknown)

    def _present(self, wish: Callable[[Control], None]) -> None:
        with self._lock:
            for control in list(self._runs.values())[:1]:
                wish(control)

    def _stop_runs(self) -> None:
        with self._lock:
            for control in self._runs.values():
                control.stop()

    def _start_download(self, ticket: int, request: Download) -> None:
        control = Control()

        def work() -> None:
            self._guarded(ticket, lambda post: _download(request, post, control))
            self._downloads.pop(ticket, None)

        thread = threading.Thread(target=work, name=f"download {request.dataset}", daemon=True)
        self._downloads[ticket] = (control, thread)
        thread.start()

    def _guarded(self, ticket: int, work: Callable[[Post], None]) -> None:
        """A request that crashes is told as such and does not end the process."""

        def post(message: Reply) -> None:
            self._outbox.post(ticket, message)

        try:
            work(post)
        except Exception as error:
            sentence = f"The engine met an error that it does not know: {type(error).__name__}: {error}."
            post(Failed(sentence, traceback.format_exc()))


def _train(job: Job, post: Post, control: Control) -> None:
    if control.stopped():
        post(Finished(job.run or "", 0, 0.0, 0.0, 0, 0.0, stopped=True))
        return
    from cnnstudio.engine.train import run

    run(job, post, control)


def _download(request: Download, post: Post, control: Control) -> None:
    from cnnstudio.workspace import datasets
    from cnnstudio.workspace.progress import Progress

    def report(progress: Progress) -> None:
        post(Preparing(f"{progress.stage} {progress.name}", progress.done, progress.total))

    folder = Path(request.data_dir) if request.data_dir else None
    try:
        datasets.download(request.dataset, folder, report, control.stopped)
    except datasets.Cancelled:
        post(Cancelled())
    except datasets.DatasetError as error:
        post(Failed(str(error)))
    else:
        post(Downloaded(request.dataset))


def _private_stdout() -> BinaryIO:
    """The pipe to the window; from here on everything that prints goes to stderr."""
    sys.stdout.flush()
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return pipe


def main() -> None:
    """Serves stdin and stdout."""
    # Ctrl+C in a terminal reaches the whole group; the window decides, and ends us by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    outbox = Outbox(_private_stdout())
    Server(sys.stdin.buffer, outbox).serve()
    outbox.close()


if __name__ == "__main__":
    main()
