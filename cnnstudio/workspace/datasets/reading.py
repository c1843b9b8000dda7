"""Reading a data set the way a model takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.workspace import paths
from cnnstudio.workspace.datasets.catalogue import IDX_NAMES, dataset
from cnnstudio.workspace.datasets.downloading import download
from cnnstudio.workspace.datasets.info import Dataset, DatasetInfo, Split
from cnnstudio.workspace.errors import DamagedFileError, DatasetError, damaged
from cnnstudio.workspace.progress import CancelCheck, Progress, Report, ignore, never, stop_if

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images


@dataclass(frozen=True, slots=True)
class _Request:
    """What `load` was asked for."""

    info: DatasetInfo
    folder: Path
    height: int
    width: int
    channels: int
    seed: int
    limit: int | None
    classes: int | None
    progress: Report
    cancelled: CancelCheck


def load(
    id: str,
    data_dir: Path | None = None,
    *,
    height: int,
    width: int,
    channels: int,
    seed: int = 0,
    limit: int | None = None,
    classes: int | None = None,
    progress: Report | None = None,
    cancelled: CancelCheck = never,
    repair: bool = False,
) -> Dataset:
    """Read a data set from disk (or draw it) with the model's channels.

    `data_dir` is the data folder (by default `paths.data_dir()`), for "folder" the image folder itself.
    `height`, `width` and `channels` are the model's input. `limit` keeps the first so many training images;
    the test images stay whole. `classes` sets how many shapes "shapes" draws (10). `seed` decides what
    "shapes" draws and, for a folder without parts of its own, which images are set aside for testing: keep it
    the same where runs are to be compared.

    Grey is repeated for a model that wants colour, colour becomes grey by luma, any other number of channels
    takes red, green and blue in turn. Published images keep their size: see `Dataset.target`. Image folders
    are decoded at the model's size (shorter side resized, centre cropped) into a cache that is mapped.

    With `repair` a damaged file of a published data set is told (stage "repair") and fetched again.

    Raises `DatasetError` (unknown, missing, damaged) and `Cancelled`.
    """
    info = dataset(id)
    if min(height, width, channels) < 1 or (limit is not None and limit < 1):
        raise DatasetError(f"{info.title} needs a height, width, number of channels and limit of at least 1.")
    folder = data_dir if data_dir is not None else paths.data_dir()
    request = _Request(
        info, folder, height, width, channels, seed, limit, classes, progress or ignore, cancelled
    )
    stop_if(cancelled)
    try:
        return _READERS[info.id](request)
    except DamagedFileError as error:
        if not (repair and info.downloadable):
            raise
        _fetch_again(request, error)
    return _READERS[info.id](request)


def _fetch_again(request: _Request, damage: DamagedFileError) -> None:
    request.progress(Progress("repair", damage.path.name, 0, 0))
    try:
        download(
            request.info.id,
            request.folder,
            request.progress,
            request.cancelled,
            distrusted=frozenset((damage.path,)),
        )
    except DatasetError as error:
        raise DatasetError(f"{damage.path} is damaged ({damage.reason}), and {error}") from error


def _load_idx(request: _Request) -> Dataset:
    train_images, train_labels, test_images, test_labels = (
        request.folder / Path(request.info.files[0]).parent / name for name in IDX_NAMES
    )
    request.progress(
        Progress("read", request.info.title, 0, request.info.train_count + request.info.test_count)
    )
    train = _read_idx_split(train_images, train_labels, request)
    test = _read_idx_split(test_images, test_labels, request)
    count = len(train) + len(test)
    request.progress(Progress("read", request.info.title, count, count))
    return _published(request, train, test)


def _read_idx_split(images_path: Path, labels_path: Path, request: _Request) -> Split:
    from cnnstudio.workspace.datasets import idx

    stop_if(request.cancelled)
    images, labels = idx.read_images(images_path), idx.read_labels(labels_path)
    if len(images) != len(labels):
        raise damaged(labels_path, f"it has {len(labels)} labels for {len(images)} images")
    if len(labels) == 0 or labels.max() >= request.info.classes:
        raise damaged(labels_path, f"its labels are not numbers from 0 to {request.info.classes - 1}")
    return Split(images, labels)


def _load_cifar(request: _Request) -> Dataset:
    from cnnstudio.workspace.datasets import cifar

    total = request.info.train_count + request.info.test_count

    def step(already: int) -> Callable[[int], None]:
        def report(count: int) -> None:
            stop_if(request.cancelled)
            request.progress(Progress("read", request.info.title, already + count, total))

        return report

    train = cifar.read_train(request.folder, step=step(0))
    test = cifar.read_test(request.folder, step=step(len(train)))
    return _published(request, train, test)


def _load_shapes(request: _Request) -> Dataset:
    from cnnstudio.workspace.datasets import shapes

    names = shapes.class_names(len(request.info.class_names) if request.classes is None else request.classes)
    height, width = shapes.drawing_size(request.height, request.width)
    counts = (request.info.train_count, request.info.test_count)
    parts = []
    for part, count in enumerate(counts):
        stop_if(request.cancelled)
        request.progress(Progress("draw", request.info.title, sum(counts[:part]), sum(counts)))
        parts.append(
            shapes.draw(
                count, height, width, request.channels, classes=len(names), seed=request.seed, part=part
            )
        )
    request.progress(Progress("draw", request.info.title, sum(counts), sum(counts)))
    info = replace(request.info, height=height, width=width, channels=request.channels, class_names=names)
    return _measured(request, info, _limited(parts[0], request.limit), parts[1])


def _load_folder(request: _Request) -> Dataset:
    from cnnstudio.workspace.datasets.folder import scan_folder
    from cnnstudio.workspace.datasets.folder_cache import decoded_folder

    # The limit comes before decoding, so that a quick try on a large folder is quick.
    contents = scan_folder(request.folder, request.seed, request.progress, request.cancelled)
    contents = contents.first(request.limit)
    if not contents.test:
        raise DatasetError(
            f"{request.folder} holds one image a class, which leaves none to test on: give the classes more."
        )
    size = (request.height, request.width, request.channels)
    decoded = decoded_folder(
        contents, size, paths.cache_dir(), progress=request.progress, cancelled=request.cancelled
    )
    mean, std = decoded.moments.mean_std
    info = replace(
        request.info,
        title=contents.root.name or request.info.title,
        height=request.height,
        width=request.width,
        channels=request.channels,
        class_names=contents.class_names,
        train_count=len(decoded.train),
        test_count=len(decoded.test),
        source=str(contents.root),
        mean=mean,
        std=std,
    )
    found = _dataset(request, info, (decoded.train, decoded.test), (mean, std))
    return replace(found, skipped=decoded.skipped)


def _published(request: _Request, train: Split, test: Split) -> Dataset:
    """A data set whose statistics are known, if the model takes its channels or repeats its grey."""
    from cnnstudio.workspace.datasets.channels import split_with_channels

    info, wanted = request.info, request.channels
    train = split_with_channels(_limited(train, request.limit), wanted)
    test = split_with_channels(test, wanted)
    if info.channels not in (1, wanted):
        return _measured(request, info, train, test)
    repeats = wanted // info.channels
    return _dataset(request, info, (train, test), (info.mean * repeats, info.std * repeats))


def _measured(request: _Request, info: DatasetInfo, train: Split, test: Split) -> Dataset:
    """A data set whose mean and standard deviation are taken from its training images."""
    from cnnstudio.workspace.datasets.channels import mean_std

    mean, std = mean_std(train.images)
    if info.any_size:
        info = replace(info, mean=mean, std=std)
    return _dataset(request, info, (train, test), (mean, std))


def _dataset(
    request: _Request,
    info: DatasetInfo,
    parts: tuple[Split, Split],
    statistics: tuple[tuple[float, ...], tuple[float, ...]],
) -> Dataset:
    target = (request.height, request.width)
    return Dataset(info, *parts, info.class_names, target, *statistics)


def _limited(split: Split, limit: int | None) -> Split:
    """The first so many images, of their own: a view would keep the others in memory too."""
    if limit is None or limit >= len(split):
        return split
    images: Images = split.images[:limit].copy()
    return Split(images, split.labels[:limit].copy())


_READERS: dict[str, Callable[[_Request], Dataset]] = {
    "mnist": _load_idx,
    "fashion-mnist": _load_idx,
    "cifar10": _load_cifar,
    "shapes": _load_shapes,
    "folder": _load_folder,
}
