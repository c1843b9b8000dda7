from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnstudio.core.training import TrainingSettings
from cnnstudio.engine.data import Feed
from cnnstudio.workspace.datasets import Dataset, Split, dataset

CPU = torch.device("cpu")
EVERY_CHANGE = {
    "flip": True,
    "crop_padding": 1,
    "rotation": 30.0,
    "brightness": 0.3,
    "contrast": 0.3,
    "saturation": 0.3,
    "erasing": 0.5,
    "cutout": 2,
}


def numbered(images: int = 50, size: int = 4, channels: int = 3, target: int = 4) -> Dataset:
    """Images whose label is their number, which is also their first pixel."""
    pixels = np.random.default_rng(1).integers(0, 256, (images, size, size, channels), dtype=np.uint8)
    labels = np.arange(images, dtype=np.int64)
    pixels[:, 0, 0, 0] = labels
    split = Split(pixels, labels)
    mean, std = (0.1, 0.2, 0.3)[:channels], (0.5, 0.6, 0.7)[:channels]
    return Dataset(dataset("shapes"), split, split, ("a",), (target, target), mean, std)


def feed(data: Dataset, **settings: object) -> Feed:
    return Feed(data, TrainingSettings.model_validate(settings), CPU)


def labels(batches: object) -> list[int]:
    return [label for _, of_batch in batches for label in of_batch.tolist()]  # type: ignore[attr-defined]


def test_an_epoch_shows_every_image_once_in_an_order_of_its_own() -> None:
    batches = feed(numbered())
    first, again, second = (labels(batches.train(epoch, 8)) for epoch in (1, 1, 2))
    assert sorted(first) == list(range(50))
    assert first == again != second
    assert labels(feed(numbered(), seed=1).train(1, 8)) != first


@pytest.mark.parametrize("first", [0, 1, 5, 6])
def test_an_epoch_can_be_entered_anywhere(first: int) -> None:
    settings = {"augment": EVERY_CHANGE}
    whole = list(feed(numbered(), **settings).train(3, 8))[first:]
    rest = list(feed(numbered(), **settings).train(3, 8, first))
    assert len(rest) == len(whole) == 7 - first
    for (images, of_images), (expected, of_expected) in zip(rest, whole):
        assert torch.equal(images, expected)
        assert torch.equal(of_images, of_expected)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("channels_last", [False, True])
def test_pixels_are_normalised_channel_by_channel(channels: int, channels_last: bool) -> None:
    data = numbered(channels=channels)
    batches = feed(data)
    batches.use_channels_last(channels_last)
    images, of_images = next(batches.train(1, 8))
    pixels = torch.tensor(data.train.images)[of_images].permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(values)[:, None, None] for values in (data.mean, data.std))
    torch.testing.assert_close(images, (pixels - mean) / std)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    assert images.is_contiguous(memory_format=layout)


def test_one_mean_serves_all_channels() -> None:
    data = numbered()
    images, of_images = next(feed(data, normalise={"mean": [0.5], "std": [0.25]}).train(1, 8))
    pixels = torch.tensor(data.train.images)[of_images].permute(0, 3, 1, 2) / 255
    torch.testing.assert_close(images, (pixels - 0.5) / 0.25)


def test_images_of_another_size_are_resized_and_then_cut() -> None:
    settings = {"augment": {"crop_padding": 2}, "normalise": {"mean": [0.0], "std": [1.0]}}
    images, _ = next(feed(numbered(target=9), **settings).train(1, 8))
    assert images.shape == (8, 3, 9, 9)
    assert 0 <= images.min() <= images.max() <= 1


def test_a_last_batch_of_one_can_be_left_out() -> None:
    batches = feed(numbered(images=9))
    assert [len(of) for _, of in batches.train(1, 4)] == [4, 4, 1]
    assert [len(of) for _, of in batches.train(1, 4, drop_single=True)] == [4, 4]


