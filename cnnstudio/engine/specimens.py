"""Some images of each class, remembered: what the data card and the preview of the augmentation show.

They are asked for while a training goes on, again and again while a setting is dragged. So the data set is
read once and let go of, and a folder that nobody has decoded yet is not decoded for them.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Preparing
from cnnstudio.engine.control import Control
from cnnstudio.engine.prepare import Emit, read_dataset
from cnnstudio.workspace import datasets, paths
from cnnstudio.workspace.datasets.decoding import decode_all
from cnnstudio.workspace.datasets.folder import Entry, FolderContents, scan_folder
from cnnstudio.workspace.datasets.folder_cache import DecodedFolder, cached_folder, fingerprint
from cnnstudio.workspace.datasets.moments import moments
from cnnstudio.workspace.datasets.stored import state
from cnnstudio.workspace.errors import DatasetError
from cnnstudio.workspace.progress import Progress, ignore, stop_if

Value = TypeVar("Value")
MOST = 160
"""So many images are remembered of a data set."""
_SCAN_HOLDS = 5.0
"""Seconds for which a folder is taken to be as it was: a preview asks several times a second."""
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Specimens:
    """The first images of each class (N, H, W, C) uint8, their labels, and the mean of the data set."""

    images: NDArray[np.uint8]
    labels: tuple[int, ...]
    class_names: tuple[str, ...]
    mean: tuple[float, ...]

    def take(self, count: int) -> Specimens:
        """So many, of each class in turn."""
        order = in_turn(np.array(self.labels))[:count]
        labels = tuple(self.labels[index] for index in order)
        return Specimens(self.images[order], labels, self.class_names, self.mean)


class Remembered(Generic[Value]):
    """The last few answers. Who asks for one that is being worked out waits for it."""

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, Value] = OrderedDict()
        self._working = threading.Lock()

    def get(self, key: Hashable, control: Control, work: Callable[[], Value]) -> Value:
        """The answer under this key, worked out if need be; raises what ``work`` raises, and `Cancelled`."""
        while not self._working.acquire(timeout=_POLL):
            stop_if(control.stopped)
        try:
            if key not in self._known:
                self._known[key] = work()
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
            return self._known[key]
        finally:
            self._working.release()


@dataclass(frozen=True)
class Subject:
    """The data that a document names, as they are on the disk now."""

    document: Document
    folder: Path
    contents: FolderContents | None
    state: Hashable
    """Changes when the files do."""

    @property
    def key(self) -> Hashable:
        """What everything that is known of the data depends on."""
        size, settings = self.document.input, self.document.training
        drawn = (settings.seed, self.document.classes) if settings.dataset == "shapes" else ()
        split = settings.seed if settings.dataset == "folder" else None
        return settings.dataset, str(self.folder), self.state, size, drawn, split

    @property
    def size(self) -> tuple[int, int, int]:
        """Height, width and channels of the network's input."""
        size = self.document.input
        return size.height, size.width, size.channels

    def decoded(self) -> DecodedFolder | None:
        """A folder's images, where they have been decoded already."""
        return cached_folder(self.contents, self.size, paths.cache_dir()) if self.contents else None

    def load(self, emit: Emit, control: Control) -> datasets.Dataset:
        """All images; downloads nothing."""
        return read_dataset(self.document, self.folder, None, emit, control, download=False)


_scans: dict[tuple[str, int], tuple[float, FolderContents, str]] = {}
_specimens: Remembered[Specimens] = Remembered()


def subject(document: Document, data_dir: str | None, emit: Emit, control: Control) -> Subject:
    """The data of the document; raises `DatasetError` for a folder that holds no classes, and `Cancelled`."""
    folder = Path(data_dir) if data_dir else paths.data_dir()
    if document.training.dataset != "folder":
        return Subject(document, folder, None, state(document.training.dataset, folder))
    place = (str(folder), document.training.seed)
    known = _scans.get(place)
    if known is None or time.monotonic() - known[0] > _SCAN_HOLDS:

        def report(progress: Progress) -> None:
            emit(Preparing(progress.stage, progress.name, progress.done, progress.total))

        contents = scan_folder(folder, document.training.seed, report, control.stopped)
        known = (time.monotonic(), contents, fingerprint(contents, control.stopped))
        _scans.clear()
        _scans[place] = known
    return Subject(document, folder, known[1], known[2])


def specimens(subject: Subject, emit: Emit, control: Control) -> Specimens:
    """The first images of each class, at the data set's size with the network's channels."""

    def work() -> Specimens:
        if subject.contents is not None and subject.decoded() is None:
            return _decoded_few(subject, subject.contents, control)
        return _picked(subject.load(emit, control))

    return _specimens.get(subject.key, control, work)


def load(subject: Subject, emit: Emit, control: Control) -> datasets.Dataset:
    """All images; some are remembered. Who asks for those meanwhile waits instead of reading as well."""
    found: list[datasets.Dataset] = []

    def work() -> Specimens:
        found.append(subject.load(emit, control))
        return _picked(found[0])

    _specimens.get(subject.key, control, work)
    return found[0] if found else subject.load(emit, control)


def _picked(dataset: datasets.Dataset) -> Specimens:
    chosen = in_turn(dataset.train.labels)[:MOST]
    images = np.array(dataset.train.images[chosen])
    labels = tuple(dataset.train.labels[chosen].tolist())
    return Specimens(images, labels, dataset.class_names, dataset.mean)


def in_turn(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """An order that begins with the first image of each class, goes on with the second, and so on."""
    order = np.argsort(labels, kind="stable")
    return order[np.argsort(_ranks(labels[order]), kind="stable")]


def _ranks(sorted_labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of the same label come before each."""
    return np.arange(len(sorted_labels)) - np.searchsorted(sorted_labels, sorted_labels, side="left")


def _decoded_few(subject: Subject, contents: FolderContents, control: Control) -> Specimens:
    labels = np.array([entry.label for entry in contents.train])
    entries: list[Entry] = [contents.train[number] for number in in_turn(labels)[:MOST].tolist()]
    found = [
        (entry.label, image)
        for _, entry, image in decode_all(contents.root, entries, subject.size, ignore, control.stopped)
        if not isinstance(image, str)
    ]
    if not found:
        raise DatasetError(f"None of the first images of each class in {contents.root} could be read.")
    images = np.stack([image for _, image in found])
    mean, _ = moments(images).mean_std
    return Specimens(images, tuple(label for label, _ in found), contents.class_names, mean)
