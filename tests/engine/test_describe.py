"""The data card tells what is there, at once when it is asked again, and anew when the files change."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from cnnstudio.core.document import Document
from cnnstudio.core.messages import DataCard, Message, Preparing, Tensor
from cnnstudio.core.requests import DescribeData, PreviewAugmentation
from cnnstudio.engine import describe as describing
from cnnstudio.engine import specimens as remembering
from cnnstudio.engine.control import Control
from cnnstudio.engine.describe import describe
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.preview import preview
from cnnstudio.engine.specimens import Remembered, in_turn
from cnnstudio.workspace.errors import Cancelled, DatasetError
from tests.engine.tiny import Heard, document
from tests.workspace.datasets.photos import place_photos
from tests.workspace.datasets.published import idx_parts, place_idx


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knows what another one asked."""
    monkeypatch.setattr(describing, "_cards", Remembered())
    monkeypatch.setattr(remembering, "_specimens", Remembered())
    monkeypatch.setattr(remembering, "_SCAN_HOLDS", -1.0)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    place_photos(tmp_path / "photos" / "train", {"blue": 12, "green": 5, "red": 20})
    place_photos(tmp_path / "photos" / "val", {"blue": 2, "green": 1, "red": 3})
    return tmp_path / "photos"


def card(
    shown: Document, folder: Path | None = None, samples: int = 9, heard: list[Message] | None = None
) -> DataCard:
    emit = Heard() if heard is None else heard.append
    return describe(DescribeData(shown, str(folder) if folder else None, samples), emit, Control())


def pixels(tensor: Tensor) -> np.ndarray:
    return np.frombuffer(tensor.data, tensor.dtype).reshape(tensor.shape)


def test_shapes_are_described() -> None:
    found = card(document(size=20, channels=3))
    assert (found.train_images, found.test_images) == (2000, 500)
    assert found.class_names == ("circle", "square", "triangle")
    assert sum(found.train_counts) == 2000
    assert max(found.train_counts) - min(found.train_counts) <= 1
    assert found.samples.shape == (9, 20, 20, 3)
    assert found.sample_labels == (0, 1, 2) * 3
    assert found.skipped is None


def test_a_published_data_set_is_counted_and_measured(tmp_path: Path) -> None:
    parts = idx_parts(train=60, test=20)
    place_idx(tmp_path / "MNIST" / "raw", parts)
    found = card(document(dataset="mnist", size=28), tmp_path)
    images, labels = parts["train-images-idx3-ubyte"], parts["train-labels-idx1-ubyte"]
    assert found.train_counts == tuple(np.bincount(labels, minlength=10))
    assert found.test_counts == tuple(np.bincount(parts["t10k-labels-idx1-ubyte"], minlength=10))
    assert found.mean == pytest.approx((images.mean() / 255,))
    assert found.std == pytest.approx((images.std() / 255,))
    for image, label in zip(pixels(found.samples)[..., 0], found.sample_labels):
        assert label in labels[(images == image).all(axis=(1, 2))]


def test_a_folder_is_described_with_what_cannot_be_read(photos: Path) -> None:
    (photos / "train" / "red" / "003.png").write_bytes(b"no image")
    found = card(document(dataset="folder", size=8, channels=3), photos)
    assert found.class_names == ("blue", "green", "red")
    assert found.train_counts == (12, 5, 19)
    assert found.test_counts == (2, 1, 3)
    assert found.skipped is not None
    assert found.skipped.images == 1
    assert found.skipped.paths[0].startswith("train/red/003.png: ")


def test_a_large_folder_is_sampled_and_not_decoded_unasked(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describing, "DECODED_UNASKED", 1000)
    monkeypatch.setattr(describing, "MEASURED_IMAGES", 10)
    heard: list[Message] = []
    found = card(document(dataset="folder", size=8, channels=3), photos, heard=heard)
    assert (found.train_counts, found.measured) == ((12, 5, 20), 10)
    assert Preparing("decode", "photos", 0, 10) in heard
    assert not Path(os.environ["CNNSTUDIO_CACHE"]).exists()


def test_large_images_arrive_small(photos: Path) -> None:
    found = card(document(dataset="folder", size=200, channels=3), photos, samples=3)
    assert found.samples.shape == (3, 112, 112, 3)
    assert pixels(found.samples)[2, ..., 2].mean() > 150  # red is the third folder: its third channel


def test_a_second_ask_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first = card(document())
    monkeypatch.setattr("cnnstudio.workspace.datasets.load", None)
    assert card(document()) is first
    preview(PreviewAugmentation(document()), Heard(), Control())
    # Settings that do not change the data do not change the card.
    assert card(document(batch_size=3, epochs=9)) is first


def test_changed_files_make_a_new_card(photos: Path) -> None:
    shown = document(dataset="folder", size=8, channels=3)
    first = card(shown, photos)
    (photos / "train" / "red" / "000.png").unlink()
    second = card(shown, photos)
    assert (first.train_images, second.train_images) == (37, 36)


def test_other_input_sizes_are_other_cards() -> None:
    assert card(document(size=16)).samples.shape[1] == 16
    assert card(document(size=18)).samples.shape[1] == 18


def test_data_that_are_not_there_are_not_downloaded(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="MNIST is not in"):
        card(document(dataset="mnist", size=28), tmp_path)
    with pytest.raises(DatasetError, match="There is no folder"):
        card(document(dataset="folder"), tmp_path / "nowhere")


def test_a_description_can_be_called_off(photos: Path) -> None:
    control = Control()
    control.stop()
    with pytest.raises(Cancelled):
        describe(DescribeData(document(dataset="folder", size=8, channels=3), str(photos)), Heard(), control)


def test_who_waits_for_another_can_be_called_off() -> None:
    known: Remembered[int] = Remembered()
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        go_on.wait(10)
        return 1

    worker = threading.Thread(target=lambda: known.get("a", Control(), slow))
    worker.start()
    begun.wait(10)
    control = Control()
    control.stop()
    with pytest.raises(Cancelled):
        known.get("b", control, lambda: 2)
    go_on.set()
    worker.join()
    assert known.get("a", Control(), lambda: 3) == 1


def test_only_the_last_answers_are_remembered() -> None:
    known: Remembered[int] = Remembered(most=2)
    for number in (1, 2, 1, 3):
        known.get(number, Control(), lambda n=number: n)  # type: ignore[misc]
    assert known.get(1, Control(), lambda: 0) == 1
    assert known.get(2, Control(), lambda: 0) == 0


def test_classes_take_turns() -> None:
    labels = np.array([2, 2, 0, 1, 0, 2])
    assert labels[in_turn(labels)].tolist() == [0, 1, 2, 0, 2, 2]
    assert in_turn(labels).tolist() == [2, 3, 0, 4, 1, 5]