def test_tests_are_in_order_and_can_be_limited() -> None:
    assert labels(feed(numbered()).test(7)) == list(range(50))
    assert labels(feed(numbered(), test_limit=10).test(7)) == list(range(10))
    assert feed(numbered(), test_limit=1000).test_images == 50


def test_images_can_stay_on_the_disk(tmp_path: Path) -> None:
    data = numbered()
    np.save(tmp_path / "images.npy", data.train.images)
    mapped = Split(np.load(tmp_path / "images.npy", mmap_mode="r"), data.train.labels)
    on_disk = Dataset(data.info, mapped, mapped, data.class_names, data.target, data.mean, data.std)
    for channels_last in (False, True):
        one, other = feed(data), feed(on_disk)
        one.use_channels_last(channels_last)
        other.use_channels_last(channels_last)
        assert torch.equal(next(one.train(1, 8))[0], next(other.train(1, 8))[0])


SPLIT = {"validation": {"name": "split", "fraction": 0.2}}


def test_images_kept_aside_are_never_trained_on_and_always_the_same() -> None:
    batches = feed(numbered(), **SPLIT)
    aside = labels(batches.validation(7))
    assert (batches.val_images, batches.train_images, len(aside)) == (10, 40, 10)
    for epoch in (1, 2):
        assert sorted(labels(batches.train(epoch, 8)) + aside) == list(range(50))
    assert labels(feed(numbered(), **SPLIT).validation(3)) == aside
    assert labels(feed(numbered(), **SPLIT, seed=1).validation(3)) != aside
    assert labels(batches.test(8)) == list(range(50))


def test_images_kept_aside_are_neither_flipped_nor_cut() -> None:
    data = numbered()
    plain, augmented = feed(data, **SPLIT), feed(data, **SPLIT, augment={"flip": True, "crop_padding": 2})
    (images, _), (others, _) = (next(batches.validation(10)) for batches in (plain, augmented))
    assert torch.equal(images, others)


def test_without_a_split_the_test_images_are_the_validation() -> None:
    batches = feed(numbered(), test_limit=9)
    assert batches.val_images == 0
    assert labels(batches.validation(4)) == labels(batches.test(4)) == list(range(9))


def test_statistics_that_are_measured_leave_out_what_is_kept_aside() -> None:
    data = numbered()
    batches = feed(data, **SPLIT)
    images = torch.cat([images for images, _ in batches.train(1, 8)])
    torch.testing.assert_close(images.mean((0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(images.std((0, 2, 3)), torch.ones(3), atol=1e-2, rtol=0)


@pytest.mark.parametrize("target", [4, 9])
def test_every_way_through_memory_gives_the_same_images(tmp_path: Path, target: int) -> None:
    data = numbered(target=target)
    np.save(tmp_path / "images.npy", data.train.images)
    mapped = Split(np.load(tmp_path / "images.npy", mmap_mode="r"), data.train.labels)
    on_disk = Dataset(data.info, mapped, mapped, data.class_names, data.target, data.mean, data.std)
    found = []
    for source in (data, on_disk):
        for channels_last in (False, True):
            batches = feed(source, augment=EVERY_CHANGE)
            batches.use_channels_last(channels_last)
            found.append(next(batches.train(1, 16))[0])
    for images in found[1:]:
        torch.testing.assert_close(images, found[0], atol=1e-5, rtol=0)
    assert (found[0] == 0).any()  # what is blanked is the mean


def test_validation_and_test_images_are_never_augmented() -> None:
    data = numbered()
    plain = feed(data, validation={"name": "split", "fraction": 0.2})
    changed = feed(data, validation={"name": "split", "fraction": 0.2}, augment=EVERY_CHANGE)
    for a, b in zip(chain(plain.validation(8), plain.test(8)), chain(changed.validation(8), changed.test(8))):
        assert torch.equal(a[0], b[0])
