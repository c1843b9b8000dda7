"""Folders are decoded once, broken images are passed over, and a cancel leaves nothing."""

import os
import shutil
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.workspace import disk_space, paths
from cnnstudio.workspace.datasets import Cancelled, Dataset, DatasetError, Progress, decoding, load
from cnnstudio.workspace.datasets.decode import decode_image
from cnnstudio.workspace.datasets.folder import Entry, scan_folder
from cnnstudio.workspace.datasets.folder_cache import decoded_bytes, fingerprint
from cnnstudio.workspace.progress import ignore, never
from tests.workspace.datasets.photos import place_photos


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    place_photos(tmp_path / "photos" / "train", {"red": 50, "green": 20})
    place_photos(tmp_path / "photos" / "val", {"red": 2, "green": 3})
    return tmp_path / "photos"


def read(photos: Path, channels: int = 3, **options: object) -> tuple[Dataset, list[Progress]]:
    heard: list[Progress] = []
    found = load("folder", photos, height=6, width=8, channels=channels, progress=heard.append, **options)
    return found, heard


def cached() -> list[str]:
    return sorted(path.suffix for path in paths.cache_dir().iterdir()) if paths.cache_dir().exists() else []


def test_images_are_mapped_at_the_models_size_with_the_right_labels(photos: Path) -> None:
    found, heard = read(photos)

    assert found.train.images.shape == (70, 6, 8, 3)
    assert found.test.images.shape == (5, 6, 8, 3)
    assert isinstance(found.train.images, np.memmap)
    assert found.class_names == ("green", "red")
    assert not found.needs_resize
    for split in (found.train, found.test):
        assert (split.images[..., 0].mean(axis=(1, 2)) > 100).tolist() == (split.labels == 1).tolist()
    assert heard[-1] == Progress("decode", "photos", 75, 75)
    assert (found.info.title, found.info.source) == ("photos", str(photos))
    assert (found.info.train_count, found.info.test_count) == (70, 5)
    assert found.mean == pytest.approx(found.train.images.mean(axis=(0, 1, 2)) / 255)


def test_several_images_are_decoded_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=10)

    def decode(path: Path, *size: int) -> np.ndarray:
        both.wait()  # until another one is decoded too
        return decode_image(path, *size)

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(decoding, "decode_image", decode)
    place_photos(tmp_path / "few", {"red": 5, "green": 5})
    assert read(tmp_path / "few")[0].skipped == ()


def test_no_more_than_a_few_images_are_held_and_none_is_decoded_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def decode(path: Path, *size: int) -> np.ndarray:
        begun.append(path.name)
        return np.zeros((1, 1, 1), np.uint8)

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(decoding, "decode_image", decode)
    entries = [Entry(f"{number}.png", 0) for number in range(50)]
    found = decoding.decode_all(tmp_path, entries, (1, 1, 1), ignore, never)
    for number in range(20):
        assert next(found)[0] == number
        assert len(begun) <= number + 8
    found.close()
    assert len(begun) <= 28


def test_a_second_time_nothing_is_decoded(photos: Path) -> None:
    first, _ = read(photos)
    again, heard = read(photos, seed=5)

    assert heard == []
    assert (again.train.images == first.train.images).all()
    assert (again.train.labels == first.train.labels).all()
    assert cached() == [".json", ".npy"]


def test_a_changed_folder_is_decoded_again_and_the_old_cache_goes(photos: Path) -> None:
    photos = photos.rename(photos.with_name("my pho[t]os"))
    read(photos)
    path = photos / "train" / "red" / "000.png"
    Image.new("RGB", (5, 5), "white").save(path)
    os.utime(path, (1, 1))

    found, heard = read(photos)

    assert heard
    assert (found.train.images == 255).all(axis=(1, 2, 3)).sum() == 1
    assert cached() == [".json", ".npy"]


@pytest.mark.parametrize("damage", ["cut", "gone", "empty", "nonsense", "deep", "huge", "other"])
def test_a_damaged_cache_is_made_again(photos: Path, damage: str) -> None:
    first, _ = read(photos)
    (images,) = paths.cache_dir().glob("*.npy")
    (notes,) = paths.cache_dir().glob("*.json")
    expected = np.array(first.train.images)
    del first
    if damage == "cut":
        images.write_bytes(images.read_bytes()[:-100])
    elif damage == "gone":
        images.unlink()
    elif damage == "empty":  # as a power cut leaves files
        images.write_bytes(b"")
    elif damage == "other":
        np.save(images, expected[1:])
    else:
        text = notes.read_text("utf-8")
        huge = text.replace('"labels": [', f'"labels": [{10**30}, ')
        notes.write_text({"nonsense": "[1, 2", "deep": "[" * 100_000, "huge": huge}[damage])

    found, heard = read(photos)

    assert heard
    assert (found.train.images == expected).all()


