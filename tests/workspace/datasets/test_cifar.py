"""CIFAR-10's pickles are read without running anything that they ask for."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.workspace.datasets import Cancelled, DatasetError, Progress, cifar, dataset, load
from cnnstudio.workspace.datasets.catalogue import CIFAR_FOLDER, CIFAR_TRAIN
from tests.workspace.datasets.published import cifar_batch, md5, place_cifar


def quiet(_: int) -> None:
    pass


def test_batches_become_images_in_their_order(tmp_path: Path) -> None:
    images, checksums = place_cifar(tmp_path)
    heard: list[int] = []

    train = cifar.read_train(tmp_path, step=heard.append, checksums=checksums)
    test = cifar.read_test(tmp_path, step=quiet, checksums=checksums)

    assert (train.images == np.concatenate([images[name] for name in CIFAR_TRAIN])).all()
    assert (test.images == images["test_batch"]).all()
    assert train.labels.tolist() == [0, 1, 2, 3] * 5
    assert train.images.flags.c_contiguous
    assert heard == [0, 4, 8, 12, 16, 20]


def test_the_data_set_comes_in_its_colours_or_in_measured_grey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, _ = place_cifar(tmp_path)
    read = cifar.read_batch
    monkeypatch.setattr(cifar, "read_batch", lambda path, _: read(path, md5(path.read_bytes())))
    heard: list[Progress] = []

    found = load("cifar10", tmp_path, height=32, width=32, channels=3, limit=7, progress=heard.append)

    assert (found.mean, found.std) == (dataset("cifar10").mean, dataset("cifar10").std)
    assert (found.train.images == np.concatenate([images[name] for name in CIFAR_TRAIN])[:7]).all()
    assert found.train.labels.tolist() == [0, 1, 2, 3, 0, 1, 2]
    assert found.train.images.base is None, "the others are not kept in memory"
    assert len(found.test) == 4
    assert {(one.stage, one.total) for one in heard} == {("read", 60_000)}
    assert [one.done for one in heard] == [0, 4, 8, 12, 16, 20, 20, 24]

    grey = load("cifar10", tmp_path, height=32, width=32, channels=1)
    assert grey.train.images.shape == (20, 32, 32, 1)
    assert grey.mean == pytest.approx((grey.train.images.mean() / 255,))
    assert grey.std == pytest.approx((grey.train.images.std() / 255,))
    assert grey.info.mean == dataset("cifar10").mean
    with pytest.raises(Cancelled):
        load("cifar10", tmp_path, height=32, width=32, channels=3, cancelled=lambda: True)


def test_another_checksum_is_refused_before_anything_is_unpickled(tmp_path: Path) -> None:
    place_cifar(tmp_path)

    with pytest.raises(DatasetError, match=r"data_batch_1 is damaged .*checksum"):
        load("cifar10", tmp_path, height=32, width=32, channels=3)


def test_a_missing_batch_is_named(tmp_path: Path) -> None:
    _, checksums = place_cifar(tmp_path)
    (tmp_path / CIFAR_FOLDER / "data_batch_4").unlink()

    with pytest.raises(DatasetError, match="data_batch_4 is missing"):
        cifar.read_train(tmp_path, step=quiet, checksums=checksums)
    (tmp_path / CIFAR_FOLDER / "data_batch_4").mkdir()
    with pytest.raises(DatasetError, match=r"data_batch_4 is damaged \(.+\)"):
        cifar.read_train(tmp_path, step=quiet, checksums=checksums)


class _Hostile:
    def __init__(self, function: object, argument: object) -> None:
        self._call = (function, (argument,))

    def __reduce__(self) -> tuple[object, ...]:
        return self._call


@pytest.mark.parametrize("function", [os.system, eval, __import__], ids=["system", "eval", "import"])
def test_a_pickle_that_calls_something_is_refused(tmp_path: Path, function: object) -> None:
    target = tmp_path / "proof"
    data = pickle.dumps({b"data": _Hostile(function, f"open({str(target)!r}, 'w')")}, protocol=2)
    path = tmp_path / "batch"
    path.write_bytes(data)

    with pytest.raises(DatasetError, match=r"damaged .*which no batch of CIFAR-10 does"):
        cifar.read_batch(path, md5(data))
    assert not target.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x02N.",
        pickle.dumps({b"labels": [1]}),
        pickle.dumps({b"labels": [1], b"data": b"x" * 3072}),
        cifar_batch(np.zeros((2, 32, 32, 3), np.uint8), [1, 2])[:-100],
        cifar_batch(np.zeros((2, 32, 32, 3), np.uint8), [1, 2, 3]),
        cifar_batch(np.zeros((2, 32, 32, 3), np.uint8), [1, 10]),
        cifar_batch(np.zeros((2, 32, 32, 3), np.uint8), [1, 2.5]),  # type: ignore[list-item]
        cifar_batch(np.zeros((2, 16, 16, 3), np.uint8), [1, 2]),
        cifar_batch(np.zeros((2, 32, 32, 3), object), [1, 2]),
    ],
    ids=[
        "empty",
        "none",
        "no data",
        "raw data",
        "cut",
        "too many labels",
        "wrong label",
        "half a label",
        "too small",
        "no pixels",
    ],
)
def test_a_pickle_of_something_else_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "batch"
    path.write_bytes(data)

    with pytest.raises(DatasetError, match="batch is damaged"):
        cifar.read_batch(path, md5(data))
