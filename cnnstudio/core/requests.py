"""What the engine process is asked to do. Frozen, picklable, free of torch and Qt.

Every request is sent in an :class:`Ask` with a ticket, and every message about it comes back in an
:class:`Answer` with the same ticket. What each request ends with:

========================= ==============================================================
``Train``                 ``Finished`` or ``Failed``
``Download``              ``Downloaded``, ``Cancelled`` or ``Failed``
``ListDevices``           ``Devices`` or ``Failed``
``FindRate``              ``RateCurve`` with ``done``, ``Cancelled`` or ``Failed``
``Preflight``             ``Forecast``, ``Cancelled`` or ``Failed``
``DescribeData``          ``DataCard``, ``Cancelled`` or ``Failed``
``PreviewAugmentation``   ``AugmentedBatch``, ``Cancelled`` or ``Failed``
``Predict``               ``Prediction``, ``Cancelled`` or ``Failed``
``FeatureMaps``           ``Maps`` a block and ``Done``, ``Cancelled`` or ``Failed``
``Kernels``               ``KernelsOf``, ``Cancelled`` or ``Failed``
``KernelHistory``         ``KernelsThroughTime``, ``Cancelled`` or ``Failed``
``Verdicts``              ``Judged``, ``Cancelled`` or ``Failed``
``TestImages``            ``Images``, ``Cancelled`` or ``Failed``
``TopPatches``            ``Patches`` again and again and ``Done``, ``Cancelled`` or ``Failed``
``Heat``                  ``HeatMap`` whose ``share`` is 1, ``Cancelled`` or ``Failed``
``Shift``                 ``Shifted``, ``Cancelled`` or ``Failed``
``Pause`` … ``CallOff``   nothing of their own: what they are about answers under its ticket
========================= ==============================================================
"""

from dataclasses import dataclass

from cnnstudio.core.document import Document
from cnnstudio.core.looks import LookReply, LookRequest
from cnnstudio.core.messages import (
    AugmentedBatch,
    Cancelled,
    DataCard,
    Devices,
    Downloaded,
    Forecast,
    Message,
    RateCurve,
    Ready,
)


@dataclass(frozen=True, slots=True)
class Job:
    """One training, as a snapshot: later edits of the document do not change it.

    ``run`` is the folder it writes to, by default a new one among the runs. With ``resume`` the run goes on
    from its checkpoint with its own document (``document`` may be None then) up to ``epochs`` epochs in all.
    ``data_dir`` is the data folder (for the data set "folder" the image folder itself), by default the usual
    place. ``device`` is "auto" or an id from :class:`~cnnstudio.core.messages.Devices`; ``limit`` keeps the
    first so many training images. ``epochs`` and ``seed`` take the place of the document's.
    """

    document: Document | None
    run: str | None = None
    resume: bool = False
    data_dir: str | None = None
    device: str = "auto"
    limit: int | None = None
    epochs: int | None = None
    seed: int | None = None
    download: bool = True
    """Whether a data set that is not on the disk may be downloaded."""
    group: str = ""
    """Trainings that repeat each other with other seeds share one."""
    parent: str = ""
    """The run whose document this one began with, where it did."""


@dataclass(frozen=True, slots=True)
class Train:
    """Train; while another training goes on, this one waits for its end."""

    job: Job


@dataclass(frozen=True, slots=True)
class Pause:
    """Let the run wait after its present step."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Let a paused run go on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run after its present step, with a checkpoint, and trainings that still wait."""


@dataclass(frozen=True, slots=True)
class StopAfterEpoch:
    """End the run after its present epoch and its test; ``on`` False takes that back."""

    on: bool = True


@dataclass(frozen=True, slots=True)
class Adjust:
    """Let the run go on with another learning rate (before the schedule) or number of epochs in all."""

    lr: float | None = None
    epochs: int | None = None


@dataclass(frozen=True, slots=True)
class FindRate:
    """Try learning rates from tiny to too large on a copy of the network; no run is made."""

    job: Job


@dataclass(frozen=True, slots=True)
class Preflight:
    """Foretell what a training would need, by some timed steps; no run is made."""

    job: Job


@dataclass(frozen=True, slots=True)
class DescribeData:
    """Describe the data set that the document's settings name, at the document's input size."""

    document: Document
    data_dir: str | None = None
    samples: int = 40


@dataclass(frozen=True, slots=True)
class PreviewAugmentation:
    """Show training images before and after the document's augmentation; ``seed`` draws another time."""

    document: Document
    data_dir: str | None = None
    images: int = 16
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Download:
    """Fetch a data set to ``data_dir`` (None: the usual place), told in ``Preparing`` messages.

    The file ``distrusted`` is fetched whatever it looks like.
    """

    dataset: str
    data_dir: str | None = None
    distrusted: str = ""


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Ask which devices can train."""


@dataclass(frozen=True, slots=True)
class CallOff:
    """Call off the download, trial, forecast or look that was asked for under this ticket."""

    ticket: int


Request = (
    Train
    | Pause
    | Resume
    | Stop
    | StopAfterEpoch
    | Adjust
    | FindRate
    | Preflight
    | DescribeData
    | PreviewAugmentation
    | Download
    | CallOff
    | ListDevices
    | LookRequest
)
Reply = (
    Message
    | Ready
    | Devices
    | Downloaded
    | Cancelled
    | RateCurve
    | Forecast
    | DataCard
    | AugmentedBatch
    | LookReply
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request on its way to the engine; tickets are the asker's own numbers from 1 on."""

    ticket: int
    request: Request


@dataclass(frozen=True, slots=True)
class Answer:
    """One message on its way back; ticket 0 is the engine speaking unasked (``Ready``)."""

    ticket: int
    message: Reply

    def __reduce__(self) -> tuple[object, ...]:
        # As for Step: there is one around each.
        return Answer, (self.ticket, self.message)
