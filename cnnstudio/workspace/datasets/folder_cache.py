"""Image folders decoded once into a file that is mapped, not read: a folder may be larger than memory.

A cache is two files: `NAME.npy`, the images of both parts, training first, and `NAME.json`, their labels,
what was skipped and what the training images are like. The second is written last, so that it vouches for the
first. The name carries what the cache depends on: the paths, sizes and times of the files, the image size,
and how the parts are made up.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from cnnstudio.core.quantity import byte_text
from cnnstudio.workspace import disk_space
from cnnstudio.workspace.atomic import PART_SUFFIX, atomic_write, write_text
from cnnstudio.workspace.datasets.decoding import decode_all
from cnnstudio.workspace.datasets.folder import FolderContents
from cnnstudio.workspace.datasets.info import Split
from cnnstudio.workspace.datasets.moments import Moments, moments, nothing
from cnnstudio.workspace.errors import DatasetError
from cnnstudio.workspace.progress import CancelCheck, Progress, Report, never, stop_if
from cnnstudio.workspace.taking_turns import alone

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images

Size = tuple[int, int, int]
_VERSION = 2
_AT_ONCE = 2_000
"""So many files are looked at between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class DecodedFolder:
    """Both parts, mapped read-only, the images that could not be read, each with the reason, and the moments
    of the training images.
    """

    train: Split
    test: Split
    skipped: tuple[str, ...]
    moments: Moments


def decoded_folder(
    contents: FolderContents, size: Size, cache_dir: Path, *, progress: Report, cancelled: CancelCheck
) -> DecodedFolder:
    """The folder's images at `size` (height, width, channels), from the cache or decoded into it.

    Raises `DatasetError` when no image can be read or the disk has no room, `Cancelled` when asked to stop.
    """
    cached = cached_folder(contents, size, cache_dir)
    if cached is not None:
        return cached
    stem = _stem(contents, size)

    def waiting() -> None:
        progress(Progress("decode", contents.root.name, 0, 0))
        stop_if(cancelled)

    with alone(cache_dir / f".{_prefix(stem)}.lock", waiting):
        # Somebody else may have been at it meanwhile.
        cached = _open(cache_dir / stem)
        if cached is None:
            _sweep(cache_dir, stem)
            _make_room(contents, size, cache_dir, stem)
            _build(contents, size, cache_dir / stem, progress, cancelled)
            _forget_others(cache_dir, stem)
            cached = _open(cache_dir / stem)
    if cached is None:
        raise DatasetError(f"The decoded images in {cache_dir} vanished while they were made: start again.")
    return cached


def cached_folder(contents: FolderContents, size: Size, cache_dir: Path) -> DecodedFolder | None:
    """What is in the cache of the folder as it is now, if it is there and whole."""
    return _open(cache_dir / _stem(contents, size))


def decoded_bytes(contents: FolderContents, size: Size) -> int:
    """How much disk the decoded images take."""
    height, width, channels = size
    return (len(contents.train) + len(contents.test)) * height * width * channels


def fingerprint(contents: FolderContents, cancelled: CancelCheck = never) -> str:
    """Changes when a file comes, goes, or gets another size or time. Opens none; raises `Cancelled`."""
    what = hashlib.sha256(json.dumps(list(_states(contents, cancelled))).encode())
    return what.hexdigest()[:16]


def _stem(contents: FolderContents, size: Size) -> str:
    place = hashlib.sha256(os.fsencode(contents.root.resolve())).hexdigest()[:8]
    what = hashlib.sha256(json.dumps([_VERSION, size, *_states(contents)]).encode()).hexdigest()[:16]
    name = "".join(letter if letter.isalnum() else "-" for letter in contents.root.name)[:40]
    first = f"-first{contents.limit}" if contents.limit else ""
    return f"{name}-{place}-{'x'.join(map(str, size))}{first}-{what}"


def _prefix(stem: str) -> str:
    """What all caches of this folder at this size have in common."""
    return stem.rpartition("-")[0]


def _states(
    contents: FolderContents, cancelled: CancelCheck = never
) -> Iterator[tuple[str, int, int, int, str]]:
    for part, entries in (("train", contents.train), ("test", contents.test)):
        for number, entry in enumerate(entries):
            if number % _AT_ONCE == 0:
                stop_if(cancelled)
            try:
                status = (contents.root / entry.path).stat()
            except OSError:
                yield entry.path, entry.label, -1, -1, part
            else:
                yield entry.path, entry.label, status.st_size, status.st_mtime_ns, part


