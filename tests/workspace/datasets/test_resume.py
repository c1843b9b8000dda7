"""Downloads go on where they broke off, if it is still the same file; damaged files are fetched again."""

import gzip
import os
import threading
from pathlib import Path

import pytest

from cnnstudio.workspace import disk_space
from cnnstudio.workspace.datasets import Cancelled, DatasetError, Progress, download, is_present, load
from cnnstudio.workspace.datasets.catalogue import CIFAR_FOLDER, CIFAR_TEST, CIFAR_TRAIN, dataset
from cnnstudio.workspace.datasets.remote import RemoteFile
from tests.workspace.datasets.published import idx, idx_parts, md5, place_idx
from tests.workspace.datasets.serving import Server
from tests.workspace.datasets.test_download import ARCHIVE, left, offer_cifar, offer_mnist, server

__all__ = ["server"]

FIRST = "train-images-idx3-ubyte.gz"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnstudio.workspace.datasets.fetch._PAUSE", 0.01)


@pytest.fixture
def good(server: Server) -> Server:
    """It sends parts."""
    server.ranges, server.etag = True, '"one"'
    return server


def partials(folder: Path) -> list[Path]:
    return [path for path in (folder / ".downloads").glob("*") if path.suffix != ".json"]


def test_a_connection_that_breaks_goes_on_by_itself(good: Server, tmp_path: Path) -> None:
    files = offer_mnist(good)
    good.breaks = [3000, 5000]
    heard: list[Progress] = []

    download("mnist", tmp_path, heard.append, remote=files)

    assert is_present("mnist", tmp_path)
    assert good.parts_asked[:3] == ["", "bytes=3000-", "bytes=8000-"]
    done = [step.done for step in heard if step.name == FIRST and step.stage == "download"]
    assert done == sorted(done)  # it never seems to begin anew
    assert not (tmp_path / ".downloads").exists()


def test_a_cancelled_download_goes_on_the_next_time(good: Server, tmp_path: Path) -> None:
    files = offer_mnist(good, train="stall halfway")
    cancelled = threading.Event()

    def report(progress: Progress) -> None:
        if progress.done > 1000:
            cancelled.set()

    with pytest.raises(Cancelled):
        download("mnist", tmp_path, report, cancelled.is_set, remote=files)

    (partial,) = partials(tmp_path)
    came = partial.stat().st_size
    assert came > 1000
    assert not is_present("mnist", tmp_path)
    assert not (tmp_path / "MNIST").exists()
    good.released.set()
    good.files = {name: (data, "whole") for name, (data, _) in good.files.items()}
    good.parts_asked.clear()

    download("mnist", tmp_path, remote=files)

    assert good.parts_asked[0] == f"bytes={came}-"
    assert len(load("mnist", tmp_path, height=28, width=28, channels=1).train) == 30
    assert not partials(tmp_path)


def interrupted(server: Server, folder: Path, files: list[RemoteFile]) -> Path:
    """A download that was called off early in its first file."""
    cancelled = threading.Event()

    def report(progress: Progress) -> None:
        if progress.done:
            cancelled.set()

    server.breaks = [4000]
    with pytest.raises(Cancelled):
        download("mnist", folder, report, cancelled.is_set, remote=files)
    (partial,) = partials(folder)
    server.breaks.clear()
    server.parts_asked.clear()
    return partial


def test_another_file_at_the_same_address_begins_anew(good: Server, tmp_path: Path) -> None:
    files = offer_mnist(good)
    interrupted(good, tmp_path, files)
    good.etag = '"two"'

    download("mnist", tmp_path, remote=files)

    assert good.parts_asked[0] == "bytes=4000-"
    assert good.asked.count(FIRST) == 2  # the answer to the second was the whole file
    assert is_present("mnist", tmp_path)


@pytest.mark.parametrize("trouble", ["no ranges any more", "wrong part", "longer", "spoiled"])
def test_whatever_came_before_the_file_is_whole_in_the_end(
    good: Server, tmp_path: Path, trouble: str
) -> None:
    files = offer_mnist(good)
    partial = interrupted(good, tmp_path, files)
    whole = good.files[FIRST][0]
    if trouble == "no ranges any more":
        good.ranges = False
    elif trouble == "wrong part":
        good.wrong_part = True
    elif trouble == "longer":
        partial.write_bytes(whole + b"more")
    else:
        partial.write_bytes(b"\0" * partial.stat().st_size)

    download("mnist", tmp_path, remote=files)

    expected = idx_parts()["train-images-idx3-ubyte"]
    assert (load("mnist", tmp_path, height=28, width=28, channels=1).train.images[..., 0] == expected).all()
    assert not partials(tmp_path)


