"""Image folders decoded once into a file that is mapped, not read: a folder may be larger than memory.

A cache is two files: `NAME.npy`, the images of both parts, training first, and `NAME.json`, their labels and
what was skipped. The second is written last, so that it vouches for the first. The name carries what the
cache depends on: the paths, sizes and times of the files, the image size, and how the parts are made up.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from cnnstudio.workspace.atomic import atomic_write, write_text
from cnnstudio.workspace.datasets.decode import decode_image
from cnnstudio.workspace.datasets.folder import Entry, FolderContents
from cnnstudio.workspace.datasets.info import Split
from cnnstudio.workspace.errors import DatasetError
from cnnstudio.workspace.progress import CancelCheck, Progress, Report, stop_if

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images

_VERSION = 1
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class DecodedFolder:
    """Both parts, mapped read-only, and the images that could not be read, each with the reason."""

    train: Split
    test: Split
    skipped: tuple[str, ...]


def decoded_folder(
    contents: FolderContents,
    size: tuple[int, int, int],
    cache_dir: Path,
    *,
    progress: Report,
    cancelled: CancelCheck,
) -> DecodedFolder:
    """The folder's images at `size` (height, width, channels), from the cache or decoded into it.

    Raises `DatasetError` when no image can be read or the disk is full, `Cancelled` when asked to stop.
    """
    stem = _stem(contents, size)
    cached = _open(cache_dir / stem)
    if cached is None:
        _build(contents, size, cache_dir / stem, progress, cancelled)
        _forget_others(cache_dir, stem)
        cached = _open(cache_dir / stem)
    if cached is None:
        raise DatasetError(f"The decoded images in {cache_dir} vanished while they were made: start again.")
    return cached


def _stem(contents: FolderContents, size: tuple[int, int, int]) -> str:
    place = hashlib.sha256(str(contents.root.resolve()).encode()).hexdigest()[:8]
    what = hashlib.sha256(json.dumps([_VERSION, size, *_fingerprint(contents)]).encode()).hexdigest()[:16]
    name = "".join(letter if letter.isalnum() else "-" for letter in contents.root.name)[:40]
    return f"{name}-{place}-{'x'.join(map(str, size))}-{what}"


def _fingerprint(contents: FolderContents) -> Iterator[tuple[str, int, int, int, str]]:
    for part, entries in (("train", contents.train), ("test", contents.test)):
        for entry in entries:
            try:
                status = (contents.root / entry.path).stat()
            except OSError:
                yield entry.path, entry.label, -1, -1, part
            else:
                yield entry.path, entry.label, status.st_size, status.st_mtime_ns, part


def _forget_others(cache_dir: Path, stem: str) -> None:
    """Remove what was decoded at this size before the folder changed: one cache a folder and size."""
    prefix = stem.rpartition("-")[0]
    for suffix in (".json", ".npy"):
        for other in cache_dir.glob(f"{prefix}-*{suffix}"):
            if other.stem == stem:
                continue
            with suppress(OSError):  # Windows keeps a file that is still mapped
                other.unlink()


def _open(stem: Path) -> DecodedFolder | None:
    """The cache when it is there and whole, else None."""
    try:
        notes = json.loads(stem.with_name(stem.name + ".json").read_text("utf-8"))
        images: Images = np.load(stem.with_name(stem.name + ".npy"), mmap_mode="r", allow_pickle=False)
        labels = np.array(notes["labels"], dtype=np.int64)
        trained = int(notes["train"])
        skipped = tuple(str(line) for line in notes["skipped"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if images.dtype != np.uint8 or images.ndim != 4 or len(images) != len(labels):
        return None
    return DecodedFolder(
        Split(images[:trained], labels[:trained]), Split(images[trained:], labels[trained:]), skipped
    )


def _build(
    contents: FolderContents, size: tuple[int, int, int], stem: Path, progress: Report, cancelled: CancelCheck
) -> None:
    entries = contents.train + contents.test
    notes: dict[str, Any] = {"labels": [], "train": 0, "skipped": []}
    try:
        with atomic_write(stem.with_name(stem.name + ".npy")) as part, part.open("wb") as file:
            _write_header(file, len(entries), size)
            for start, entry, decoded in _decode_all(contents.root, entries, size, progress, cancelled):
                if isinstance(decoded, str):
                    notes["skipped"].append(f"{entry.path}: {decoded}")
                    continue
                file.write(decoded.tobytes())
                notes["labels"].append(entry.label)
                notes["train"] += start < len(contents.train)
            _require_images(contents, notes)
            file.seek(0)
            _write_header(file, len(notes["labels"]), size)
        write_text(stem.with_name(stem.name + ".json"), json.dumps(notes, ensure_ascii=False))
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetError(
            f"The decoded images could not be kept in {stem.parent} ({reason}): free space there, "
            "or set CNNSTUDIO_CACHE to another folder."
        ) from error


def _write_header(file: IO[bytes], count: int, size: tuple[int, int, int]) -> None:
    """The head of an `.npy` file; numpy pads it so that the number of images can change later."""
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": (count, *size)}
    )


def _require_images(contents: FolderContents, notes: dict[str, Any]) -> None:
    if not notes["train"]:
        first = f", the first because {notes['skipped'][0]}" if notes["skipped"] else ""
        raise DatasetError(f"None of the training images in {contents.root} could be read{first}.")


def _decode_all(
    root: Path,
    entries: Sequence[Entry],
    size: tuple[int, int, int],
    progress: Report,
    cancelled: CancelCheck,
) -> Iterator[tuple[int, Entry, Images | str]]:
    """Each entry with its number and its image, or the reason why there is none; in order."""

    def decode(entry: Entry) -> Images | str:
        try:
            return decode_image(root / entry.path, *size)
        except Exception as error:  # Pillow's plugins raise all sorts of things on broken files
            return _reason(error)

    # Pillow decodes without holding the interpreter's lock, so threads do.
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        for start in range(0, len(entries), _AT_ONCE):
            stop_if(cancelled)
            progress(Progress("decode", root.name, start, len(entries)))
            some = entries[start : start + _AT_ONCE]
            for number, (entry, decoded) in enumerate(zip(some, pool.map(decode, some), strict=True), start):
                yield number, entry, decoded
    progress(Progress("decode", root.name, len(entries), len(entries)))


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is not there any more"
    if type(error).__name__ == "UnidentifiedImageError":
        return "it is no image"
    return str(error).partition("\n")[0] or type(error).__name__
