import numpy as np
import pytest
import torch

from cnnstudio.core.training import Augmentation
from cnnstudio.engine.augment import Draws, augment_maps, augment_rows, draw


def reference(images: np.ndarray, draws: Draws) -> np.ndarray:
    """One image after the other, as torchvision does it. (N, H, W, C)."""
    out = []
    for number, image in enumerate(images):
        height, width = image.shape[:2]
        if draws.offsets is not None:
            row, column = draws.offsets[number].tolist()
            p = draws.padding
            image = np.pad(image, ((p, p), (p, p), (0, 0)))[row : row + height, column : column + width]
        if draws.flips is not None and draws.flips[number]:
            image = image[:, ::-1]
        out.append(image)
    return np.stack(out)


@pytest.mark.parametrize("settings", [{"flip": True}, {"crop_padding": 3}, {"flip": True, "crop_padding": 2}])
def test_whole_batches_change_as_single_images_would(settings: dict[str, object]) -> None:
    images = np.random.default_rng(0).integers(0, 256, (17, 9, 6, 3), dtype=np.uint8)
    draws = draw(Augmentation.model_validate(settings), len(images), torch.Generator().manual_seed(3))
    expected = reference(images, draws)
    np.testing.assert_array_equal(augment_rows(images.copy(), draws, 2), expected)
    first = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(augment_rows(first, draws, 3).transpose(0, 2, 3, 1), expected)
    maps = torch.from_numpy(images).permute(0, 3, 1, 2)
    np.testing.assert_array_equal(augment_maps(maps, draws).permute(0, 2, 3, 1).numpy(), expected)


def test_about_half_is_flipped_and_every_offset_comes_up() -> None:
    draws = draw(Augmentation(flip=True, crop_padding=2), 1000, torch.Generator().manual_seed(0))
    assert draws.flips is not None
    assert draws.offsets is not None
    assert 400 < draws.flips.sum() < 600
    assert {tuple(pair) for pair in draws.offsets.tolist()} == {(r, c) for r in range(5) for c in range(5)}