def test_a_server_that_breaks_again_and_again_is_given_up_with_what_came_kept(
    good: Server, tmp_path: Path
) -> None:
    files = offer_mnist(good)
    good.breaks = [100] * 9

    with pytest.raises(DatasetError, match=r"train-images.*arrived damaged \(it ended after 500 of"):
        download("mnist", tmp_path, remote=files)

    (partial,) = partials(tmp_path)
    assert partial.stat().st_size == 500


def test_a_server_without_parts_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    files = offer_mnist(server)
    server.breaks = [3000]

    with pytest.raises(DatasetError, match="it ended after 3000"):
        download("mnist", tmp_path, remote=files)
    assert left(tmp_path) == []
    assert not list(tmp_path.glob(".*"))


def test_what_was_called_off_while_unpacking_is_not_fetched_again(good: Server, tmp_path: Path) -> None:
    files = offer_mnist(good)
    heard: list[Progress] = []
    with pytest.raises(Cancelled):
        download(
            "mnist",
            tmp_path,
            heard.append,
            lambda: bool(heard) and heard[-1].stage == "unpack",
            remote=files,
        )
    good.asked.clear()

    download("mnist", tmp_path, remote=files)

    assert FIRST not in good.asked
    assert is_present("mnist", tmp_path)


def test_old_leftovers_are_swept_away(good: Server, tmp_path: Path) -> None:
    old = tmp_path / ".downloads" / "0123abcd-something.gz"
    old.parent.mkdir()
    old.touch()
    os.utime(old, (1, 1))

    download("mnist", tmp_path, remote=offer_mnist(good))

    assert not old.exists()


def test_two_at_once_fetch_once(good: Server, tmp_path: Path) -> None:
    files = offer_mnist(good, train="stall halfway")
    begun = threading.Event()

    def first() -> None:
        download("mnist", tmp_path, lambda _: begun.set(), remote=files)

    worker = threading.Thread(target=first)
    worker.start()
    begun.wait(10)
    waited: list[Progress] = []

    def report(progress: Progress) -> None:
        waited.append(progress)
        good.files = {name: (data, "whole") for name, (data, _) in good.files.items()}
        good.released.set()

    download("mnist", tmp_path, report, remote=files)
    worker.join()

    assert {step.name for step in waited} == {"MNIST"}
    assert is_present("mnist", tmp_path)
    assert good.asked.count("t10k-labels-idx1-ubyte.gz") == 1


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    good: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: 20 << 20)

    with pytest.raises(
        DatasetError, match=r"CIFAR-10 needs 340 MiB in .*, where 20 MiB are free: free space"
    ):
        download("cifar10", tmp_path, remote=offer_cifar(good, {}))
    assert good.asked == []


def fetched_again(
    server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch, repair: bool = True
) -> list[Progress]:
    """Reads MNIST with files of this server at hand."""
    files = offer_mnist(server)
    monkeypatch.setattr("cnnstudio.workspace.datasets.installing.remote_files", lambda _: files)
    heard: list[Progress] = []
    found = load("mnist", folder, height=28, width=28, channels=1, progress=heard.append, repair=repair)
    assert (found.train.images[..., 0] == idx_parts()["train-images-idx3-ubyte"]).all()
    assert (found.train.labels == idx_parts()["train-labels-idx1-ubyte"]).all()
    return heard


