"""Stands in for the engine's process: speaks its protocol without torch, and dies when told to.

Told by the job's ``device``: ``"hang"`` never ends, ``"die"`` is killed, ``"crash"`` ends with an error,
``"garble"`` says what nobody understands,
``"fail"`` says that it failed, ``"diverge"`` so after a checkpoint, ``"skip"`` leaves images out; anything
else trains two epochs of four steps, of which a resumed run has the first behind it. A trial of a learning
rate or a forecast fails with a seed of 13, and never ends with one of 14.
"""

import os
import signal
import struct
import sys
import threading
import time
from pathlib import Path

from cnnstudio.core.document import Document
from cnnstudio.core.messages import (
    Adjusted,
    AugmentedBatch,
    Cancelled,
    Checkpointed,
    DataCard,
    Device,
    Downloaded,
    Epoch,
    Failed,
    Finished,
    Forecast,
    Held,
    Paused,
    Preparing,
    Probe,
    RateCurve,
    Ready,
    Resumed,
    Skipped,
    Started,
    Step,
    Tensor,
)
from cnnstudio.core.requests import (
    Adjust,
    Answer,
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
    Resume,
    Stop,
    StopAfterEpoch,
    Train,
)
from cnnstudio.core.training import TrainingSettings
from cnnstudio.core.wire import read_frame, write_frame

sys.path.insert(0, str(Path(__file__).parents[1]))  # it is started as a script
from tests import fake_looks

LOOKS = "cnnstudio.core.looks"

EPOCHS, STEPS = 2, 4
CLASSES = ("circle", "square", "triangle")


