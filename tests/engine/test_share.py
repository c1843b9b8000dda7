"""Several processes together take what one alone would."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.core.training import TrainingSettings
from cnnstudio.engine.data import Feed
from cnnstudio.engine.share import Share
from cnnstudio.workspace import datasets


@given(st.integers(1, 300), st.integers(1, 70), st.integers(1, 9), st.sampled_from([1, 2]))
def test_each_batch_is_shared_out_without_gaps_or_repeats(
    images: int, batch_size: int, size: int, fewest: int
) -> None:
    parts = [Share(rank, size).positions(images, batch_size, fewest) for rank in range(size)]
    assert sorted(torch.cat(parts).tolist()) == list(range(images))
    for start in range(0, images, batch_size):
        present = min(batch_size, images - start)
        mine = [int(((part >= start) & (part < start + present)).sum()) for part in parts]
        assert sum(mine) == present
        assert all(count == 0 or count >= min(fewest, present) for count in mine)


def test_two_feeds_hand_out_the_images_of_one() -> None:
    settings = TrainingSettings.model_validate({"augment": {"flip": True, "crop_padding": 2}, "seed": 3})
    data = datasets.load("shapes", None, height=12, width=12, channels=3, seed=1, limit=53)
    device = torch.device("cpu")
    for batch_size, first in ((8, 0), (8, 3), (52, 0), (1, 50)):
        one = list(Feed(data, settings, device).train(2, batch_size, first))
        feeds = [Feed(data, settings, device, Share(rank, 2)) for rank in (0, 1)]
        two = [list(feed.train(2, batch_size, first)) for feed in feeds]
        assert len(two[0]) == len(two[1]) == len(one)
        for alone, *parts in zip(one, *two, strict=True):
            torch.testing.assert_close(torch.cat([images for images, _ in parts]), alone[0])
            assert torch.equal(torch.cat([labels for _, labels in parts]), alone[1])


def test_the_test_images_are_shared_too() -> None:
    data = datasets.load("shapes", None, height=12, width=12, channels=1, seed=1, limit=20)
    settings, device = TrainingSettings(test_limit=31), torch.device("cpu")
    one = torch.cat([labels for _, labels in Feed(data, settings, device).test(10)])
    shared = [Feed(data, settings, device, Share(rank, 3)) for rank in range(3)]
    assert torch.equal(torch.cat([labels for feed in shared for _, labels in feed.test(10)]), one)
