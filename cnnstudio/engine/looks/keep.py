"""What has been found out about a run's weights, kept with the run: small, and no more than a bound."""

from __future__ import annotations

import hashlib
import zlib
from contextlib import suppress

import safetensors
import safetensors.torch
import torch

from cnnstudio.engine.looks.pictures import Pictures
from cnnstudio.engine.looks.subject import Looked
from cnnstudio.engine.weights import write_weights
from cnnstudio.workspace.atomic import atomic_write

LOOK_BYTES = 64 << 20
Found = dict[str, torch.Tensor]


class Kept:
    """One finding about a network and its test images; of networks that are no run's, nothing is kept."""

    def __init__(self, looked: Looked, name: str) -> None:
        network = looked.network
        key = f"1 {network.source.mark} {_identity(looked.pictures)} {name}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:20]
        kind = name.partition(" ")[0]
        self._folder = None if network.folder is None else network.folder.looks
        self._name = f"{kind}-{digest}.safetensors"

    def read(self) -> Found | None:
        """What was kept; None where nothing was, or where it cannot be read."""
        if self._folder is None:
            return None
        with suppress(OSError, safetensors.SafetensorError):
            path = self._folder / self._name
            found: Found = safetensors.torch.load_file(path)
            path.touch()
            return found
        return None

    def write(self, found: Found) -> None:
        """Keeps it; the ones that were not looked at longest make room. A full disk keeps nothing."""
        if self._folder is None or not self._folder.parent.is_dir():
            return
        with suppress(OSError):
            with atomic_write(self._folder / self._name, durable=False) as part:
                write_weights(part, found)
            self._make_room()

    def _make_room(self) -> None:
        assert self._folder is not None
        files = [(path, path.stat()) for path in self._folder.glob("*.safetensors")]
        files.sort(key=lambda file: file[1].st_mtime_ns, reverse=True)
        total = 0
        for path, about in files:
            total += about.st_size
            if total > LOOK_BYTES and path.name != self._name:
                path.unlink(missing_ok=True)


def _identity(pictures: Pictures) -> str:
    """Which test images: their number, size, and a sum over labels and some pixels."""
    step = max(1, len(pictures) // 64)
    pixels = zlib.crc32(pictures.images[::step].tobytes(), zlib.crc32(pictures.labels.tobytes()))
    return f"{pictures.images.shape} {pictures.size} {pixels}"
