"""The one list of data sets agrees with torchvision, with itself and with the window's need for speed."""

import importlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnnstudio.workspace.datasets import (
    CATALOGUE,
    DATASET_IDS,
    DatasetError,
    dataset,
    describe_folder,
    is_present,
    presence,
)
from cnnstudio.workspace.datasets.catalogue import CIFAR10
from cnnstudio.workspace.datasets.cifar import CHECKSUMS
from cnnstudio.workspace.datasets.remote import remote_files
from cnnstudio.workspace.datasets.stored import state
from tests.workspace.datasets.published import idx_parts, place_idx


def test_ids_are_those_that_outsiders_rely_on() -> None:
    assert DATASET_IDS == ("mnist", "fashion-mnist", "cifar10", "folder", "shapes")


@pytest.mark.parametrize("info", CATALOGUE, ids=DATASET_IDS)
def test_entries_are_complete(info: object) -> None:
    entry = dataset(info.id)
    assert entry is info
    assert len(entry.mean) == len(entry.std) == entry.channels
    assert entry.title
    assert entry.source
    assert entry.licence
    assert bool(entry.files) == entry.downloadable


def test_an_unknown_id_names_the_known_ones() -> None:
    with pytest.raises(
        DatasetError, match=r"'MNITS' \(did you mean mnist\?\): choose one of mnist, .*shapes"
    ):
        dataset("MNITS")


def test_presence_looks_at_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place_idx(tmp_path / "FashionMNIST/raw", idx_parts())
    monkeypatch.setenv("CNNSTUDIO_DATA", str(tmp_path))

    found = {entry.info.id: entry.present for entry in presence()}

    assert found == {
        "mnist": False, "fashion-mnist": True, "cifar10": False, "folder": False, "shapes": True
    }  # fmt: skip
    assert is_present("shapes")


def test_a_folder_that_may_not_be_looked_into_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, real = tmp_path / "locked", os.stat

    def guarded(path: Any, *args: Any, **options: Any) -> os.stat_result:
        if not isinstance(path, int) and "locked" in os.fspath(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", guarded)
        found = {entry.info.id for entry in presence(locked) if entry.present}
        folder = is_present("folder", locked)
        states = state("mnist", locked)
        with pytest.raises(DatasetError, match="locked"):
            describe_folder(locked)
    assert (found, folder, states) == ({"shapes"}, False, ())


def test_addresses_and_checksums_are_torchvisions() -> None:
    torchvision = importlib.import_module("torchvision.datasets")
    for id, owner in (("mnist", torchvision.MNIST), ("fashion-mnist", torchvision.FashionMNIST)):
        files = remote_files(dataset(id))
        assert [(file.name, file.md5) for file in files] == owner.resources
        assert all(file.urls == tuple(mirror + file.name for mirror in owner.mirrors) for file in files)
        assert [Path(name).name + ".gz" for name in dataset(id).files] == [file.name for file in files]
    (archive,) = remote_files(CIFAR10)
    cifar = torchvision.CIFAR10
    assert (archive.name, archive.urls, archive.md5) == (cifar.filename, (cifar.url,), cifar.tgz_md5)
    assert dict(cifar.train_list + cifar.test_list) == dict(CHECKSUMS)
    assert tuple(torchvision.FashionMNIST.classes) == dataset("fashion-mnist").class_names


def test_without_torchvision_one_sentence_offers_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnstudio.workspace.datasets.remote.find_spec", lambda _: None)

    with pytest.raises(DatasetError, match=r"not installed.*or train on shapes"):
        remote_files(replace(CIFAR10))


def test_listing_data_sets_imports_nothing_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place_idx(tmp_path / "MNIST/raw", idx_parts())
    monkeypatch.setenv("CNNSTUDIO_DATA", str(tmp_path))
    code = (
        "import sys\n"
        "from cnnstudio.workspace import recent, settings\n"
        "from cnnstudio.workspace.datasets import presence\n"
        "settings.load_settings(), recent.recent_files()\n"
        "assert presence()[0].present\n"
        "print(*{'torch', 'torchvision', 'numpy', 'PIL', 'PySide6', 'urllib.request'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_looking_up_addresses_imports_no_torch() -> None:
    code = (
        "import sys\n"
        "from cnnstudio.workspace.datasets.catalogue import CIFAR10\n"
        "from cnnstudio.workspace.datasets.remote import remote_files\n"
        "remote_files(CIFAR10)\n"
        "print(*{'torch', 'torchvision'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