def _sweep(cache_dir: Path, stem: str) -> None:
    """Remove what killed processes left half decoded."""
    for part in cache_dir.glob(f".{_prefix(stem)}-*{PART_SUFFIX}"):
        with suppress(OSError):
            part.unlink()


def _forget_others(cache_dir: Path, stem: str) -> None:
    """Remove what was decoded at this size before the folder changed: one cache a folder and size."""
    others = (other for suffix in (".json", ".npy") for other in cache_dir.glob(f"{_prefix(stem)}-*{suffix}"))
    for other in others:
        if other.stem != stem and _prefix(other.stem) == _prefix(stem):
            with suppress(OSError):  # Windows keeps a file that is still mapped
                other.unlink()


def _make_room(contents: FolderContents, size: Size, cache_dir: Path, stem: str) -> None:
    needed = decoded_bytes(contents, size)
    if not disk_space.fits(needed, cache_dir):
        _forget_others(cache_dir, stem)
    if not disk_space.fits(needed, cache_dir):
        free = byte_text(disk_space.free_bytes(cache_dir) or 0)
        raise DatasetError(
            f"The decoded images of {contents.root.name} need {byte_text(needed)} in {cache_dir}, where"
            f" {free} are free: free space there, set CNNSTUDIO_CACHE to another folder, or make the input of"
            " the network smaller."
        )


def _open(stem: Path) -> DecodedFolder | None:
    """The cache when it is there and whole, else None."""
    try:
        notes = json.loads(stem.with_name(stem.name + ".json").read_text("utf-8"))
        images: Images = np.load(stem.with_name(stem.name + ".npy"), mmap_mode="r", allow_pickle=False)
        labels = np.array(notes["labels"], dtype=np.int64)
        trained = int(notes["train"])
        skipped = tuple(str(line) for line in notes["skipped"])
        values, sums, squares = notes["moments"]
        known = Moments(int(values), tuple(map(int, sums)), tuple(map(int, squares)))
    except (OSError, EOFError, ValueError, ArithmeticError, LookupError, TypeError, RecursionError):
        return None
    if images.dtype != np.uint8 or images.ndim != 4 or len(images) != len(labels):
        return None
    train, test = (Split(images[part], labels[part]) for part in (slice(None, trained), slice(trained, None)))
    return DecodedFolder(train, test, skipped, known)


def _build(
    contents: FolderContents, size: Size, stem: Path, progress: Report, cancelled: CancelCheck
) -> None:
    entries = contents.train + contents.test
    notes: dict[str, Any] = {"labels": [], "train": 0, "skipped": []}
    known = nothing(size[2])
    try:
        with atomic_write(stem.with_name(stem.name + ".npy")) as part, part.open("wb") as file:
            _write_header(file, len(entries), size)
            for number, entry, decoded in decode_all(contents.root, entries, size, progress, cancelled):
                if isinstance(decoded, str):
                    notes["skipped"].append(entry.without(decoded))
                    continue
                file.write(decoded.tobytes())
                notes["labels"].append(entry.label)
                if number < len(contents.train):
                    notes["train"] += 1
                    known += moments(decoded)
            _require_images(contents, notes)
            file.seek(0)
            _write_header(file, len(notes["labels"]), size)
        notes["moments"] = astuple(known)
        write_text(stem.with_name(stem.name + ".json"), json.dumps(notes, ensure_ascii=False))
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetError(
            f"The decoded images could not be kept in {stem.parent} ({reason}): free space there, "
            "or set CNNSTUDIO_CACHE to another folder."
        ) from error


def _write_header(file: IO[bytes], count: int, size: Size) -> None:
    """The head of an `.npy` file; numpy pads it so that the number of images can change later."""
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": (count, *size)}
    )


def _require_images(contents: FolderContents, notes: dict[str, Any]) -> None:
    """Of both parts: a score of no images would be told as one of zero."""
    for part, wanted, read in (
        ("training", len(contents.train), notes["train"]),
        ("test", len(contents.test), len(notes["labels"]) - notes["train"]),
    ):
        if wanted and not read:
            raise DatasetError(
                f"None of the {part} images in {contents.root} could be read, the first because"
                f" {notes['skipped'][-wanted if part == 'test' else 0]}."
            )
