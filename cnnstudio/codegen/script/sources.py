"""The data sets that a script can train on, and how torchvision gets at them.

Numbers and names repeat the catalogue of :mod:`cnnstudio.workspace.datasets`, which this package may not
import; a test compares them.
"""

from dataclasses import dataclass
from typing import Literal

from cnnstudio.codegen.errors import CannotGenerate


@dataclass(frozen=True, slots=True)
class Source:
    """A data set: what it is called, its images and its statistics (for pixels from 0 to 1).

    ``grey`` are mean and standard deviation after conversion to one channel. ``classes`` is None where
    the network's number counts.
    """

    id: str
    title: str
    kind: Literal["torchvision", "folder", "shapes"]
    constructor: str
    size: tuple[int, int] | None
    channels: int
    classes: int | None
    mean: tuple[float, ...]
    std: tuple[float, ...]
    grey: tuple[float, float]


SOURCES = (
    Source("mnist", "MNIST", "torchvision", "MNIST", (28, 28), 1, 10, (0.1307,), (0.3081,), (0.1307, 0.3081)),
    Source(
        "fashion-mnist",
        "Fashion-MNIST",
        "torchvision",
        "FashionMNIST",
        (28, 28),
        1,
        10,
        (0.286,),
        (0.353,),
        (0.286, 0.353),
    ),
    Source(
        "cifar10",
        "CIFAR-10",
        "torchvision",
        "CIFAR10",
        (32, 32),
        3,
        10,
        (0.4914, 0.4822, 0.4465),
        (0.247, 0.2435, 0.2616),
        (0.4809, 0.2392),
    ),
    # The statistics of photographs at large (ImageNet).
    Source(
        "folder",
        "a folder of images",
        "folder",
        "ImageFolder",
        None,
        3,
        None,
        (0.485, 0.456, 0.406),
        (0.229, 0.224, 0.225),
        (0.449, 0.226),
    ),
    Source("shapes", "shapes drawn by code", "shapes", "", None, 3, None, (0.5,), (0.25,), (0.5, 0.25)),
)
MOST_SHAPES = 10


def source(id: str) -> Source:
    """The data set with this id; raises :class:`CannotGenerate` naming those that there are."""
    for each in SOURCES:
        if each.id == id:
            return each
    known = ", ".join(each.id for each in SOURCES)
    raise CannotGenerate(f"There is no data set '{id[:60]}' to train on: choose one of {known}.")
