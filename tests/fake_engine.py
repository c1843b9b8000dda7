"""Stands in for the engine's process: speaks its protocol without torch, and dies when told to.

Told by the job's ``device``: ``"hang"`` never ends, ``"die"`` is killed, ``"crash"`` ends with an error,
``"fail"`` says that it failed; anything else trains two epochs of four steps.
"""

import os
import signal
import struct
import sys
import threading
import time

from cnnstudio.core.messages import (
    Checkpointed,
    Device,
    Downloaded,
    Epoch,
    Failed,
    Finished,
    Paused,
    Preparing,
    Probe,
    Ready,
    Resumed,
    Started,
    Step,
    Tensor,
)
from cnnstudio.core.requests import Answer, Ask, Download, Job, ListDevices, Pause, Resume, Stop, Train
from cnnstudio.core.wire import read_frame, write_frame

EPOCHS, STEPS = 2, 4
CLASSES = ("circle", "square", "triangle")


class FakeEngine:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.ticket = 0

    def say(self, *messages: object, ticket: int | None = None) -> None:
        with self.lock:
            number = self.ticket if ticket is None else ticket
            write_frame(sys.stdout.buffer, tuple(Answer(number, m) for m in messages))

    def serve(self) -> None:
        self.say(Ready("fake", (Device("cpu", "CPU (fake)"),)), ticket=0)
        worker = None
        while (ask := read_frame(sys.stdin.buffer)) is not None:
            assert isinstance(ask, Ask)
            match ask.request:
                case Train(job):
                    self.ticket = ask.ticket
                    self.stop.clear()
                    self.go.set()
                    worker = threading.Thread(target=self.train, args=(job,))
                    worker.start()
                case Pause():
                    self.go.clear()
                    self.say(Paused())
                case Resume():
                    self.say(Resumed())
                    self.go.set()
                case Stop():
                    self.end()
                case Download(dataset):
                    self.say(Preparing("download", "", 1, 2), Downloaded(dataset), ticket=ask.ticket)
                case ListDevices():
                    pass
        self.end()
        if worker is not None:
            worker.join()

    def end(self) -> None:
        self.stop.set()
        self.go.set()

    def train(self, job: Job) -> None:
        run = job.run or "fake-run"
        self.say(Preparing("read", "", 1, 2))
        if job.device == "fail":
            self.say(Failed("The fake run failed as it was told to.", "detail"))
            return
        self.say(Started(run, "cpu", EPOCHS, STEPS, 16, 8, CLASSES), *self.probes(0))
        step = 0
        for epoch in range(1, 10_000 if job.device == "hang" else EPOCHS + 1):
            for _ in range(STEPS):
                if job.device == "die" and step == STEPS:
                    print("last words", file=sys.stderr, flush=True)
                    os.kill(os.getpid(), signal.SIGKILL)
                if job.device == "crash":
                    print("last words", file=sys.stderr, flush=True)
                    os._exit(3)
                self.go.wait()
                if self.stop.is_set():
                    break
                step += 1
                self.say(Step(epoch, step, 2.0 / step, 0.1 * epoch, 0.01, 4, step * 0.01))
                time.sleep(0.005)
            if self.stop.is_set():
                break
            self.say(
                Epoch(
                    epoch,
                    step,
                    1.0 / epoch,
                    0.4,
                    1.1 / epoch,
                    0.3 + 0.1 * epoch,
                    0.01,
                    step * 0.01,
                    400.0,
                    epoch,
                ),
                Checkpointed(epoch, step),
                *self.probes(epoch),
            )
        self.say(
            Checkpointed(epoch, step), Finished(run, epoch, 0.5, 0.55, 2, 400.0, stopped=self.stop.is_set())
        )

    @staticmethod
    def probes(epoch: int) -> tuple[Probe, ...]:
        values = [((i * 7 + epoch * 3) % 11) / 11 - 0.5 for i in range(6 * 3 * 5 * 5)]
        filters = Tensor((6, 3, 5, 5), struct.pack(f"<{len(values)}f", *values))
        counts = Tensor((3, 3), struct.pack("<9f", 5, 1, 0, 2, 4, 0, 0, 3, 6))
        return (
            Probe("filters", "conv1", epoch, epoch * STEPS, filters),
            Probe("confusion", "", epoch, epoch * STEPS, counts),
        )


if __name__ == "__main__":
    FakeEngine().serve()
