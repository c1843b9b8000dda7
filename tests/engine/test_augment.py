"""Whole batches change as torchvision would change the single images with the same draws."""

import numpy as np
import pytest
import torch
from torchvision.transforms import functional as single

from cnnstudio.core.training import Augmentation
from cnnstudio.engine.augment import augment_maps, augment_rows, blank, covered
from cnnstudio.engine.colour import recolour
from cnnstudio.engine.draws import COLOURS, NOTHING, Draws, draw

SIZE = (9, 6)


def pictures(images: int = 17, channels: int = 3, size: tuple[int, int] = SIZE) -> torch.Tensor:
    pixels = np.random.default_rng(0).integers(0, 256, (images, channels, *size), dtype=np.uint8)
    return torch.from_numpy(pixels)


def drawn(images: int = 17, size: tuple[int, int] = SIZE, seed: int = 3, **settings: object) -> Draws:
    return draw(Augmentation.model_validate(settings), images, size, seed)


def moved(image: torch.Tensor, draws: Draws, number: int) -> torch.Tensor:
    """One image (C, H, W), as torchvision does it."""
    height, width = image.shape[1:]
    if draws.offsets is not None:
        row, column = draws.offsets[number].tolist()
        image = single.crop(single.pad(image, [draws.padding]), row, column, height, width)
    if draws.flips is not None and draws.flips[number]:
        image = single.hflip(image)
    if draws.angles is not None:
        image = single.rotate(image, draws.angles[number].item())
    return image


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(
    "settings",
    [
        {"flip": True},
        {"crop_padding": 3},
        {"flip": True, "crop_padding": 2},
        {"rotation": 40.0},
        {"flip": True, "crop_padding": 2, "rotation": 180.0},
    ],
)
def test_pixels_move_as_those_of_single_images(settings: dict[str, object], channels: int) -> None:
    images = pictures(channels=channels)
    draws = drawn(**settings)
    expected = torch.stack([moved(image, draws, number) for number, image in enumerate(images)])

    maps = augment_maps(images, draws)
    last = augment_rows(
        images.permute(0, 2, 3, 1).clone(memory_format=torch.contiguous_format).numpy(), draws, 2
    )
    first = augment_rows(images.clone().numpy(), draws, 3)

    # Where a pixel's source lies on the edge of two, rounding may choose the other one.
    wrong = (maps != expected).any(dim=1).float().mean()
    assert wrong <= (0.002 if draws.angles is not None else 0)
    assert (last.transpose(0, 3, 1, 2) == maps.numpy()).all()
    assert (first == maps.numpy()).all()


@pytest.mark.parametrize("angle", [90.0, -90.0, 180.0])
def test_right_angles_are_exact(angle: float) -> None:
    images = pictures(size=(8, 8))
    draws = Draws(angles=torch.full((len(images),), angle))
    assert torch.equal(augment_maps(images, draws), torch.rot90(images, round(angle / 90), (2, 3)))


@pytest.mark.parametrize("name", COLOURS)
@pytest.mark.parametrize("channels", [1, 3])
def test_one_colour_changes_as_in_torchvision(name: str, channels: int) -> None:
    images = pictures(channels=channels)
    draws = drawn(**{name: 0.9})
    assert draws.factors is not None
    change = getattr(single, f"adjust_{name}")
    factors = draws.factors[:, COLOURS.index(name)].tolist()

    changed = recolour(images, draws)

    expected = torch.stack([change(image, factor) for image, factor in zip(images, factors)])
    assert changed.dtype == torch.float32
    # torchvision cuts the digits of bytes off, of the grey image and of the result: a step at most.
    assert (changed.floor() - expected).abs().max() <= 1
    exact = torch.stack([change(image / 255, factor) for image, factor in zip(images, factors)]) * 255
    torch.testing.assert_close(changed, exact, atol=0.01, rtol=0)


def test_all_colours_change_in_each_images_own_order() -> None:
    images = pictures(60)
    draws = drawn(60, brightness=0.5, contrast=0.6, saturation=0.7)
    assert draws.factors is not None
    assert draws.order is not None
    expected = []
    for image, factors, order in zip(images, draws.factors.tolist(), draws.order.tolist()):
        values = image / 255  # as floats torchvision does not cut the digits off in between
        for kind in order:
            values = getattr(single, f"adjust_{COLOURS[kind]}")(values, factors[kind])
        expected.append(values * 255)

    assert len({tuple(order) for order in draws.order.tolist()}) == 6
    torch.testing.assert_close(recolour(images, draws), torch.stack(expected), atol=0.01, rtol=0)


def test_images_of_other_channels_keep_their_grey() -> None:
    images = torch.full((2, 5, 3, 3), 100, dtype=torch.uint8)
    draws = Draws(factors=torch.tensor([[1.0, 0.3, 1.7]] * 2), order=torch.tensor([[1, 2]] * 2))
    torch.testing.assert_close(recolour(images, draws), images.float())


def test_rectangles_are_blanked_as_torchvision_erases() -> None:
    images = torch.randn(40, 3, *SIZE)
    draws = drawn(40, erasing=0.7, cutout=4)
    expected = images.clone()
    for number, image in enumerate(expected):
        for box in draws.boxes:
            top, left, bottom, right = box[number].tolist()
            expected[number] = single.erase(image, top, left, bottom - top, right - left, torch.zeros(()))
            image = expected[number]

    masked = images.clone()  # as on a GPU
    for boxes in draws.boxes:
        masked *= ~covered(boxes, *SIZE)
    assert torch.equal(blank(images.clone(), draws), expected)
    assert torch.equal(masked, expected)
    assert blank(images, NOTHING) is images
