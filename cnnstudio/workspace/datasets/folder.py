"""What an image folder holds: one subfolder a class, optionally `train` and `test` or `val` above them."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, replace
from pathlib import Path

from cnnstudio.workspace.datasets.catalogue import FOLDER
from cnnstudio.workspace.datasets.info import DatasetInfo
from cnnstudio.workspace.errors import DatasetError

IMAGE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".pbm", ".jfif")
)
TRAIN_NAMES = ("train", "training")
TEST_NAMES = ("test", "testing", "val", "valid", "validation")
TEST_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Entry:
    """One image file: where it lies below the folder (POSIX) and the number of its class."""

    path: str
    label: int


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


def scan_folder(root: Path, seed: int = 0) -> FolderContents:
    """Look through the folder; `DatasetError` saying what was expected where it is no image folder.

    Without a `test` or `val` folder, a fifth of each class (at least one image) is set aside by `seed`.
    """
    if not root.is_dir():
        raise DatasetError(
            f"There is no folder {root}: choose a folder with one subfolder of images a class."
        )
    try:
        return _scan(root, seed)
    except OSError as error:
        raise DatasetError(f"{error.filename or root} cannot be read ({error.strerror or error}).") from error


def _scan(root: Path, seed: int) -> FolderContents:
    train_root, test_root = _named(root, TRAIN_NAMES), _named(root, TEST_NAMES)
    found = _images_by_class(train_root) if train_root is not None else {}
    if not found:
        # No parts above the classes; folders that happen to be called "train" and "test" are classes then.
        train_root, test_root, found = root, None, _images_by_class(root)
    if len(found) < 2:
        number = "no subfolder" if not found else f"only one subfolder ({next(iter(found))})"
        raise DatasetError(
            f"{train_root} holds {number} with images: give each class a subfolder of its own."
        )
    names = tuple(sorted(found))
    every = {name: [_below(root, path) for path in sorted(found[name])] for name in names}
    if test_root is None:
        train, test = _split(names, every, seed)
    else:
        train, test = _entries(names, every), _test_entries(root, test_root, names)
    # The same order for every seed, so that a folder with parts of its own is decoded only once.
    random.Random(len(train)).shuffle(train)
    return FolderContents(root, names, tuple(train), tuple(test))


def is_image_folder(root: Path) -> bool:
    """Whether there is at least one image in a subfolder; stops at the first."""
    return root.is_dir() and any(
        _is_image(name) for folder, _, names in os.walk(root) if Path(folder) != root for name in names
    )


def describe_folder(path: Path, seed: int = 0) -> DatasetInfo:
    """The catalogue entry of an image folder: its name, classes and counts. Opens no image."""
    contents = scan_folder(path, seed)
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


def _images_by_class(root: Path) -> dict[str, list[Path]]:
    classes = {entry.name: _images_below(entry) for entry in root.iterdir() if _is_visible_folder(entry)}
    return {name: images for name, images in classes.items() if images}


def _images_below(folder: Path) -> list[Path]:
    # os.walk does not follow links to folders, so that a link to a parent is no endless loop.
    return [Path(below) / name for below, _, names in os.walk(folder) for name in names if _is_image(name)]


def _is_image(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in IMAGE_SUFFIXES


def _is_visible_folder(entry: Path) -> bool:
    return not entry.name.startswith(".") and entry.is_dir()


def _below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _entries(names: tuple[str, ...], images: dict[str, list[str]]) -> list[Entry]:
    return [Entry(path, label) for label, name in enumerate(names) for path in images.get(name, ())]


def _test_entries(root: Path, test_root: Path, names: tuple[str, ...]) -> list[Entry]:
    found = _images_by_class(test_root)
    strangers = sorted(set(found) - set(names))
    if strangers:
        raise DatasetError(
            f"{test_root / strangers[0]} has no counterpart among the training images: "
            "give both the same classes."
        )
    if not found:
        raise DatasetError(f"{test_root} holds no images: fill it like the training folder, or remove it.")
    return _entries(names, {name: [_below(root, path) for path in sorted(found[name])] for name in found})


def _split(
    names: tuple[str, ...], images: dict[str, list[str]], seed: int
) -> tuple[list[Entry], list[Entry]]:
    """A fifth of each class for testing, but never a class's only image."""
    train: list[Entry] = []
    test: list[Entry] = []
    for label, name in enumerate(names):
        paths = images[name]
        aside = max(1, round(TEST_SHARE * len(paths))) if len(paths) > 1 else 0
        # Seeded by the name as well: adding a class does not reshuffle the others.
        chosen = set(random.Random(f"{seed}/{name}").sample(paths, aside))
        train += [Entry(path, label) for path in paths if path not in chosen]
        test += [Entry(path, label) for path in paths if path in chosen]
    return train, test