def test_broken_images_are_skipped_and_named(photos: Path) -> None:
    whole = (photos / "train" / "red" / "003.png").read_bytes()
    (photos / "train" / "red" / "003.png").write_bytes(whole[: len(whole) // 2])
    (photos / "train" / "green" / "007.png").write_bytes(b"not an image")
    (photos / "val" / "red" / "000.png").write_bytes(b"")

    found, _ = read(photos)

    assert (len(found.train), len(found.test)) == (68, 4)
    assert found.train.images.shape[0] == 68
    names = sorted(line.split(":")[0] for line in found.skipped)
    assert names == ["train/green/007.png", "train/red/003.png", "val/red/000.png"]
    assert "it is no image" in " ".join(found.skipped)
    for split in (found.train, found.test):
        assert (split.images[..., 0].mean(axis=(1, 2)) > 100).tolist() == (split.labels == 1).tolist()
    assert read(photos)[0].skipped == found.skipped


def test_each_image_that_is_left_out_has_its_reason(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = {
        "001.png": FileNotFoundError(2, "No such file"),
        "002.png": SyntaxError("broken PNG file\nand more of it"),
        "003.png": ZeroDivisionError(),
    }

    def decode(path: Path, *size: int) -> np.ndarray:
        if path.parent.name == "green" and path.name in problems:
            raise problems[path.name]
        return decode_image(path, *size)

    monkeypatch.setattr(decoding, "decode_image", decode)
    found, _ = read(photos, limit=None)
    assert sorted(line for line in found.skipped if line.startswith("train")) == [
        "train/green/001.png: it is not there any more",
        "train/green/002.png: broken PNG file",
        "train/green/003.png: ZeroDivisionError",
    ]


@pytest.mark.parametrize(("part", "kind"), [("train", "training"), ("val", "test")])
def test_nothing_but_broken_images_is_an_error(photos: Path, part: str, kind: str) -> None:
    for path in (photos / part).rglob("*.png"):
        path.write_bytes(b"nonsense")

    with pytest.raises(
        DatasetError, match=rf"None of the {kind} images.*the first because {part}/.*\.png: it"
    ):
        read(photos)
    assert cached() == []


def test_one_image_a_class_leaves_none_to_test_on(tmp_path: Path) -> None:
    place_photos(tmp_path / "few", {"red": 1, "green": 1})

    with pytest.raises(DatasetError, match="few holds one image a class"):
        read(tmp_path / "few")
    place_photos(tmp_path / "few", {"red": 2})
    assert len(read(tmp_path / "few")[0].test) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_names_in_other_letters_than_utf8_are_read_and_can_be_told(photos: Path) -> None:
    """As a zip archive of a Korean Windows leaves them."""
    dog, bad = "개".encode("cp949"), "나쁨".encode("cp949")
    for part in ("train", "val"):
        os.rename(photos / part / "red", os.path.join(os.fsencode(photos / part), dog))  # noqa: PTH104, PTH118
    folder = photos / "train" / os.fsdecode(dog)
    (folder / os.fsdecode(bad + b".png")).write_bytes(b"nonsense")

    found, _ = read(photos)

    assert found.class_names == ("green", r"\xb0\xb3")
    assert (len(found.train), len(found.test)) == (70, 5)
    assert found.skipped == (r"train/\xb0\xb3/\xb3\xaa\xbb\xdd.png: it is no image",)
    with pytest.raises(DatasetError, match=r"holds only one subfolder \(\\xb0\\xb3\)"):
        scan_folder(_without(photos, "green"))
    with pytest.raises(DatasetError, match=r"xb0.xb3 is not in UTF-8, which no run can note: rename"):
        scan_folder(folder)


def _without(photos: Path, name: str) -> Path:
    for part in ("train", "val"):
        shutil.rmtree(photos / part / name)
    return photos


def test_a_cancel_leaves_nothing(photos: Path) -> None:
    heard: list[Progress] = []
    with pytest.raises(Cancelled):
        load(
            "folder", photos, height=6, width=8, channels=3,
            progress=heard.append, cancelled=lambda: len(heard) > 1,
        )  # fmt: skip

    assert [step.done for step in heard] == [0, 32]
    assert cached() == []


def test_a_limit_decodes_only_so_many_and_takes_all_classes(photos: Path) -> None:
    found, heard = read(photos, limit=20)

    assert len(found.train) == 20
    assert heard[-1].total == 25
    assert set(found.train.labels.tolist()) == {0, 1}


def test_a_cache_that_cannot_be_written_is_told(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNSTUDIO_CACHE", str(tmp_path / "file" / "below"))

    with pytest.raises(DatasetError, match=r"could not be kept .*CNNSTUDIO_CACHE"):
        read(photos)


def test_folders_that_vanish_between_two_runs_are_told(photos: Path) -> None:
    shutil.rmtree(photos)

    with pytest.raises(DatasetError, match="There is no folder"):
        read(photos)


def test_grey_and_many_channels(photos: Path) -> None:
    assert read(photos, channels=1)[0].train.images.shape == (70, 6, 8, 1)
    many = read(photos, channels=5)[0].train.images
    assert (many[..., 0] == many[..., 3]).all()


def test_mean_and_std_are_those_of_all_training_images(photos: Path) -> None:
    found, _ = read(photos)

    pixels = found.train.images.reshape(-1, 3) / 255
    assert found.mean == pytest.approx(tuple(pixels.mean(axis=0)))
    assert found.std == pytest.approx(tuple(pixels.std(axis=0)))
    assert read(photos)[0].mean == found.mean


def test_a_disk_without_room_is_told_before_anything_is_decoded(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = decoded_bytes(scan_folder(photos), (6, 8, 3))
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: needed - 1)
    heard: list[Progress] = []

    with pytest.raises(
        DatasetError, match=r"photos need 10\.5 KiB in .*, where 10\.5 KiB are free: free space"
    ):
        load("folder", photos, height=6, width=8, channels=3, progress=heard.append)
    assert heard == []
    assert cached() == []
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: needed)
    read(photos)


def test_the_old_cache_makes_room_for_the_new_one(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(photos)
    (old,) = paths.cache_dir().glob("*.npy")
    (photos / "train" / "red" / "000.png").unlink()
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: 0 if old.exists() else 1 << 20)

    assert len(read(photos)[0].train) == 69
    assert not old.exists()


def test_a_limit_and_the_whole_folder_do_not_throw_each_other_out(photos: Path) -> None:
    read(photos)
    read(photos, limit=20)

    assert read(photos)[1] == []
    assert read(photos, limit=20)[1] == []
    assert read(photos, limit=70)[1] == []  # which is the whole folder


def test_who_decodes_at_the_same_time_waits_and_finds_it_done(photos: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: Progress) -> None:
        begun.set()
        go_on.wait(10)

    def first() -> None:
        load("folder", photos, height=6, width=8, channels=3, progress=hold)

    worker = threading.Thread(target=first)
    worker.start()
    begun.wait(10)
    heard: list[Progress] = []

    def listen(progress: Progress) -> None:
        heard.append(progress)
        go_on.set()

    found = load("folder", photos, height=6, width=8, channels=3, progress=listen)
    worker.join()

    assert {(step.done, step.total) for step in heard} == {(0, 0)}
    assert len(found.train) == 70
    assert cached() == [".json", ".npy"]


def test_who_waits_can_be_called_off(photos: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: Progress) -> None:
        begun.set()
        go_on.wait(10)

    worker = threading.Thread(
        target=lambda: load("folder", photos, height=6, width=8, channels=3, progress=hold)
    )
    worker.start()
    begun.wait(10)
    heard: list[Progress] = []
    with pytest.raises(Cancelled):
        load(
            "folder", photos, height=6, width=8, channels=3,
            progress=heard.append, cancelled=lambda: bool(heard),
        )  # fmt: skip
    go_on.set()
    worker.join()


def test_what_a_killed_process_left_half_decoded_is_swept_away(photos: Path) -> None:
    read(photos)
    (images,) = paths.cache_dir().glob("*.npy")
    left = images.with_name(f".{images.name}.0123abcd.part")
    left.touch()
    images.unlink()

    read(photos)

    assert cached() == [".json", ".npy"]


def test_the_fingerprint_follows_names_sizes_and_times(photos: Path) -> None:
    def now() -> str:
        return fingerprint(scan_folder(photos))

    path = photos / "train" / "red" / "000.png"
    seen = [now()]
    assert now() == seen[0]
    os.utime(path, (1, 1))
    seen.append(now())
    path.write_bytes(path.read_bytes() + b"x")
    os.utime(path, (1, 1))
    seen.append(now())
    path.rename(path.with_name("renamed.png"))
    seen.append(now())
    known = scan_folder(photos)
    path.with_name("renamed.png").unlink()
    seen.append(now())
    assert fingerprint(known) not in seen, "it went after the folder was looked through"
    assert len(set(seen)) == 5
    with pytest.raises(Cancelled):
        fingerprint(known, lambda: True)


def test_a_folder_that_vanishes_meanwhile_is_no_folder_of_broken_images(photos: Path) -> None:
    def vanish(progress: Progress) -> None:
        if progress.done and photos.exists():
            photos.rename(photos.with_name("elsewhere"))

    with pytest.raises(DatasetError, match=r"photos vanished while its images were read"):
        load("folder", photos, height=6, width=8, channels=3, progress=vanish)
    assert cached() == []


def test_memory_that_runs_out_is_not_blamed_on_the_images(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("cnnstudio.workspace.datasets.decoding.decode_image", hungry)
    with pytest.raises(MemoryError):
        read(photos)
    assert cached() == []
