"""Downloads arrive whole and checked, or leave nothing behind and say what happened."""

import gzip
import io
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnstudio.workspace.datasets import Cancelled, DatasetError, Progress, download, is_present, load
from cnnstudio.workspace.datasets.catalogue import CIFAR_FOLDER, CIFAR_TEST, CIFAR_TRAIN, IDX_NAMES
from cnnstudio.workspace.datasets.remote import RemoteFile
from tests.workspace.datasets.published import idx, idx_parts, md5, place_idx
from tests.workspace.datasets.serving import Manner, Server, serving

ARCHIVE = "cifar-10-python.tar.gz"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as running:
        yield running
        running.released.set()
        _wait_for_fetches()


def _wait_for_fetches() -> None:
    """The thread that waits for a server ends by itself once the server lets go."""
    for thread in threading.enumerate():
        if thread.name == "cnnstudio-fetch":
            thread.join(5)


def offer_mnist(server: Server, **manners: Manner) -> list[RemoteFile]:
    files = []
    for name, values in idx_parts().items():
        data = gzip.compress(idx(values))
        server.files[name + ".gz"] = (data, manners.get(name.split("-")[0], "whole"))
        files.append(RemoteFile(name + ".gz", (server.url(name + ".gz"),), md5(data)))
    return files


def left(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_mnist_arrives_where_torchvision_looks_for_it(server: Server, tmp_path: Path) -> None:
    heard: list[Progress] = []

    download("mnist", tmp_path, heard.append, remote=offer_mnist(server))

    assert left(tmp_path) == sorted(f"MNIST/raw/{name}" for name in IDX_NAMES)
    assert not list(tmp_path.glob(".*"))
    found = load("mnist", tmp_path, height=28, width=28, channels=1)
    assert (found.train.images[..., 0] == idx_parts()["train-images-idx3-ubyte"]).all()
    first = [step for step in heard if step.name == "train-images-idx3-ubyte.gz"]
    assert first[0].stage == "download"
    assert first[-1].stage == "unpack"
    assert first[-1].done == first[-1].total == len(server.files["train-images-idx3-ubyte.gz"][0])


def test_files_that_are_there_are_taken_as_they_are(server: Server, tmp_path: Path) -> None:
    files = offer_mnist(server)
    raw = tmp_path / "MNIST" / "raw"
    place_idx(raw, idx_parts(seed=1))
    (raw / "t10k-labels-idx1-ubyte").unlink()
    (raw / "t10k-labels-idx1-ubyte.gz").write_bytes(server.files["t10k-labels-idx1-ubyte.gz"][0])
    before = {path.name: path.stat().st_mtime_ns for path in raw.iterdir()}

    download("mnist", tmp_path, remote=files)

    assert server.asked == []
    assert {path.name: path.stat().st_mtime_ns for path in raw.iterdir()} == before


def test_only_what_is_missing_or_damaged_is_fetched(server: Server, tmp_path: Path) -> None:
    files = offer_mnist(server)
    raw = tmp_path / "MNIST" / "raw"
    place_idx(raw, idx_parts())
    (raw / "train-labels-idx1-ubyte").unlink()
    (raw / "t10k-labels-idx1-ubyte").unlink()
    (raw / "t10k-labels-idx1-ubyte.gz").write_bytes(b"cut short")
    images = raw / "t10k-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:-1])

    download("mnist", tmp_path, remote=files)

    assert sorted(server.asked) == sorted(
        ["train-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"]
    )
    assert len(load("mnist", tmp_path, height=28, width=28, channels=1).test) == 10


def test_an_unannounced_length_is_no_obstacle(server: Server, tmp_path: Path) -> None:
    heard: list[Progress] = []

    download("mnist", tmp_path, heard.append, remote=offer_mnist(server, train="unannounced"))

    assert is_present("mnist", tmp_path)
    assert heard[0].total == 0
    assert heard[0].fraction is None


@pytest.mark.parametrize(("manner", "reason"), [("cut", "it ended after"), ("wrong", "checksum is wrong")])
def test_a_damaged_arrival_is_named_and_thrown_away(
    server: Server, tmp_path: Path, manner: Manner, reason: str
) -> None:
    files = offer_mnist(server, t10k=manner)

    with pytest.raises(DatasetError, match=rf"t10k-images.*\.gz of MNIST arrived damaged .*{reason}.*shapes"):
        download("mnist", tmp_path, remote=files)

    # What came whole before stays and is not fetched again.
    assert left(tmp_path) == [
        "MNIST/raw/train-images-idx3-ubyte",
        "MNIST/raw/train-labels-idx1-ubyte",
    ]
    assert not list(tmp_path.glob(".*"))


def test_the_next_mirror_is_tried(server: Server, tmp_path: Path) -> None:
    files = [
        RemoteFile(file.name, (server.url("gone"), server.url("bad"), *file.urls), file.md5)
        for file in offer_mnist(server)
    ]
    server.files["bad"] = (b"something else", "whole")

    download("mnist", tmp_path, remote=files)

    assert is_present("mnist", tmp_path)
    assert server.asked[:2] == ["gone", "bad"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nowhere.invalid/", "http://[broken"])
def test_no_network_is_one_sentence_that_offers_shapes(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")

    with pytest.raises(DatasetError) as caught:
        download("cifar10", tmp_path, remote=[RemoteFile(ARCHIVE, (url,), "0" * 32)])

    assert str(caught.value).startswith("CIFAR-10 could not be downloaded (")
    assert str(caught.value).endswith("or train on shapes, which needs no download.")
    assert "\n" not in str(caught.value)
    assert left(tmp_path) == []


def test_a_refusal_is_told(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"could not be downloaded \(Not Found\)"):
        download("cifar10", tmp_path, remote=[RemoteFile(ARCHIVE, (server.url("gone"),), "0" * 32)])


def test_a_server_that_falls_silent_is_given_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnstudio.workspace.datasets.transfer.TIMEOUT", 0.3)

    with pytest.raises(DatasetError, match="did not answer in time"):
        download("mnist", tmp_path, remote=offer_mnist(server, train="stall"))
    with pytest.raises(DatasetError, match="did not answer in time"):
        download("mnist", tmp_path, remote=offer_mnist(server, train="stall halfway"))
    assert left(tmp_path) == []


@pytest.mark.parametrize("manner", ["stall", "stall halfway"])
def test_a_cancel_is_answered_at_once_and_leaves_nothing(
    server: Server, tmp_path: Path, manner: Manner
) -> None:
    files = offer_mnist(server, train=manner)
    cancelled = threading.Event()
    timer = threading.Timer(0.3, cancelled.set)
    timer.start()
    began = time.monotonic()

    with pytest.raises(Cancelled):
        download("mnist", tmp_path, cancelled=cancelled.is_set, remote=files)

    assert time.monotonic() - began < 5
    assert left(tmp_path) == []
    assert not list(tmp_path.glob(".*"))
    timer.join()


def test_a_cancel_while_unpacking_leaves_nothing_partial(server: Server, tmp_path: Path) -> None:
    heard: list[Progress] = []

    with pytest.raises(Cancelled):
        download(
            "mnist",
            tmp_path,
            heard.append,
            lambda: bool(heard) and heard[-1].done == heard[-1].total,
            remote=offer_mnist(server),
        )

    assert left(tmp_path) == []


def offer_cifar(server: Server, members: dict[str, bytes]) -> list[RemoteFile]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo(f"{CIFAR_FOLDER}/readme.html")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    server.files[ARCHIVE] = (packed.getvalue(), "whole")
    return [RemoteFile(ARCHIVE, (server.url(ARCHIVE),), md5(packed.getvalue()))]


def test_cifar_comes_out_of_its_archive_and_nothing_else_does(server: Server, tmp_path: Path) -> None:
    batches = {f"{CIFAR_FOLDER}/{name}": name.encode() for name in CIFAR_TRAIN + CIFAR_TEST}
    strangers = {"../outside": b"x", "/absolute": b"x", "other.txt": b"x"}
    data_dir = tmp_path / "data"

    download("cifar10", data_dir, remote=offer_cifar(server, {**strangers, **batches}))

    assert left(tmp_path) == sorted(f"data/{name}" for name in batches)
    assert is_present("cifar10", data_dir)
    assert (data_dir / CIFAR_FOLDER / "data_batch_2").read_bytes() == b"data_batch_2"


def test_an_archive_without_a_batch_is_refused(server: Server, tmp_path: Path) -> None:
    batches = {f"{CIFAR_FOLDER}/{name}": b"x" for name in CIFAR_TRAIN}

    with pytest.raises(DatasetError, match=r"arrived damaged .it has no test_batch"):
        download("cifar10", tmp_path, remote=offer_cifar(server, batches))
    assert left(tmp_path) == []


def test_something_that_is_no_archive_is_refused(server: Server, tmp_path: Path) -> None:
    server.files[ARCHIVE] = (b"<html>moved</html>", "whole")
    remote = [RemoteFile(ARCHIVE, (server.url(ARCHIVE),), md5(b"<html>moved</html>"))]

    with pytest.raises(DatasetError, match="arrived damaged"):
        download("cifar10", tmp_path, remote=remote)
    assert left(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DatasetError, match=r"could not be stored in .*CNNSTUDIO_DATA"):
        download("mnist", tmp_path / "file", remote=offer_mnist(server))


def test_what_needs_no_download(tmp_path: Path) -> None:
    download("shapes", tmp_path)
    with pytest.raises(DatasetError, match="choose one on this disk"):
        download("folder", tmp_path)
    assert left(tmp_path) == []
