"""The preview shows what a training would see."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cnnstudio.core.document import Document
from cnnstudio.core.messages import AugmentedBatch, Tensor
from cnnstudio.core.requests import PreviewAugmentation
from cnnstudio.engine.control import Control
from cnnstudio.engine.data import Feed
from cnnstudio.engine.draws import draw
from cnnstudio.engine.preview import preview
from cnnstudio.engine.specimens import specimens, subject
from cnnstudio.workspace.datasets import Dataset, Split, dataset
from tests.engine.tiny import Heard, document
from tests.workspace.datasets.photos import place_photos

EVERYTHING = {
    "flip": True,
    "crop_padding": 2,
    "rotation": 20.0,
    "brightness": 0.3,
    "contrast": 0.3,
    "saturation": 0.3,
    "erasing": 0.5,
    "cutout": 4,
}


def pixels(tensor: Tensor) -> np.ndarray:
    return np.frombuffer(tensor.data, tensor.dtype).reshape(tensor.shape)


def shown(
    of: Document, seed: int = 0, images: int = 12, folder: Path | None = None
) -> tuple[np.ndarray, np.ndarray, AugmentedBatch]:
    request = PreviewAugmentation(of, str(folder) if folder else None, images, seed)
    found = preview(request, Heard(), Control())
    return pixels(found.before), pixels(found.after), found


def test_without_augmentation_nothing_changes() -> None:
    before, after, found = shown(document())
    assert before.shape == (12, 16, 16, 1)
    assert (before == after).all()
    assert found.labels == (0, 1, 2) * 4


def test_the_same_seed_shows_the_same_and_another_one_other_changes() -> None:
    first, again, other = (shown(document(augment=EVERYTHING), seed)[1] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    assert (shown(document(augment=EVERYTHING), 2)[0] == shown(document(), 5)[0]).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_what_a_training_would_be_fed(channels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    of = document(channels=channels, augment=EVERYTHING)
    _, after, found = shown(of)
    known = specimens(subject(of, None, lambda _: None, Control()), Heard(), Control()).take(12)
    # An epoch over exactly these images in this order, drawn with the preview's seed.
    draws = draw(of.training.augment, 12, (16, 16), 0)
    monkeypatch.setattr("cnnstudio.engine.data.draw", lambda *_: draws)
    monkeypatch.setattr(torch, "randperm", lambda count, generator: torch.arange(count))
    split = Split(known.images, np.array(known.labels))
    std = (0.25,) * channels
    data = Dataset(dataset("shapes"), split, split, known.class_names, (16, 16), known.mean, std)
    images, labels = next(Feed(data, of.training, torch.device("cpu")).train(1, 12))
    mean = torch.tensor(known.mean)[:, None, None]
    expected = (images * 0.25 + mean).mul(255).permute(0, 2, 3, 1).numpy()
    assert tuple(labels.tolist()) == found.labels
    np.testing.assert_allclose(after, expected, atol=0.51)


def test_images_are_shown_at_the_networks_size_but_not_larger_than_a_card(tmp_path: Path) -> None:
    place_photos(tmp_path, {"a": 3, "b": 3})
    of = document(dataset="folder", size=300, channels=3, augment=EVERYTHING)
    before, after, found = shown(of, images=4, folder=tmp_path)
    assert before.shape == after.shape == (4, 224, 224, 3)
    assert found.labels == (0, 1, 0, 1)


def test_a_folder_that_was_not_decoded_is_not_decoded_for_a_preview(
    tmp_path: Path, own_folders: Path
) -> None:
    place_photos(tmp_path, {"a": 3, "b": 3})
    shown(document(dataset="folder", size=8, channels=3), folder=tmp_path)
    assert not list(own_folders.rglob("*.npy"))
