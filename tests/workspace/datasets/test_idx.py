"""MNIST's files are read whole or refused with their name."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnstudio.workspace.datasets import DatasetError, dataset, is_present, load
from tests.workspace.datasets.published import idx as idx_file
from tests.workspace.datasets.published import idx_parts, place_idx


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(("id", "folder"), [("mnist", "MNIST/raw"), ("fashion-mnist", "FashionMNIST/raw")])
def test_files_are_read_as_they_lie(tmp_path: Path, id: str, folder: str, packed: bool) -> None:
    parts = idx_parts()
    place_idx(tmp_path / folder, parts, packed=packed)

    found = load(id, tmp_path, height=28, width=28, channels=1)

    assert is_present(id, tmp_path)
    assert found.train.images.shape == (30, 28, 28, 1)
    assert found.train.labels.dtype == np.int64
    assert (found.train.images[..., 0] == parts["train-images-idx3-ubyte"]).all()
    assert (found.test.labels == parts["t10k-labels-idx1-ubyte"]).all()
    assert not found.needs_resize
    assert found.train.images.flags.writeable


def test_large_inputs_keep_the_small_images_and_grey_becomes_colour(tmp_path: Path) -> None:
    place_idx(tmp_path / "MNIST/raw", idx_parts())

    found = load("mnist", tmp_path, height=227, width=227, channels=3)

    assert found.train.images.shape == (30, 28, 28, 3)
    assert found.needs_resize
    assert found.target == (227, 227)
    assert (found.train.images[..., 0] == found.train.images[..., 2]).all()
    assert found.mean == dataset("mnist").mean * 3


def test_limit_takes_the_first_training_images_and_all_test_images(tmp_path: Path) -> None:
    parts = idx_parts()
    place_idx(tmp_path / "MNIST/raw", parts)

    found = load("mnist", tmp_path, height=28, width=28, channels=1, limit=7)

    assert (found.train.labels == parts["train-labels-idx1-ubyte"][:7]).all()
    assert len(found.test) == 10


@pytest.mark.parametrize("keep", [0, 3, 10, 15, 16, 700])
def test_a_file_cut_short_is_named(tmp_path: Path, keep: int) -> None:
    place_idx(tmp_path / "MNIST/raw", idx_parts())
    path = tmp_path / "MNIST/raw/t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:keep])

    assert not is_present("mnist", tmp_path)
    with pytest.raises(DatasetError, match=r"t10k-images-idx3-ubyte is damaged .*downloaded again"):
        load("mnist", tmp_path, height=28, width=28, channels=1)


def test_a_packed_file_cut_short_is_named(tmp_path: Path) -> None:
    place_idx(tmp_path / "MNIST/raw", idx_parts(), packed=True)
    path = tmp_path / "MNIST/raw/train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-500])

    with pytest.raises(DatasetError, match=r"train-images-idx3-ubyte\.gz is damaged"):
        load("mnist", tmp_path, height=28, width=28, channels=1)
    path.write_bytes(b"")
    assert not is_present("mnist", tmp_path)
    with pytest.raises(DatasetError, match="train-images-idx3-ubyte is missing"):
        load("mnist", tmp_path, height=28, width=28, channels=1)


_HEAD = b"\0\0\x08\3"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (idx_file(np.zeros(30, np.uint8)), "has 1 dimensions instead of 3"),
        (b"\0\0\x0d\3" + bytes(12), "no IDX file of unsigned bytes"),
        (b"\1\0\x08\3" + bytes(12), "no IDX file of unsigned bytes"),
        (b"\0\0\x08\x05" + bytes(20), "no IDX file of unsigned bytes"),
        (_HEAD + b"\xff\xff" * 6, ""),  # more than a number can count
        (_HEAD + b"\0\1\0\0" * 3, ""),  # more than memory can hold
        (gzip.compress(_HEAD + b"\0\0\1\0" * 3 + bytes(range(256)) * 99)[:40] + b"\xff" * 900, ""),
    ],
    ids=["labels", "shorts", "magic", "five", "uncountable", "huge", "bad gzip"],
)
def test_what_is_no_file_of_images_is_named(tmp_path: Path, data: bytes, reason: str) -> None:
    packed = data[:2] == b"\x1f\x8b"
    place_idx(tmp_path / "MNIST/raw", idx_parts(), packed=packed)
    path = tmp_path / "MNIST/raw" / f"train-images-idx3-ubyte{'.gz' if packed else ''}"
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=rf"train-images-idx3-ubyte(\.gz)? is damaged \(.*{reason}"):
        load("mnist", tmp_path, height=28, width=28, channels=1)
    path.unlink()
    path.mkdir()
    with pytest.raises(DatasetError, match=r"train-images-idx3-ubyte.* is (damaged|missing)"):
        load("mnist", tmp_path, height=28, width=28, channels=1)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    place_idx(tmp_path / "MNIST/raw", idx_parts())
    (tmp_path / "MNIST/raw/train-labels-idx1-ubyte").unlink()

    assert not is_present("mnist", tmp_path)
    with pytest.raises(DatasetError, match="train-labels-idx1-ubyte is missing"):
        load("mnist", tmp_path, height=28, width=28, channels=1)


def test_labels_that_do_not_belong_to_the_images_are_refused(tmp_path: Path) -> None:
    parts = idx_parts()
    parts["train-labels-idx1-ubyte"] = parts["train-labels-idx1-ubyte"][:-1]
    place_idx(tmp_path / "MNIST/raw", parts)
    with pytest.raises(DatasetError, match="29 labels for 30 images"):
        load("mnist", tmp_path, height=28, width=28, channels=1)

    parts = idx_parts()
    parts["t10k-labels-idx1-ubyte"][3] = 10
    place_idx(tmp_path / "MNIST/raw", parts)
    with pytest.raises(DatasetError, match=r"t10k-labels-idx1-ubyte is damaged .*0 to 9"):
        load("mnist", tmp_path, height=28, width=28, channels=1)


@given(
    images=arrays.arrays(np.uint8, st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5))),
    tail=st.binary(max_size=3),
)
def test_any_images_survive_and_any_tail_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, images: np.ndarray, tail: bytes
) -> None:
    from cnnstudio.workspace.datasets import idx as reader
    from tests.workspace.datasets.published import idx

    path = tmp_path_factory.mktemp("idx") / "images"
    path.with_name("images.gz").write_bytes(gzip.compress(idx(images) + tail))

    if tail:
        with pytest.raises(DatasetError, match="damaged"):
            reader.read_images(path)
    else:
        assert (reader.read_images(path)[..., 0] == images).all()


@given(data=st.binary(max_size=64) | st.binary(max_size=5).map(lambda tail: b"\0\0\x08\x01\0\0\0\2" + tail))
def test_any_bytes_are_read_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    from cnnstudio.workspace.datasets import idx as reader

    path = tmp_path_factory.mktemp("idx") / "labels"
    path.write_bytes(data)
    whole = len(data) >= 8 and data[:4] == b"\0\0\x08\x01" and int.from_bytes(data[4:8]) == len(data) - 8
    if whole:
        assert reader.read_labels(path).tolist() == list(data[8:])
    else:
        with pytest.raises(DatasetError, match="labels is damaged"):
            reader.read_labels(path)
