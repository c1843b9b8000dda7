"""What a data set holds: sizes, class balance, mean and deviation, some images of each class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnstudio.core.messages import DataCard, Preparing, Skipped, Tensor
from cnnstudio.core.requests import DescribeData
from cnnstudio.engine.control import Control
from cnnstudio.engine.prepare import MOST_SKIPPED, Emit
from cnnstudio.engine.specimens import (
    Remembered,
    Specimens,
    Subject,
    load,
    specimens,
    subject,
)
from cnnstudio.workspace import datasets
from cnnstudio.workspace.datasets.decoding import decode_all
from cnnstudio.workspace.datasets.folder import FolderContents
from cnnstudio.workspace.datasets.folder_cache import decoded_bytes
from cnnstudio.workspace.datasets.moments import moments, nothing
from cnnstudio.workspace.errors import DatasetError
from cnnstudio.workspace.progress import Progress, stop_if

Floats = tuple[float, ...]
DECODED_UNASKED = 256 << 20
"""A folder that takes more than so many bytes when decoded is not decoded before a training asks for it."""
MEASURED_IMAGES = 500
_LARGEST_SIDE = 112
_CHUNK_BYTES = 4 << 20
_cards: Remembered[DataCard] = Remembered()


def describe(request: DescribeData, emit: Emit, control: Control) -> DataCard:
    """The card, from memory if the files are as they were; raises what reading raises, and `Cancelled`."""
    about = subject(request.document, request.data_dir, emit, control)
    return _cards.get(
        (about.key, request.samples), control, lambda: _described(about, request.samples, emit, control)
    )


def _described(about: Subject, samples: int, emit: Emit, control: Control) -> DataCard:
    contents = about.contents
    is_large = contents is not None and decoded_bytes(contents, about.size) > DECODED_UNASKED
    if contents is not None and is_large and about.decoded() is None:
        return _estimated(about, contents, samples, emit, control)
    # A folder's decoding may take a while, for which a preview need not wait.
    dataset = load(about, emit, control) if contents is None else about.load(emit, control)
    classes = len(dataset.class_names)
    mean, std = (dataset.mean, dataset.std) if contents is not None else _measured(dataset, control)
    return _card(
        about,
        specimens(about, emit, control).take(samples),
        counts=(_counts(dataset.train.labels, classes), _counts(dataset.test.labels, classes)),
        mean_std=(mean, std),
        skipped=dataset.skipped,
    )


def _estimated(
    about: Subject, contents: FolderContents, samples: int, emit: Emit, control: Control
) -> DataCard:
    """Of a large folder that is not decoded yet: all names, but only some of the images."""
    entries = contents.train[:MEASURED_IMAGES]  # they are shuffled
    known, skipped = nothing(about.size[2]), []

    def report(progress: Progress) -> None:
        emit(Preparing(progress.stage, progress.name, progress.done, progress.total))

    for _, entry, image in decode_all(contents.root, entries, about.size, report, control.stopped):
        if isinstance(image, str):
            skipped.append(entry.without(image))
        else:
            known += moments(image)
    if not known.values:
        raise DatasetError(
            f"None of {len(entries)} images in {contents.root} could be read, the first because {skipped[0]}."
        )
    labels, test_labels = (
        np.array([entry.label for entry in part], dtype=np.int64) for part in (contents.train, contents.test)
    )
    classes = len(contents.class_names)
    return _card(
        about,
        specimens(about, emit, control).take(samples),
        counts=(_counts(labels, classes), _counts(test_labels, classes)),
        mean_std=known.mean_std,
        skipped=tuple(skipped),
        measured=len(entries),
    )


def _card(
    about: Subject,
    shown: Specimens,
    *,
    counts: tuple[tuple[int, ...], tuple[int, ...]],
    mean_std: tuple[Floats, Floats],
    skipped: tuple[str, ...],
    measured: int = 0,
) -> DataCard:
    return DataCard(
        dataset=about.document.training.dataset,
        train_images=sum(counts[0]),
        test_images=sum(counts[1]),
        class_names=shown.class_names,
        train_counts=counts[0],
        test_counts=counts[1],
        mean=mean_std[0],
        std=mean_std[1],
        samples=as_tensor(_small(shown.images)),
        sample_labels=shown.labels,
        skipped=Skipped(len(skipped), skipped[:MOST_SKIPPED]) if skipped else None,
        measured=measured,
    )


def _measured(dataset: datasets.Dataset, control: Control) -> tuple[Floats, Floats]:
    """Of all training images, some at a time: a cancel is answered at once and the training hardly waits."""
    images = dataset.train.images
    known = nothing(images.shape[3])
    at_once = max(1, _CHUNK_BYTES // max(1, images[:1].nbytes))
    for start in range(0, len(images), at_once):
        stop_if(control.stopped)
        known += moments(images[start : start + at_once])
    return known.mean_std


def _counts(labels: NDArray[np.int64], classes: int) -> tuple[int, ...]:
    return tuple(np.bincount(labels, minlength=classes).tolist())


def _small(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Large images as a card shows them."""
    count, height, width, channels = images.shape
    scale = _LARGEST_SIDE / max(height, width)
    if scale >= 1 or not count:
        return images
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    planes = [
        np.stack([np.asarray(Image.fromarray(image[..., c]).resize(size)) for image in images])
        for c in range(channels)
    ]
    return np.stack(planes, axis=3)


def as_tensor(images: NDArray[np.uint8]) -> Tensor:
    """Pixels as messages carry them."""
    return Tensor(images.shape, np.ascontiguousarray(images).tobytes(), "uint8")
