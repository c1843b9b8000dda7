"""Looking into a network: what the window asks the engine for Inspect, and what comes back.

Every request goes out in an :class:`~cnnstudio.core.requests.Ask` and can be called off; its answers come
under its ticket, as many as the table of :mod:`cnnstudio.core.requests` says, with ``Preparing`` (stage
``"look"``) where it takes a while. Shapes are in torch's order without the batch, (channels, height, width);
pictures are (height, width, channels) uint8. ``path`` is a module of the exported source
(``layer1.0.conv1``), ``node`` the id of the block that it belongs to.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Tensor
from cnnstudio.core.shape import Shape


@dataclass(frozen=True, slots=True)
class Subject:
    """The network that is looked at.

    ``run`` is a run's folder, looked at with its kept weights, or with those of an ``epoch`` (0: before
    training; which are kept says :func:`cnnstudio.workspace.runs.kept.kept_weights`). Without a run it is
    what trains now, copied between two steps; where nothing trains, ``document`` with its seed's initial
    weights. With an ``epoch`` of 0 and a document it is the latter in any case. ``data_dir`` is the data
    folder, by default the run's own or the usual one.
    """

    run: str | None = None
    epoch: int | None = None
    document: Document | None = None
    data_dir: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Which weights an answer is about: of a run on disk, of the training that goes on, or initial ones.

    ``epoch`` is how many epochs they have seen (a live epoch counts while it goes on); ``step`` is that of a
    live copy, else 0. ``mark`` changes when the weights do, for whoever keeps answers.
    """

    kind: Literal["run", "live", "initial"]
    run: str
    epoch: int
    step: int
    mark: str


