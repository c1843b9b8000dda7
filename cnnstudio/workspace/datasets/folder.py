"""What an image folder holds: one subfolder a class, optionally `train` and `test` or `val` above them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from cnnstudio.workspace.datasets.catalogue import FOLDER
from cnnstudio.workspace.datasets.info import DatasetInfo
from cnnstudio.workspace.errors import DatasetError
from cnnstudio.workspace.progress import CancelCheck, Progress, Report, ignore, never, stop_if

IMAGE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".pbm", ".jfif")
)
TRAIN_NAMES = ("train", "training")
TEST_NAMES = ("test", "testing", "val", "valid", "validation")
TEST_SHARE = 0.2
_AT_ONCE = 2_000
"""So many names are looked at between two looks at whether to stop."""
_SYSTEMS = ("lost+found", "system volume information", "$recycle.bin")
"""What stands beside the classes where the folder is a whole disk."""
_ByClass = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One image file: where it lies below the folder (POSIX) and the number of its class."""

    path: str
    label: int

    def without(self, reason: str) -> str:
        """For the list of images that could not be read."""
        return f"{readable(self.path)}: {readable(reason)}"


@dataclass(frozen=True, slots=True)
class FolderContents:
    """What was found: the classes in the order of their names, and the images of both parts.

    `train` is shuffled, always in the same way, so that its first N are a fair sample; `test` is sorted.
    `limit` says that only the first so many were kept.
    """

    root: Path
    class_names: tuple[str, ...]
    train: tuple[Entry, ...]
    test: tuple[Entry, ...]
    limit: int | None = None

    def first(self, limit: int | None) -> FolderContents:
        """The same folder with so many training images at most."""
        if limit is None or limit >= len(self.train):
            return self
        return replace(self, train=self.train[:limit], limit=limit)


def scan_folder(
    root: Path, seed: int = 0, progress: Report = ignore, cancelled: CancelCheck = never
) -> FolderContents:
    """Look through the folder; `DatasetError` saying what was expected where it is no image folder.

    Without a `test` or `val` folder, a fifth of each class (at least one image) is set aside by `seed`.
    `progress` hears how many images were found so far (stage "scan"). Raises `Cancelled`.
    """
    place = str(root.absolute())
    try:
        if not root.is_dir():
            raise DatasetError(
                f"There is no folder {root}: choose a folder with one subfolder of images a class."
            )
        if (legible := readable(place)) != place:
            raise DatasetError(f"The name of {legible} is not in UTF-8, which no run can note: rename it.")
        return _scan(root, seed, _Walk(root, progress, cancelled))
    except OSError as error:
        place = readable(str(error.filename or root))
        raise DatasetError(f"{place} cannot be read ({error.strerror or error}).") from error


