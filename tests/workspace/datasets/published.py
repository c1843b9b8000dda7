"""Tiny files in the formats of the published data sets."""

import gzip
import hashlib
import pickle
import pickletools
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnstudio.workspace.datasets.catalogue import CIFAR_FOLDER, CIFAR_TEST, CIFAR_TRAIN, IDX_NAMES

Bytes = NDArray[np.uint8]


def idx(values: Bytes) -> bytes:
    """An IDX file of unsigned bytes."""
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()


def idx_parts(train: int = 30, test: int = 10, seed: int = 0) -> dict[str, Bytes]:
    """Random 28×28 images and labels for both parts, by file name."""
    random = np.random.default_rng(seed)
    values: dict[str, Bytes] = {}
    for name in IDX_NAMES:
        count = train if name.startswith("train") else test
        shape = (count, 28, 28) if "images" in name else (count,)
        values[name] = random.integers(0, 256 if "images" in name else 10, shape, dtype=np.uint8)
    return values


def place_idx(folder: Path, parts: dict[str, Bytes], *, packed: bool = False) -> None:
    """Write the four files into `folder`, gzipped or not."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in parts.items():
        data = idx(values)
        (folder / (name + ".gz" if packed else name)).write_bytes(gzip.compress(data) if packed else data)


def cifar_batch(images: Bytes, labels: list[int]) -> bytes:
    """A batch as Python 2 and its numpy wrote the published ones: strings, and an array of rows of planes."""
    rows = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    batch = {b"batch_label": b"tiny", b"labels": labels, b"data": np.ascontiguousarray(rows)}
    data = pickle.dumps(batch, protocol=3)
    written = bytearray(data.replace(b"\x80\x03", b"\x80\x02", 1))
    # Its strings look like the bytes of today but for their first letter.
    old = {"SHORT_BINBYTES": pickle.SHORT_BINSTRING, "BINBYTES": pickle.BINSTRING}
    for code, _, place in pickletools.genops(data):
        if code.name in old:
            written[place : place + 1] = old[code.name]
    return bytes(written).replace(b"numpy._core", b"numpy.core")


def place_cifar(data_dir: Path, each: int = 4) -> tuple[dict[str, Bytes], dict[str, str]]:
    """Write all batches; gives their images and their checksums by name."""
    folder = data_dir / CIFAR_FOLDER
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    images: dict[str, Bytes] = {}
    checksums: dict[str, str] = {}
    for name in CIFAR_TRAIN + CIFAR_TEST:
        images[name] = random.integers(0, 256, (each, 32, 32, 3), dtype=np.uint8)
        data = cifar_batch(images[name], [n % 10 for n in range(each)])
        (folder / name).write_bytes(data)
        checksums[name] = md5(data)
    return images, checksums


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
