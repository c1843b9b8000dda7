"""Images that stay in their file are the same images."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.store import FileRows, ImageStore
from cnnstudio.workspace.datasets import Split

CPU = torch.device("cpu")
LARGE = (90, 70, 3)
pytestmark = pytest.mark.skipif(not hasattr(os, "preadv"), reason="this system cannot read at a place")


def mapped(folder: Path, images: int = 12) -> Split:
    path = folder / "images.npy"
    pixels = np.random.default_rng(0).integers(0, 256, (images, *LARGE), dtype=np.uint8)
    np.save(path, pixels)
    return Split(np.load(path, mmap_mode="r"), np.arange(images, dtype=np.int64))


def test_large_rows_are_read_from_the_file(tmp_path: Path) -> None:
    split = mapped(tmp_path)
    store = ImageStore(split, CPU, channels_last=False)
    wanted = torch.tensor([7, 0, 11, 7])
    store.expect(wanted)
    expected = torch.tensor(np.array(split.images)).permute(0, 3, 1, 2)[wanted]
    assert torch.equal(store.maps(wanted), expected)
    assert store.labels(wanted).tolist() == [7, 0, 11, 7]
    assert isinstance(store._images, FileRows)


def test_a_part_of_the_file_begins_where_it_begins(tmp_path: Path) -> None:
    whole = mapped(tmp_path)
    assert isinstance(whole.images, np.memmap)
    for part in (whole.images[:5], whole.images[5:], whole.images[5:][2:]):
        assert (FileRows(part).take(np.arange(len(part))) == part).all()


def test_a_file_that_was_cut_is_told(tmp_path: Path) -> None:
    split = mapped(tmp_path)
    store = ImageStore(split, CPU, channels_last=False)
    os.truncate(tmp_path / "images.npy", 1000)
    with pytest.raises(EngineError, match=r"images\.npy was cut short"):
        store.maps(torch.tensor([3]))


def test_the_file_is_closed_with_the_store(tmp_path: Path) -> None:
    split = mapped(tmp_path)
    rows = FileRows(split.images)  # type: ignore[arg-type]
    handle = rows._handle
    os.fstat(handle)
    del rows
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(handle)