def readable(name: str) -> str:
    r"""The name of a file as text that can be shown and written.

    Names from old archives may be in other letters than UTF-8 (CP949 of Korean Windows); those bytes stand as
    `\xb0`.
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")


class _Walk:
    """Goes through the folders below `root`, counts, and stops when it shall."""

    def __init__(self, root: Path, progress: Report, cancelled: CancelCheck) -> None:
        self._root = root
        self._progress = progress
        self._cancelled = cancelled
        self._count = self._told = 0

    def images_by_class(self, folder: Path) -> _ByClass:
        """Those below each visible subfolder that has any, as POSIX paths in the order of their parts."""
        classes = {e.name: self._images_below(e) for e in folder.iterdir() if _is_visible_folder(e)}
        return {name: images for name, images in classes.items() if images}

    def _images_below(self, folder: Path) -> list[str]:
        found: list[tuple[str, ...]] = []
        # os.walk does not follow links to folders, so that a link to a parent is no endless loop.
        for below, _, names in os.walk(folder, onerror=_raise):
            parts = Path(below).relative_to(self._root).parts
            for start in range(0, len(names), _AT_ONCE):
                stop_if(self._cancelled)
                some = [(*parts, name) for name in names[start : start + _AT_ONCE] if _is_image(name)]
                self._count += len(some)
                found += some
                if self._count >= self._told + _AT_ONCE:  # of a small folder there is nothing to tell
                    self._told = self._count
                    self._progress(Progress("scan", self._root.name, self._count, 0))
        return ["/".join(parts) for parts in sorted(found)]


def _scan(root: Path, seed: int, walk: _Walk) -> FolderContents:
    train_root, test_root = _named(root, TRAIN_NAMES), _named(root, TEST_NAMES)
    found = walk.images_by_class(train_root) if train_root is not None else {}
    if not found:
        # No parts above the classes; folders that happen to be called "train" and "test" are classes then.
        train_root, test_root, found = root, None, walk.images_by_class(root)
    if len(found) < 2:
        number = "no subfolder" if not found else f"only one subfolder ({readable(next(iter(found)))})"
        raise DatasetError(
            f"{train_root} holds {number} with images: give each class a subfolder of its own."
        )
    names = tuple(sorted(found))
    if test_root is None:
        train, test = _split(names, found, seed)
    else:
        train = _entries(names, found)
        test = _entries(names, _test_images(test_root, names, walk))
    # The same order for every seed, so that a folder with parts of its own is decoded only once.
    train.sort(key=lambda entry: _lot("", entry.path))
    return FolderContents(root, tuple(map(readable, names)), tuple(train), tuple(test))


def is_image_folder(root: Path) -> bool:
    """Whether there is at least one image in a subfolder that can be read; stops at the first."""
    return any(
        _is_image(name) for folder, _, names in os.walk(root) if Path(folder) != root for name in names
    )


def describe_folder(
    path: Path, seed: int = 0, progress: Report = ignore, cancelled: CancelCheck = never
) -> DatasetInfo:
    """The catalogue entry of an image folder: its name, classes and counts. Opens no image."""
    contents = scan_folder(path, seed, progress, cancelled)
    return replace(
        FOLDER,
        title=path.name or FOLDER.title,
        class_names=contents.class_names,
        train_count=len(contents.train),
        test_count=len(contents.test),
        source=str(path),
    )


def _named(root: Path, names: tuple[str, ...]) -> Path | None:
    """The first subfolder with one of these names, whatever their case."""
    folders = {entry.name.lower(): entry for entry in sorted(root.iterdir()) if entry.is_dir()}
    return next((folders[name] for name in names if name in folders), None)


def _is_image(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122


def _is_visible_folder(entry: Path) -> bool:
    return not entry.name.startswith(".") and entry.name.lower() not in _SYSTEMS and entry.is_dir()


def _raise(error: OSError) -> None:
    """A class that may not be looked into must not go missing without a word."""
    raise error


def _entries(names: tuple[str, ...], images: _ByClass) -> list[Entry]:
    return [Entry(path, label) for label, name in enumerate(names) for path in images.get(name, ())]


def _test_images(test_root: Path, names: tuple[str, ...], walk: _Walk) -> _ByClass:
    found = walk.images_by_class(test_root)
    strangers = sorted(set(found) - set(names))
    if strangers:
        raise DatasetError(
            f"{test_root / readable(strangers[0])} has no counterpart among the training images: "
            "give both the same classes."
        )
    if not found:
        raise DatasetError(f"{test_root} holds no images: fill it like the training folder, or remove it.")
    return found


def _split(names: tuple[str, ...], images: _ByClass, seed: int) -> tuple[list[Entry], list[Entry]]:
    """A fifth of each class for testing, but never a class's only image."""
    train: list[Entry] = []
    test: list[Entry] = []
    for label, name in enumerate(names):
        paths = images[name]
        aside = max(1, round(TEST_SHARE * len(paths))) if len(paths) > 1 else 0
        chosen = set(sorted(paths, key=lambda path: _lot(str(seed), path))[:aside])
        train += [Entry(path, label) for path in paths if path not in chosen]
        test += [Entry(path, label) for path in paths if path in chosen]
    return train, test


def _lot(seed: str, path: str) -> bytes:
    """What a file draws. By its name, so that one that comes or goes does not move the others: a run can be
    gone on with when an image that cannot be read is taken away.
    """
    return hashlib.blake2b(os.fsencode(f"{seed}/{path}"), digest_size=8).digest()
