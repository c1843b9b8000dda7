"""Fetching, checking, unpacking and putting into place, whole or not at all.

torchvision's own download writes to the final names, has no timeout, and a cancel leaves a partial file that
is later taken for a whole one. Here everything happens in folders of its own inside the data folder, and
each file is renamed into its place only when it has been checked. What broke off goes on the next time.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from cnnstudio.core.quantity import byte_text
from cnnstudio.workspace import disk_space
from cnnstudio.workspace.atomic import move_into_place
from cnnstudio.workspace.datasets.catalogue import CIFAR10, CIFAR_FOLDER
from cnnstudio.workspace.datasets.fetch import Damaged, fetch
from cnnstudio.workspace.datasets.idx_header import on_disk
from cnnstudio.workspace.datasets.info import DatasetInfo
from cnnstudio.workspace.datasets.partial import Partial, sweep
from cnnstudio.workspace.datasets.remote import RemoteFile, remote_files
from cnnstudio.workspace.datasets.transfer import Unreachable
from cnnstudio.workspace.datasets.unpack import gunzip, untar
from cnnstudio.workspace.errors import DatasetError
from cnnstudio.workspace.progress import CancelCheck, Progress, Report, Stage, stop_if
from cnnstudio.workspace.taking_turns import alone

# What torchvision looks for besides the batches, so that exported scripts find the data set as well.
_CIFAR_EXTRAS = ("batches.meta", "readme.html")


class Installation:
    """One download: what is fetched, where to, and who hears about it."""

    def __init__(
        self,
        info: DatasetInfo,
        folder: Path,
        progress: Report,
        cancelled: CancelCheck,
        distrusted: frozenset[Path] = frozenset(),
    ) -> None:
        self.info = info
        self.folder = folder
        self._distrusted = distrusted
        self._progress = progress
        self._cancelled = cancelled

    def run(self, remote: Sequence[RemoteFile] | None) -> None:
        known = remote_files(self.info) if remote is None else remote
        if self._wanted(known):
            self.folder.mkdir(parents=True, exist_ok=True)
            with alone(self.folder / f".{self.info.id}.lock", self._wait):
                # Somebody else may have been at it meanwhile.
                self._install(self._wanted(known), len(known))

    def _wanted(self, known: Sequence[RemoteFile]) -> list[RemoteFile]:
        return self._missing_cifar(known) if self.info is CIFAR10 else self._missing_idx(known)

    def _wait(self) -> None:
        stop_if(self._cancelled)
        self._progress(Progress("download", self.info.title, 0, 0))

    def _install(self, files: Sequence[RemoteFile], of: int) -> None:
        if not files:
            return
        sweep(self.folder)
        self._require_room(len(files) / of)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=self.folder) as room:
            for file in files:
                archive = self.folder / file.name
                if archive.is_file() and _md5(archive) == file.md5:
                    self._unpack(file, archive, Path(room))  # torchvision left it there
                else:
                    self._fetch_and_unpack(file, Path(room))

    def _fetch_and_unpack(self, file: RemoteFile, room: Path) -> None:
        partial = Partial(self.folder, file.name, file.md5)
        self._fetch(file, partial)
        try:
            self._unpack(file, partial.path, room)
        except DatasetError:
            partial.remove()
            raise
        partial.remove()

    def _require_room(self, share: float) -> None:
        """For what comes and for what it is unpacked to."""
        needed = round(share * (self.info.download_bytes + self.info.disk_bytes))
        if not disk_space.fits(needed, self.folder):
            free = byte_text(disk_space.free_bytes(self.folder) or 0)
            raise DatasetError(
                f"{self.info.title} needs {byte_text(needed)} in {self.folder}, where {free} are free: free"
                " space there, or set CNNSTUDIO_DATA to another folder."
            )

    def _missing_idx(self, files: Sequence[RemoteFile]) -> list[RemoteFile]:
        def is_whole(file: RemoteFile) -> bool:
            found = on_disk(self._idx_path(file))
            if found is None or found in self._distrusted:
                return False
            return found.suffix != ".gz" or _md5(found) == file.md5

        return [file for file in files if not is_whole(file)]

    def _missing_cifar(self, files: Sequence[RemoteFile]) -> list[RemoteFile]:
        from cnnstudio.workspace.datasets.cifar import CHECKSUMS

        places = {self.folder / CIFAR_FOLDER / name: md5 for name, md5 in CHECKSUMS.items()}
        whole = all(path.is_file() and _md5(path) == md5 for path, md5 in places.items())
        return [] if whole else list(files)

    def _fetch(self, file: RemoteFile, partial: Partial) -> None:
        """From the first address that serves the file whole."""
        problems: list[Exception] = []
        report = self._reporter("download", file.name)
        for url in file.urls:
            try:
                fetch(url, partial, file.md5, report=report, cancelled=self._cancelled)
            except (Unreachable, Damaged) as error:
                problems.append(error)
            else:
                return
        # A file that came is better news than a server that did not answer.
        problems.sort(key=lambda problem: isinstance(problem, Unreachable))
        raise self._failure(file, problems[0]) from problems[0]

    def _failure(self, file: RemoteFile, problem: Exception) -> DatasetError:
        if isinstance(problem, Damaged):
            what = f"{file.name} of {self.info.title} arrived damaged ({problem}): try again later"
        else:
            what = f"{self.info.title} could not be downloaded ({problem}): check the network and try again"
        return DatasetError(f"{what}, or train on shapes, which needs no download.")

    def _unpack(self, file: RemoteFile, packed: Path, room: Path) -> None:
        install = self._install_cifar if self.info is CIFAR10 else self._install_idx
        try:
            install(file, packed, room)
        except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise self._failure(file, Damaged(str(error))) from error

    def _install_idx(self, file: RemoteFile, packed: Path, room: Path) -> None:
        plain, place = room / file.name.removesuffix(".gz"), self._idx_path(file)
        gunzip(packed, plain, step=self._stepper(file.name, packed))
        move_into_place(plain, place)
        spoiled = place.with_name(file.name)
        if spoiled.is_file() and _md5(spoiled) != file.md5:
            spoiled.unlink()  # or others would take it for whole

    def _install_cifar(self, file: RemoteFile, packed: Path, room: Path) -> None:
        names = [Path(name).name for name in self.info.files]
        untar(packed, room, {*names, *_CIFAR_EXTRAS}, step=self._stepper(file.name, packed))
        absent = [name for name in names if not (room / name).is_file()]
        if absent:
            raise self._failure(file, Damaged(f"it has no {absent[0]}"))
        for name in (*names, *_CIFAR_EXTRAS):
            if (room / name).is_file():
                move_into_place(room / name, self.folder / CIFAR_FOLDER / name)

    def _idx_path(self, file: RemoteFile) -> Path:
        return self.folder / Path(self.info.files[0]).parent / file.name.removesuffix(".gz")

    def _reporter(self, stage: Stage, name: str) -> Callable[[int, int], None]:
        return lambda done, total: self._progress(Progress(stage, name, done, total))

    def _stepper(self, name: str, packed: Path) -> Callable[[int], None]:
        total = packed.stat().st_size
        report = self._reporter("unpack", name)

        def step(done: int) -> None:
            stop_if(self._cancelled)
            report(done, total)

        return step


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
