"""Bringing a published data set onto this disk. Cheap to import; the work is in `installing`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstudio.workspace import paths
from cnnstudio.workspace.datasets.catalogue import FOLDER, dataset
from cnnstudio.workspace.errors import DatasetError
from cnnstudio.workspace.progress import CancelCheck, Report, ignore, never

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.remote import RemoteFile


def download(
    id: str,
    data_dir: Path | None = None,
    progress: Report | None = None,
    cancelled: CancelCheck = never,
    *,
    remote: Sequence[RemoteFile] | None = None,
    distrusted: frozenset[Path] = frozenset(),
) -> None:
    """Fetch what is missing or damaged; files that are already there and whole are taken as they are.

    `remote` replaces torchvision's addresses, `distrusted` files are fetched whatever they look like. Raises
    `DatasetError` (no network, a file that arrives damaged, a disk that is full or refuses) and `Cancelled`;
    neither leaves anything partial where data sets are looked for, and what had come by then is kept aside if
    the server can go on from there.
    """
    info = dataset(id)
    if info.id == FOLDER.id:
        raise DatasetError("An image folder is not downloaded: choose one on this disk.")
    if not info.downloadable:
        return
    from cnnstudio.workspace.datasets.installing import Installation

    work = Installation(info, data_dir or paths.data_dir(), progress or ignore, cancelled, distrusted)
    try:
        work.run(remote)
    except OSError as error:
        raise DatasetError(
            f"{info.title} could not be stored in {work.folder} ({error.strerror or error}): "
            "make room there, or set CNNSTUDIO_DATA to another folder."
        ) from error
