"""Many image files at once, in order, with progress, and a cancel that is answered at the next image.

Pillow decodes and resizes without holding the interpreter's lock, so threads do: two kept 1.8 cores busy.
No more than a few images are held at any time.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.workspace.datasets.decode import decode_image
from cnnstudio.workspace.datasets.folder import Entry
from cnnstudio.workspace.errors import DatasetError
from cnnstudio.workspace.progress import CancelCheck, Progress, Report, stop_if

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images

_REPORT_EVERY = 32
_AHEAD = 4
"""Images in work or waiting, for each thread."""


def decode_all(
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
        except MemoryError:
            raise  # it is not the image's fault
        except Exception as error:  # Pillow's plugins raise all sorts of things on broken files
            if isinstance(error, OSError) and not root.is_dir():
                raise DatasetError(f"{root} vanished while its images were read: bring it back.") from error
            return _reason(error)

    threads = min(8, os.cpu_count() or 1)
    waiting: deque[Future[Images | str]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
    try:
        for number, entry in enumerate(entries):
            stop_if(cancelled)
            if number % _REPORT_EVERY == 0:
                progress(Progress("decode", root.name, number, len(entries)))
            for later in entries[number + len(waiting) : number + _AHEAD * threads]:
                waiting.append(pool.submit(decode, later))
            yield number, entry, waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
    progress(Progress("decode", root.name, len(entries), len(entries)))


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is not there any more"
    if type(error).__name__ == "UnidentifiedImageError":
        return "it is no image"
    return str(error).partition("\n")[0] or type(error).__name__
