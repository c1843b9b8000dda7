"""The python batches of CIFAR-10, which are pickles.

Two fences: a batch is read only when its checksum is that of the published file, and the unpickler admits
nothing but the three names that such a file uses, each replaced by an inert stand-in, so that no code of
numpy or of anybody else runs on what the file says.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from cnnstudio.workspace.datasets.catalogue import CIFAR_FOLDER, CIFAR_TEST, CIFAR_TRAIN
from cnnstudio.workspace.datasets.info import Split
from cnnstudio.workspace.errors import damaged, missing

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images

CHECKSUMS: Mapping[str, str] = MappingProxyType(
    {
        "data_batch_1": "c99cafc152244af753f735de768cd75f",
        "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
        "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
        "data_batch_4": "634d18415352ddfa80567beed471001a",
        "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
        "test_batch": "40351d587109b95175f43aff81a1287e",
    }
)


def read_train(
    data_dir: Path, *, step: Callable[[int], None], checksums: Mapping[str, str] = CHECKSUMS
) -> Split:
    """The five training batches; `step` hears how many images have been read, and may raise to stop."""
    return _read_batches(data_dir, CIFAR_TRAIN, step, checksums)


def read_test(
    data_dir: Path, *, step: Callable[[int], None], checksums: Mapping[str, str] = CHECKSUMS
) -> Split:
    """The test batch."""
    return _read_batches(data_dir, CIFAR_TEST, step, checksums)


def _read_batches(
    data_dir: Path, names: tuple[str, ...], step: Callable[[int], None], checksums: Mapping[str, str]
) -> Split:
    images: list[Images] = []
    labels: list[int] = []
    for name in names:
        step(len(labels))
        pixels, numbers = read_batch(data_dir / CIFAR_FOLDER / name, checksums[name])
        images.append(pixels)
        labels.extend(numbers)
    step(len(labels))
    return Split(np.concatenate(images), np.array(labels, dtype=np.int64))


def read_batch(path: Path, checksum: str) -> tuple[Images, list[int]]:
    """Images `(N, 32, 32, 3)` and labels of one batch; `DatasetError` naming the file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise missing(path) from error
    except OSError as error:
        raise damaged(path, str(error)) from error
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != checksum:
        raise damaged(path, "its checksum is not that of the published file")
    return _unpack(path, data)


def _unpack(path: Path, data: bytes) -> tuple[Images, list[int]]:
    try:
        batch = _BatchUnpickler(io.BytesIO(data), encoding="bytes").load()
        pixels, labels = batch[b"data"].values, batch[b"labels"]
        planes = np.frombuffer(pixels, dtype=np.uint8).reshape(len(labels), 3, 32, 32)
    except Exception as error:  # an unpickler can raise anything on a file that is not what it seems
        raise damaged(path, str(error)) from error
    if not all(isinstance(label, int) and 0 <= label < 10 for label in labels):
        raise damaged(path, "its labels are not numbers from 0 to 9")
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), labels


class _StoredArray:
    """Stands in for `numpy.ndarray`: keeps the bytes, does nothing with them."""

    values: object = b""

    def __setstate__(self, state: tuple[object, ...]) -> None:
        _version, _shape, _dtype, _fortran, self.values = state


class _StoredType:
    """Stands in for `numpy.dtype`."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


def _reconstruct(*_: object) -> _StoredArray:
    return _StoredArray()


class _BatchUnpickler(pickle.Unpickler):
    _ADMITTED: Mapping[tuple[str, str], object] = MappingProxyType(
        {
            ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
            ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
            ("numpy", "ndarray"): _StoredArray,
            ("numpy", "dtype"): _StoredType,
        }
    )

    def find_class(self, module: str, name: str) -> object:
        try:
            return self._ADMITTED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"it asks for {module}.{name}, which no batch of CIFAR-10 does"
            ) from None
