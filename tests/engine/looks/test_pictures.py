"""What goes into the network is what its training would have given it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.core.document import Document
from cnnstudio.core.looks import Pixels
from cnnstudio.core.messages import Tensor
from cnnstudio.engine.control import Control
from cnnstudio.engine.data import Feed
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.looks.fit import fitted
from cnnstudio.engine.looks.pictures import Pictures
from cnnstudio.engine.looks.subject import Looked
from cnnstudio.engine.prepare import read_dataset
from tests.engine.tiny import LIMIT, document


def pixels(values: np.ndarray, digit: bool = False) -> Pixels:
    return Pixels(Tensor(values.shape, values.astype(np.uint8).tobytes(), "uint8"), digit)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"validation": {"name": "split", "fraction": 0.2}},
        {"test_limit": 40},
        {"normalise": {"mean": [0.3]}},
    ],
    ids=str,
)
@pytest.mark.parametrize("channels", [1, 3])
def test_test_images_are_those_of_a_test_bit_for_bit(settings: dict[str, object], channels: int) -> None:
    doc = document(channels=channels, **settings)
    dataset = read_dataset(doc, Path(), LIMIT, lambda _: None, Control(), download=False)
    images, labels = next(Feed(dataset, doc.training, torch.device("cpu")).test(30))
    pictures = Pictures.of(dataset, doc)
    assert torch.equal(pictures.normalised(pictures.take(np.arange(30))), images)
    assert pictures.labels[:30].tolist() == labels.tolist()
    assert len(pictures) == doc.training.test_limit or len(pictures) == len(dataset.test)


def test_a_picture_takes_the_networks_size_and_channels() -> None:
    colour = np.zeros((40, 60, 4))
    colour[..., 0], colour[..., 3] = 200, 255
    colour[:, :10] = 255  # cut off: only the middle square is taken
    grey = fitted(pixels(colour), (20, 20), 1)
    assert grey.shape == (1, 20, 20)
    assert set(grey.flatten().tolist()) == {round(0.299 * 200)}
    assert fitted(pixels(np.full((8, 8, 1), 7)), (8, 8), 3).tolist() == [[[7] * 8] * 8] * 3
    transparent = np.full((8, 8, 4), 255)
    transparent[..., 3] = 0
    assert not fitted(pixels(transparent), (8, 8), 3).any()


@settings(max_examples=40)
@given(
    st.integers(3, 120), st.integers(3, 120), st.integers(0, 60), st.integers(0, 60), st.integers(150, 200)
)
def test_a_digit_is_centred_and_scaled_wherever_it_was_drawn(
    height: int, width: int, top: int, left: int, side: int
) -> None:
    canvas = np.zeros((side, side, 1))
    canvas[top : top + height, left : left + width] = 255
    digit = fitted(pixels(canvas, digit=True), (28, 28), 1)[0].float()
    rows, columns = (digit > 60).any(1).nonzero(), (digit > 60).any(0).nonzero()
    assert abs(max(int(rows[-1] - rows[0]), int(columns[-1] - columns[0])) + 1 - 20) <= 1
    places = torch.arange(28)
    centre = [float((digit.sum(axis) * places).sum() / digit.sum()) for axis in (0, 1)]
    assert all(abs(one - 13.5) <= 1 for one in centre)


def test_an_empty_drawing_stays_empty() -> None:
    assert not fitted(pixels(np.zeros((50, 50, 1)), digit=True), (28, 28), 1).any()


@pytest.mark.parametrize("shape", [(0, 4, 3), (4, 4), (4, 4, 2), (4, 4, 3, 1), (9000, 1, 1)])
def test_what_is_no_picture_is_an_error(shape: tuple[int, ...]) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        fitted(pixels(np.zeros(shape)), (8, 8), 1)


def test_a_test_image_that_is_not_there_is_an_error(looked: Callable[[Document], Looked]) -> None:
    with pytest.raises(EngineError, match="There is no test image 500: the data set has 500, from 0"):
        looked(document()).pictures.require(500)
