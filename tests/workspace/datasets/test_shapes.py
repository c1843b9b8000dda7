"""The data set that needs no download."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.workspace.datasets import Cancelled, DatasetError, Progress, load, shapes


def test_the_default_is_a_balanced_set_of_ten_shapes() -> None:
    found = load("shapes", height=32, width=32, channels=3)

    assert found.train.images.shape == (2000, 32, 32, 3)
    assert found.test.images.shape == (500, 32, 32, 3)
    assert np.bincount(found.train.labels).tolist() == [200] * 10
    assert found.class_names == found.info.class_names
    assert len(set(found.class_names)) == 10
    assert not found.needs_resize


def test_the_same_seed_draws_the_same_images_and_another_draws_others() -> None:
    first, same, other = (load("shapes", height=28, width=28, channels=1, seed=seed) for seed in (3, 3, 4))

    assert (first.train.images == same.train.images).all()
    assert (first.train.images != other.train.images).any()
    assert (first.train.images[:500] != first.test.images).any()


def test_limit_takes_the_first_of_the_same_images() -> None:
    whole = load("shapes", height=16, width=16, channels=3)
    some = load("shapes", height=16, width=16, channels=3, limit=30)

    assert (some.train.images == whole.train.images[:30]).all()
    assert len(some.test) == 500


def test_large_inputs_are_drawn_small_and_in_proportion() -> None:
    found = load("shapes", height=224, width=112, channels=3)

    assert found.train.images.shape == (2000, 64, 32, 3)
    assert found.needs_resize
    assert found.target == (224, 112)
    assert found.train.images.nbytes < 20e6


def test_fewer_classes_are_the_first_ones() -> None:
    found = load("shapes", height=16, width=16, channels=3, classes=3)

    assert found.class_names == ("circle", "square", "triangle")
    assert set(found.train.labels.tolist()) == {0, 1, 2}


@pytest.mark.parametrize("classes", [0, 1, 11, 1000])
def test_a_wrong_number_of_classes_is_told(classes: int) -> None:
    with pytest.raises(DatasetError, match="2 to 10 classes"):
        load("shapes", height=16, width=16, channels=3, classes=classes)


@pytest.mark.parametrize("size", [(0, 8, 3), (8, 0, 3), (8, 8, 0)])
def test_an_impossible_size_is_told(size: tuple[int, int, int]) -> None:
    with pytest.raises(DatasetError, match="at least 1"):
        load("shapes", height=size[0], width=size[1], channels=size[2])


@settings(max_examples=40)
@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 5)),
    classes=st.integers(2, 10),
    count=st.integers(0, 25),
    seed=st.integers(-(2**63), 2**64 - 1),
)
def test_any_size_and_channel_count_can_be_drawn(
    size: tuple[int, int, int], classes: int, count: int, seed: int
) -> None:
    drawn = shapes.draw(count, *size, classes=classes, seed=seed)

    assert drawn.images.shape == (count, *size)
    assert drawn.images.dtype == np.uint8
    counts = np.bincount(drawn.labels, minlength=classes)
    assert counts.max() - counts.min() <= 1


def test_shapes_stand_out_from_the_background_in_grey_as_well() -> None:
    for channels in (1, 3):
        images = shapes.draw(200, 32, 32, channels).images.astype(float).mean(axis=3) / 255
        low, high = np.quantile(images.reshape(200, -1), (0.05, 0.95), axis=1)
        assert (high - low > 0.15).all()


def test_every_class_looks_different() -> None:
    """The average outlines of no two classes coincide: a network has something to learn."""
    drawn = shapes.draw(1000, 32, 32, 1)
    grey = drawn.images[..., 0].astype(float)
    grey -= grey.mean(axis=(1, 2), keepdims=True)
    averages = np.stack([grey[drawn.labels == label].mean(axis=0).ravel() for label in range(10)])
    alike = np.corrcoef(averages) - np.eye(10)
    assert alike.max() < 0.99


def test_a_cancel_is_heard_between_the_parts() -> None:
    heard: list[Progress] = []

    with pytest.raises(Cancelled):
        load(
            "shapes", height=16, width=16, channels=3, progress=heard.append, cancelled=lambda: len(heard) > 0
        )
    assert [(step.stage, step.done, step.total) for step in heard] == [("draw", 0, 2500)]