class FakeEngine:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.go = threading.Event()
        self.go.set()
        self.ticket = 0
        self.last_epoch = False
        self.lr = 0.01
        self.epochs = EPOCHS
        self.at = (1, 0)

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
                    self.last_epoch = False
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
                case StopAfterEpoch(on):
                    self.last_epoch = on
                case Adjust(lr, epochs):
                    self.lr, self.epochs = lr or self.lr, epochs or self.epochs
                    self.say(Adjusted(self.at[0], self.at[1] + 1, self.lr, self.epochs))
                case FindRate(job):
                    self.find_rate(ask.ticket, job)
                case Preflight(job):
                    self.forecast(ask.ticket, job)
                case CallOff(ticket):
                    self.say(Cancelled(), ticket=ticket)
                case Download(dataset):
                    self.say(Preparing("download", "", 1, 2), Downloaded(dataset), ticket=ask.ticket)
                case DescribeData(document) | PreviewAugmentation(document) as request:
                    self.show_data(document, request, ask.ticket)
                case ListDevices():
                    pass
                case look if look is not None and type(look).__module__ == LOOKS:
                    self.say(*fake_looks.answers(look), ticket=ask.ticket)
        self.end()
        if worker is not None:
            worker.join()

    def show_data(self, document: Document, request: object, ticket: int) -> None:
        """Told by the document's name: "slow" never gets an answer, "broken" a sentence."""
        pixels = bytes(index % 251 for index in range(6 * 8 * 8 * 3))
        images = Tensor((6, 8, 8, 3), pixels, "uint8")
        if document.name == "slow":
            self.say(Preparing("decode", "photos", 20, 80), ticket=ticket)
        elif document.name == "broken":
            self.say(Failed("The fake data are broken, as they were told to be."), ticket=ticket)
        elif isinstance(request, PreviewAugmentation):
            changed = Tensor(images.shape, bytes((value + request.seed) % 256 for value in pixels), "uint8")
            self.say(AugmentedBatch(images, changed, (0, 1, 2, 0, 1, 2)), ticket=ticket)
        else:
            skipped = Skipped(2, ("circle/a.png: it is no image", "ring/b.png: cut short"))
            card = DataCard(
                document.training.dataset, 160, 30, CLASSES, (100, 50, 10), (10, 10, 10),
                (0.1, 0.2, 0.3), (0.4, 0.5, 0.6), images, (0, 1, 2, 0, 1, 2), skipped,
            )  # fmt: skip
            self.say(card, ticket=ticket)

    def end(self) -> None:
        self.stop.set()
        self.go.set()

    def find_rate(self, ticket: int, job: Job) -> None:
        if settings_of(job).seed == 13:
            self.say(Failed("The loss was not a number from the first step on."), ticket=ticket)
            return
        rates = tuple(10 ** (-6 + number / 5) for number in range(30))
        losses = tuple(2.3 - 1.5 / (1 + (0.03 / rate) ** 2) + 4 * rate**2 for rate in rates)
        self.say(Preparing("rate", "", 1, 30), ticket=ticket)
        for count in (5, 15):
            self.say(RateCurve(rates[:count], losses[:count]), ticket=ticket)
        if settings_of(job).seed != 14:
            self.say(RateCurve(rates, losses, 0.0213, done=True), ticket=ticket)

    def forecast(self, ticket: int, job: Job) -> None:
        settings = settings_of(job)
        if settings.seed == 13:
            self.say(Failed("Nothing can be told of this machine."), ticket=ticket)
            return
        if settings.seed == 14:
            return
        fits = settings.batch_size <= 1024
        warning = "" if fits else f"A batch of {settings.batch_size} images needs 12 GiB; 4 GiB are free."
        forecast = Forecast(
            device="CPU (fake)",
            train_images=50_000,
            test_images=10_000,
            steps_per_epoch=50_000 // settings.batch_size,
            epochs=settings.epochs,
            memory_bytes=settings.batch_size << 20,
            available_bytes=4 << 30,
            seconds_per_epoch=42.0,
            disk_bytes=3 << 20,
            free_disk_bytes=90 << 30,
            warning=warning,
            fitting_batch=None if fits else 512,
        )
        self.say(Preparing("forecast", "", 1, 2), forecast, ticket=ticket)

    def train(self, job: Job) -> None:
        run = job.run or "fake-run"
        done = 1 if job.resume else 0
        self.epochs, self.at = (10_000 if job.device == "hang" else EPOCHS), (1, done * STEPS)
        settings = settings_of(job)
        self.lr = settings.optimizer.lr
        held: Held = "validation" if settings.validation.name == "split" else "test"
        self.say(Preparing("read", "", 1, 2))
        if job.device == "fail":
            self.say(Failed("The fake run failed as it was told to.", "detail"))
            return
        if job.device == "skip":
            self.say(Skipped(3, ("a/cut.png", "a/empty.jpg", "b/no image.bmp")))
        started = Started(run, "cpu", self.epochs, STEPS, 16, 8, CLASSES, done + 1, val_split=held)
        self.say(started, *self.probes(0))
        epoch, step = done, self.at[1]
        while epoch < self.epochs and not self.stop.is_set() and not self.last_epoch:
            epoch += 1
            if not self.take_epoch(job, epoch, held):
                return
            step = self.at[1]
        early = bool(settings.early_stopping.patience) and not self.stop.is_set()
        stopped = self.stop.is_set() or self.last_epoch
        self.say(
            Checkpointed(epoch + 1, step),
            Finished(run, epoch, 0.5, 0.55, 2, 400.0, stopped, early, weights_epoch=1 if early else 0),
        )

    def take_epoch(self, job: Job, epoch: int, held: Held) -> bool:
        """False where the run has failed."""
        for _ in range(STEPS):
            step = self.at[1]
            if job.device == "die" and step == STEPS:
                print("last words", file=sys.stderr, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
            if job.device == "garble":
                with self.lock:
                    sys.stdout.buffer.write(struct.pack("!I", 6) + b"\x80\x04N)R.")  # calls None
                    sys.stdout.buffer.flush()
                time.sleep(60)
            if job.device == "crash":
                print("last words", file=sys.stderr, flush=True)
                os._exit(3)
            if job.device == "diverge" and step == STEPS + 2:
                sentence = "The loss was not a number in epoch 2: try a lower learning rate."
                self.say(Failed(sentence, "Traceback of the fake engine"))
                return False
            self.go.wait()
            if self.stop.is_set():
                return True
            self.at = (epoch, step + 1)
            self.say(Step(epoch, step + 1, 2.0 / (step + 1), 0.1 * epoch, self.lr, 4, (step + 1) * 0.01))
            time.sleep(0.005)
        step, best = self.at[1], epoch
        val = (1.1 / epoch, 0.3 + 0.1 * epoch)
        self.say(
            Epoch(epoch, step, 1.0 / epoch, 0.4, *val, self.lr, step * 0.01, 400.0, best, held),
            Checkpointed(epoch + 1, step),
            *self.probes(epoch),
        )
        return True

    @staticmethod
    def probes(epoch: int) -> tuple[Probe, ...]:
        values = [((i * 7 + epoch * 3) % 11) / 11 - 0.5 for i in range(6 * 3 * 5 * 5)]
        filters = Tensor((6, 3, 5, 5), struct.pack(f"<{len(values)}f", *values))
        counts = Tensor((3, 3), struct.pack("<9f", 5, 1, 0, 2, 4, 0, 0, 3, 6))
        return (
            Probe("filters", "conv1", epoch, epoch * STEPS, filters),
            Probe("confusion", "", epoch, epoch * STEPS, counts),
        )


def settings_of(job: Job) -> TrainingSettings:
    return job.document.training if job.document else TrainingSettings()


if __name__ == "__main__":
    FakeEngine().serve()
