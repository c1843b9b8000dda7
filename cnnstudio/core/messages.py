"""What the engine says about a run while it goes on. Frozen, picklable, free of torch and Qt."""

from dataclasses import dataclass
from typing import Literal

from cnnstudio.core.health import Health

Stage = Literal[
    "download",
    "unpack",
    "scan",
    "read",
    "decode",
    "draw",
    "repair",
    "choose",
    "compile",
    "test",
    "rate",
    "forecast",
    "look",
]
"""What goes on while no step is taken. Codes, so that each reader says it in its language."""

Held = Literal["test", "validation"]
"""Which images a result was measured on: the data set's test images, or training images kept aside."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array as data, C-contiguous and little-endian; ``dtype`` is as NumPy calls it: ``"float32"``,
    ``"float16"``, ``"int32"`` or ``"uint8"``.
    """

    shape: tuple[int, ...]
    data: bytes
    dtype: str = "float32"


@dataclass(frozen=True, slots=True)
class Preparing:
    """Something goes on between or before steps: a download, a cache, a test. ``name`` says of what."""

    stage: Stage
    name: str = ""
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
    val_images: int = 0
    """Training images kept aside; 0 where the test images are the validation."""
    val_split: Held = "test"
    heads: tuple[str, ...] = ()
    """Names of the side heads, in the order of :attr:`Step.heads`."""
    class_counts: tuple[int, ...] = ()
    """How many training images each class has; empty: unknown."""


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
    heads: tuple[float, ...] = ()
    """The losses of the side heads, unweighted."""

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
            self.heads,
        )


@dataclass(frozen=True, slots=True)
class Epoch:
    """The sums of an epoch; accuracies are 0 to 1. ``val_…`` were measured on the images ``val_split``.

    ``train_loss`` is the main head's without label smoothing, and so comparable with ``val_loss``; ``lr`` is
    that of the last step; ``best_epoch`` is judged as :class:`~cnnstudio.core.training.EarlyStopping` says.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    lr: float
    seconds: float
    images_per_second: float
    best_epoch: int
    val_split: Held = "test"
    heads: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """Something looked up in the model between two steps; epoch 0 is before training.

    ``kind`` is ``"filters"`` (weights ``(out, in, height, width)`` of the convolution at module ``path``) or
    ``"confusion"`` (counts ``(true class, predicted class)`` over the images that the epoch was validated on;
    at the end of a run with images kept aside, over the test images).
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
class Adjusted:
    """From this step on the run goes by another learning rate (before the schedule) or number of epochs."""

    epoch: int
    step: int
    lr: float
    epochs: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """Images that cannot be read and were left out: how many, and the first of them (at most 100 paths)."""

    images: int
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended with an error; ``sentence`` is for the user, ``detail`` (a traceback) for a report.

    ``damaged`` is the file of a published data set that is to blame, if one is: it can be fetched again.
    ``lasting``: asked once more, the answer would be the same; so nobody is offered to try again.
    """

    sentence: str
    detail: str = ""
    damaged: str = ""
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended; ``stopped`` if a person stopped it. What it wrote is usable either way.

    ``test_…`` are of the weights that are kept, on the data set's test images; with a validation split that
    is the first time they are looked at (and they are 0 where the run was stopped before).
    """

    run: str
    epochs: int
    test_accuracy: float
    test_loss: float
    best_epoch: int
    images_per_second: float
    stopped: bool = False
    early: bool = False
    """Whether early stopping ended it; if it was stopped too, then in its look at the test images."""
    weights_epoch: int = 0
    """The epoch whose weights are kept; 0: those of the last step."""


Message = (
    Preparing
    | Started
    | Step
    | Epoch
    | Probe
    | Health
    | Checkpointed
    | Paused
    | Resumed
    | Adjusted
    | Skipped
    | Failed
    | Finished
)


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
    """What was asked for was called off; a download leaves nothing partial where data sets are looked for."""


@dataclass(frozen=True, slots=True)
class RateCurve:
    """The loss over a rising learning rate, so far; ``suggestion`` comes when ``done`` (None: no good)."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a training would need. ``warning`` is one sentence where it will not fit, else empty."""

    device: str
    train_images: int
    test_images: int
    steps_per_epoch: int
    epochs: int
    memory_bytes: int
    available_bytes: int
    seconds_per_epoch: float
    disk_bytes: int
    free_disk_bytes: int
    warning: str = ""
    fitting_batch: int | None = None


@dataclass(frozen=True, slots=True)
class DataCard:
    """What a data set holds. ``mean`` and ``std`` are of pixels in [0, 1], one number a channel."""

    dataset: str
    train_images: int
    test_images: int
    class_names: tuple[str, ...]
    train_counts: tuple[int, ...]
    test_counts: tuple[int, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    samples: Tensor
    """uint8 (N, height, width, channels), some of each class."""
    sample_labels: tuple[int, ...]
    skipped: Skipped | None = None
    measured: int = 0
    """``mean``, ``std`` and ``skipped`` are of so many training images; 0: of all."""


@dataclass(frozen=True, slots=True)
class AugmentedBatch:
    """Training images before and after augmentation, uint8 (N, height, width, channels) each."""

    before: Tensor
    after: Tensor
    labels: tuple[int, ...]
