"""What an image folder holds, and how it is parted."""

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.workspace.datasets import DatasetError, describe_folder, is_present
from cnnstudio.workspace.datasets.folder import scan_folder
from tests.workspace.datasets.photos import place_photos


def test_one_level_is_split_with_a_fifth_of_each_class_for_testing(tmp_path: Path) -> None:
    place_photos(tmp_path / "Pets", {"dog": 10, "cat": 20, "고양이": 5})

    info = describe_folder(tmp_path / "Pets")

    assert info.title == "Pets"
    assert info.class_names == ("cat", "dog", "고양이")
    assert (info.train_count, info.test_count) == (28, 7)
    test = Counter(entry.label for entry in scan_folder(tmp_path / "Pets").test)
    assert test == {0: 4, 1: 2, 2: 1}


@pytest.mark.parametrize("names", [("train", "test"), ("Train", "VAL"), ("training", "validation")])
def test_parts_above_the_classes_are_kept(tmp_path: Path, names: tuple[str, str]) -> None:
    place_photos(tmp_path / names[0], {"a": 3, "b": 2})
    place_photos(tmp_path / names[1], {"b": 1})

    found = scan_folder(tmp_path)

    assert found.class_names == ("a", "b")
    assert {entry.path.split("/")[0] for entry in found.train} == {names[0]}
    assert [(entry.path, entry.label) for entry in found.test] == [(f"{names[1]}/b/000.png", 1)]


def test_a_training_part_alone_is_split(tmp_path: Path) -> None:
    place_photos(tmp_path / "train", {"a": 5, "b": 5})

    assert len(scan_folder(tmp_path).test) == 2


def test_classes_that_are_called_train_and_test_are_classes(tmp_path: Path) -> None:
    place_photos(tmp_path, {"train": 5, "ship": 5})

    assert scan_folder(tmp_path).class_names == ("ship", "train")


def test_nested_and_hidden_files_and_those_that_are_no_images(tmp_path: Path) -> None:
    place_photos(tmp_path, {"a": 2, "b/c/d": 3, ".git": 4, "empty": 0})
    (tmp_path / "a" / "notes.txt").write_text("no image")
    (tmp_path / "a" / ".hidden.png").write_bytes(b"")
    (tmp_path / "b" / "loop").symlink_to(tmp_path, target_is_directory=True)

    found = scan_folder(tmp_path)

    assert found.class_names == ("a", "b")
    assert len(found.train + found.test) == 5


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        ({}, "no subfolder"),
        ({"only": 3}, r"only one subfolder \(only\)"),
        ({"train/a": 2, "train/b": 2, "test/c": 1}, "test/c has no counterpart"),
        ({"train/a": 2, "train/b": 2, "test/a": 0}, "test holds no images"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, classes: dict[str, int], sentence: str) -> None:
    place_photos(tmp_path, classes)

    with pytest.raises(DatasetError, match=sentence):
        describe_folder(tmp_path)


def test_a_class_that_may_not_be_read_does_not_go_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_photos(tmp_path, {"a": 2, "b": 2, "c/locked": 2, "lost+found": 1, "$RECYCLE.BIN": 1})
    assert scan_folder(tmp_path).class_names == ("a", "b", "c")
    scandir = os.scandir

    def guarded(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        if Path(path).name == "c":
            raise OSError("The disk is gone")
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", guarded)
        with pytest.raises(DatasetError, match=rf"{tmp_path.name} cannot be read \(The disk is gone\)\.$"):
            scan_folder(tmp_path)
        (tmp_path / "c").rename(tmp_path / "d")
        with pytest.raises(DatasetError, match=r"locked cannot be read \(Permission denied\)\.$"):
            scan_folder(tmp_path)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"There is no folder .*nowhere"):
        describe_folder(tmp_path / "nowhere")
    assert not is_present("folder", tmp_path / "nowhere")


@settings(max_examples=25)
@given(counts=st.lists(st.integers(1, 12), min_size=2, max_size=4), seed=st.integers(0, 5))
def test_a_split_is_complete_disjoint_fair_and_repeatable(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], seed: int
) -> None:
    root = tmp_path_factory.mktemp("photos")
    for number, count in enumerate(counts):
        (root / f"class{number}").mkdir()
        for index in range(count):
            (root / f"class{number}" / f"{index}.jpg").touch()

    found = scan_folder(root, seed)

    train, test = Counter(e.label for e in found.train), Counter(e.label for e in found.test)
    assert len({entry.path for entry in found.train + found.test}) == sum(counts)
    for number, count in enumerate(counts):
        assert train[number] + test[number] == count
        assert train[number] >= 1
        assert test[number] == (0 if count == 1 else max(1, round(count / 5)))
    assert scan_folder(root, seed) == found