@dataclass(frozen=True, slots=True)
class TestImage:
    """Image number ``index``, from 0, of the subject's test images."""

    __test__: ClassVar[bool] = False  # pytest takes the name for a test's
    index: int


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture of any size: uint8 (height, width, 1 or 3 or 4), dark is 0.

    The engine fits it to the network's input: channels (grey by luminance, alpha over black), the middle
    square scaled. ``digit`` centres and scales a drawing (light strokes on black) as MNIST's digits are: its
    box to 20/28 of the side, its centre of mass to the middle.
    """

    pixels: Tensor
    digit: bool = False


Picture = TestImage | Pixels
HeatKind = Literal["grad-cam", "occlusion", "input-gradient"]


# --- requests ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Predict:
    """What does the network take this for?"""

    subject: Subject
    picture: Picture


@dataclass(frozen=True, slots=True)
class FeatureMaps:
    """What each block makes of a picture, in reading order; ``paths`` empty: all blocks.

    ``most`` maps a block (0: all of them) from number ``first`` on, each averaged down to at most ``side``
    pixels a side (0: as it is). For a closer look at one block ask for its path with both 0.
    """

    subject: Subject
    picture: Picture
    paths: tuple[str, ...] = ()
    most: int = 64
    side: int = 64
    first: int = 0


@dataclass(frozen=True, slots=True)
class Kernels:
    """The filters of the convolution at ``path``; empty: of the first convolution."""

    subject: Subject
    path: str = ""


@dataclass(frozen=True, slots=True)
class KernelHistory:
    """The filters of a convolution before training, at each kept epoch and now.

    ``run`` None: of the run that trains now, with its live weights at the end.
    """

    run: str | None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the network takes every test image for; kept with the run."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class TestImages:
    """Some of the test images, as the data set holds them; indices that do not exist are an error."""

    __test__: ClassVar[bool] = False
    subject: Subject
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopPatches:
    """What excites filters most: the ``count`` best patches of different test images for each.

    ``filters`` are channels of the block at ``path`` (of a vector its numbers); empty: the first 64.
    All filters of a block are found in one pass and kept with the run, so that asking for others is quick.
    At most 16 patches.
    """

    subject: Subject
    path: str
    filters: tuple[int, ...] = ()
    count: int = 9


@dataclass(frozen=True, slots=True)
class Heat:
    """Where in the picture the network looked for class ``target`` (None: the one that it predicts).

    ``path`` is the block whose maps a Grad-CAM weights, any that gives maps (empty: the last maps before the
    classifier, as they leave the last convolution's activation); the others do without. ``versus`` is
    another class, told of from the same passes.
    """

    subject: Subject
    picture: Picture
    kind: HeatKind = "grad-cam"
    path: str = ""
    target: int | None = None
    versus: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """Move the picture by so many pixels (down, right), the border repeated: what moves with it?"""

    subject: Subject
    picture: Picture
    dy: int = 0
    dx: int = 1


LookRequest = (
    Predict | FeatureMaps | Kernels | KernelHistory | Verdicts | TestImages | TopPatches | Heat | Shift
)


# --- answers -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prediction:
    """``probabilities`` are float32 (classes,); ``label`` is the true class of a test image.

    ``image`` is what went in before normalisation: uint8 (H, W, C) at the network's input size.
    """

    probabilities: Tensor
    class_names: tuple[str, ...]
    label: int | None
    image: Tensor
    source: Source


@dataclass(frozen=True, slots=True)
class Maps:
    """One block's output for one picture, number ``number`` (from 0) of ``total`` that come.

    ``shape`` is the whole output. ``tensor`` is float16 (channels, height, width) with the channels that
    were asked for, averaged down, or (numbers,) of a vector; ``low`` and ``high`` are over the whole
    output. A ``Flatten`` of maps is a vector.
    """

    path: str
    node: str
    kind: str
    shape: Shape
    tensor: Tensor
    low: float
    high: float
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more comes under this ticket."""

    source: Source


@dataclass(frozen=True, slots=True)
class KernelsOf:
    """``tensor`` is float32 (out, in, height, width), all of the convolution's filters."""

    path: str
    node: str
    tensor: Tensor
    source: Source


@dataclass(frozen=True, slots=True)
class KernelsThroughTime:
    """A convolution's filters at some epochs, ascending; 0 is before training.

    Each of ``tensors`` is float16 (out, in, height, width) of the first filters and their first channels
    (``whole`` is the convolution's own shape). ``changes`` is float32 (epochs, out): how far each filter
    has gone from where it began, ``|w - w0| / |w0|`` (Euclidean norms; 0 where there was nothing). ``low``
    and ``high`` are over all. ``live`` tells that the last are the weights of a training that goes on.
    """

    path: str
    node: str
    whole: Shape
    epochs: tuple[int, ...]
    tensors: tuple[Tensor, ...]
    changes: Tensor
    low: float
    high: float
    live: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts over the test set, in its order: ``labels`` and ``predictions`` int32 (N,).

    ``confidences`` float32 (N,) is the probability of the predicted class, ``truths`` that of the true one.
    """

    labels: Tensor
    predictions: Tensor
    confidences: Tensor
    truths: Tensor
    class_names: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Images:
    """Test images uint8 (N, H, W, C) at the network's input size, in the order that was asked for."""

    indices: tuple[int, ...]
    tensor: Tensor
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Patches:
    """The patches that excite one filter most, best first, after ``seen`` of ``total`` test images.

    ``tensor`` is uint8 (patches, h, w, C) with the size of the receptive field, at most the picture, averaged
    down to 64 pixels a side where it is larger; what lies outside of the picture is black. ``boxes``
    are (top, left, bottom, right) of the receptive field in pixels of the input, end exclusive, clipped to
    the picture. More of the same filter replace the earlier; ``Done`` comes after the last.
    """

    path: str
    filter: int
    tensor: Tensor
    scores: tuple[float, ...]
    indices: tuple[int, ...]
    labels: tuple[int, ...]
    boxes: tuple[tuple[int, int, int, int], ...]
    seen: int
    total: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """float32 (H, W) at the network's input size.

    Grad-CAM and input gradient are from 0 up (nothing to most); an occlusion map is how much the class's
    probability falls when the place is covered, negative where it rises. ``image`` as in
    :class:`Prediction`; ``probability`` is that of class ``target``.
    """

    kind: HeatKind
    path: str
    tensor: Tensor
    low: float
    high: float
    target: int
    probability: float
    image: Tensor
    source: Source
    versus: "HeatMap | None" = None
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class BlockShift:
    """How far a block's output moved: ``|f(shifted) - f(x)| / |f(x)|`` (Euclidean norms)."""

    path: str
    node: str
    kind: str
    change: float


@dataclass(frozen=True, slots=True)
class Shifted:
    """Every block's movement in reading order, with that of the input itself in front of all.

    ``before`` and ``after`` are float32 (classes,) probabilities, ``image`` and ``moved`` the two pictures.
    """

    input_change: float
    blocks: tuple[BlockShift, ...]
    before: Tensor
    after: Tensor
    image: Tensor
    moved: Tensor
    source: Source


LookReply = (
    Prediction | Maps | Done | KernelsOf | KernelsThroughTime | Judged | Images | Patches | HeatMap | Shifted
)