def test_a_truncated_file_of_torchvision_is_named_and_fetched_again(
    good: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "MNIST" / "raw"
    place_idx(raw, idx_parts(), packed=True)
    spoiled = raw / FIRST
    spoiled.write_bytes(spoiled.read_bytes()[:5000])
    assert is_present("mnist", tmp_path)  # as far as names tell

    heard = fetched_again(good, tmp_path, monkeypatch)

    assert Progress("repair", FIRST, 0, 0) in heard
    assert good.asked == [FIRST]
    assert not spoiled.exists()  # torchvision would take it for whole
    assert (raw / "train-images-idx3-ubyte").exists()


@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"])
def test_a_file_of_the_right_length_with_nonsense_is_fetched_again(
    good: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    raw = tmp_path / "MNIST" / "raw"
    place_idx(raw, idx_parts())
    whole = (raw / name).read_bytes()
    (raw / name).write_bytes(whole[:-1] + b"\xff")

    heard = fetched_again(good, tmp_path, monkeypatch)

    assert Progress("repair", name, 0, 0) in heard
    assert good.asked == [f"{name}.gz"]
    assert (raw / name).read_bytes() == whole


def test_without_leave_to_repair_the_file_is_named(
    good: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_idx(tmp_path / "MNIST" / "raw", idx_parts(), packed=True)
    (tmp_path / "MNIST" / "raw" / FIRST).write_bytes(b"cut")

    with pytest.raises(DatasetError, match=r"train-images-idx3-ubyte\.gz is damaged"):
        fetched_again(good, tmp_path, monkeypatch, repair=False)
    assert good.asked == []


def test_a_damaged_file_without_a_network_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_idx(tmp_path / "MNIST" / "raw", idx_parts(), packed=True)
    (tmp_path / "MNIST" / "raw" / FIRST).write_bytes(b"cut")
    monkeypatch.setenv("no_proxy", "*")
    gone = RemoteFile(FIRST, ("http://127.0.0.1:9/",), "0" * 32)
    monkeypatch.setattr("cnnstudio.workspace.datasets.installing.remote_files", lambda _: [gone])

    with pytest.raises(DatasetError) as caught:
        load("mnist", tmp_path, height=28, width=28, channels=1, repair=True)
    said = str(caught.value)
    assert FIRST in said
    assert "is damaged" in said
    assert "and MNIST could not be downloaded" in said
    assert "\n" not in said


def test_a_damaged_batch_of_cifar_brings_the_archive_again(
    good: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = {f"{CIFAR_FOLDER}/{name}": name.encode() for name in CIFAR_TRAIN + CIFAR_TEST}
    files = offer_cifar(good, batches)
    monkeypatch.setattr("cnnstudio.workspace.datasets.installing.remote_files", lambda _: files)
    checksums = {name: md5(name.encode()) for name in CIFAR_TRAIN + CIFAR_TEST}
    monkeypatch.setattr("cnnstudio.workspace.datasets.cifar.CHECKSUMS", checksums)
    (tmp_path / CIFAR_FOLDER).mkdir()
    for name in CIFAR_TRAIN + CIFAR_TEST:
        (tmp_path / CIFAR_FOLDER / name).write_bytes(name.encode())
    (tmp_path / CIFAR_FOLDER / "data_batch_3").write_bytes(b"spoiled")

    download("cifar10", tmp_path)

    assert good.asked == [ARCHIVE]
    assert (tmp_path / CIFAR_FOLDER / "data_batch_3").read_bytes() == b"data_batch_3"


def test_an_archive_that_torchvision_left_is_used(good: Server, tmp_path: Path) -> None:
    batches = {f"{CIFAR_FOLDER}/{name}": name.encode() for name in CIFAR_TRAIN + CIFAR_TEST}
    files = offer_cifar(good, batches)
    (tmp_path / ARCHIVE).write_bytes(good.files[ARCHIVE][0])

    download("cifar10", tmp_path, remote=files)

    assert good.asked == []
    assert is_present("cifar10", tmp_path)
    assert (tmp_path / ARCHIVE).exists()


def test_a_truncated_archive_is_fetched_anew(good: Server, tmp_path: Path) -> None:
    batches = {f"{CIFAR_FOLDER}/{name}": name.encode() for name in CIFAR_TRAIN + CIFAR_TEST}
    files = offer_cifar(good, batches)
    (tmp_path / ARCHIVE).write_bytes(good.files[ARCHIVE][0][:50])

    download("cifar10", tmp_path, remote=files)

    assert good.asked == [ARCHIVE]
    assert is_present("cifar10", tmp_path)


def test_the_catalogue_knows_how_much_room_is_needed() -> None:
    for id in ("mnist", "fashion-mnist", "cifar10"):
        info = dataset(id)
        assert 10e6 < info.download_bytes < info.disk_bytes < 200e6
    images = 60_000 * (28 * 28 + 1) + 10_000 * (28 * 28 + 1) + 2 * 16 + 2 * 8
    assert dataset("mnist").disk_bytes == dataset("fashion-mnist").disk_bytes == images


def test_gzip_of_the_published_files_is_what_is_meant() -> None:
    # The tiny files of these tests are large enough to break off in the middle.
    assert len(gzip.compress(idx(idx_parts()["train-images-idx3-ubyte"]))) > 10_000
