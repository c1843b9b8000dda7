"""What the engine says about a run while it goes on. Frozen, picklable, free of torch and Qt."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array as data, C-contiguous and little-endian; ``dtype`` is ``"float32"`` or ``"uint8"``."""

    shape: tuple[int, ...]
    data: bytes
    dtype: str = "float32"


@dataclass(frozen=True, slots=True)
class Preparing:
    """Something goes on before the first step: a download, a cache, the first import of torch."""

    what: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """The first step is about to come. ``choices`` tells what the engine chose, by name, for people."""

    run: str
    device: str
    epochs: int
    steps_per_epoch: int
    train_images: int
    test_images: int
    class_names: tuple[str, ...]
    first_epoch: int = 1
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One optimizer step. ``step`` counts from 1 over the whole run; ``images`` is the size of its batch."""

    epoch: int
    step: int
    loss: float
    accuracy: float
    lr: float
    images: int
    seconds: float
    """Since the first step of this run, pauses left out."""

    def __reduce__(self) -> tuple[object, ...]:
        # Thousands a second are pickled; what dataclasses do for slots takes five times as long.
        return Step, (
            self.epoch,
            self.step,
            self.loss,
            self.accuracy,
            self.lr,
            self.images,
            self.seconds,
        )


@dataclass(frozen=True, slots=True)
class Epoch:
    """The sums of an epoch; accuracies are 0 to 1."""

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    lr: float
    seconds: float
    images_per_second: float
    best_epoch: int


@dataclass(frozen=True, slots=True)
class Probe:
    """Something looked up in the model between two steps; epoch 0 is before training.

    ``kind`` is ``"filters"`` (weights ``(out, in, height, width)`` of the convolution at module ``path``) or
    ``"confusion"`` (counts ``(true class, predicted class)`` over the test images).
    """

    kind: str
    path: str
    epoch: int
    step: int
    tensor: Tensor


@dataclass(frozen=True, slots=True)
class Checkpointed:
    """The run on disk can be resumed from here."""

    epoch: int
    step: int


@dataclass(frozen=True, slots=True)
class Paused:
    """Training waits between two steps."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Training goes on after a pause."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended with an error; ``sentence`` is for the user, ``detail`` (a traceback) for a report."""

    sentence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended; ``stopped`` if a person stopped it. What it wrote is usable either way."""

    run: str
    epochs: int
    test_accuracy: float
    test_loss: float
    best_epoch: int
    images_per_second: float
    stopped: bool = False


Message = Preparing | Started | Step | Epoch | Probe | Checkpointed | Paused | Resumed | Failed | Finished


@dataclass(frozen=True, slots=True)
class Device:
    """Something that can train: ``id`` for a :class:`~cnnstudio.core.requests.Job`, ``name`` for people."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Devices:
    """What can train on this machine, the best first; "auto" takes the first."""

    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine process is warm: torch is imported, requests are heard."""

    torch: str
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """The data set is on the disk now."""

    dataset: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A download was called off; nothing partial is left."""
