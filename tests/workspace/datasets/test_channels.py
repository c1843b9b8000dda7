"""Images get the channels of the model, and their statistics are right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from cnnstudio.workspace.datasets.channels import luma, mean_std, with_channels

colour = arrays.arrays(
    np.uint8, st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.just(3))
)


@given(images=colour)
def test_grey_is_the_luma_that_pillow_computes(images: np.ndarray) -> None:
    grey = with_channels(images, 1)

    assert grey.shape == (*images.shape[:-1], 1)
    for image, found in zip(images, grey):
        assert (np.asarray(Image.fromarray(image).convert("L")) == found[..., 0]).all()


@given(images=colour, channels=st.integers(1, 8))
def test_any_number_of_channels_is_served(images: np.ndarray, channels: int) -> None:
    found = with_channels(images, channels)

    assert found.shape == (*images.shape[:-1], channels)
    if channels > 1:
        assert all((found[..., n] == images[..., n % 3]).all() for n in range(channels))
    # Grey made from grey is that grey again, whatever lies between.
    grey = with_channels(images, 1)
    assert (with_channels(with_channels(grey, channels), 1) == grey).all()


@pytest.mark.parametrize("shape", [(7, 5, 4, 3), (3000, 2, 2, 1)])
def test_mean_and_std_are_those_of_the_pixels(shape: tuple[int, ...]) -> None:
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)

    mean, std = mean_std(images)

    pixels = images.reshape(-1, shape[-1]) / 255
    assert mean == pytest.approx(pixels.mean(axis=0))
    assert std == pytest.approx(pixels.std(axis=0))


def test_many_large_images_are_sampled_and_a_flat_channel_can_be_divided_by() -> None:
    images = np.zeros((600, 200, 200, 1), dtype=np.uint8)
    images[::2] = 255

    mean, _ = mean_std(images)
    _, std = mean_std(images[1:2])

    assert mean == (1.0,), "every second one was looked at"
    assert std == (1.0,)


def test_many_images_are_turned_grey_in_parts() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2_500, 1, 2, 4), dtype=np.uint8)
    red, green, blue = (images[..., channel].astype(np.uint32) for channel in range(3))
    expected = (red * 19595 + green * 38470 + blue * 7471 + (1 << 15)) >> 16
    assert (luma(images)[..., 0] == expected).all()
    assert (luma(images[0]) == luma(images)[0]).all()
    assert with_channels(images, 4) is images
