"""Means and deviations are exact, in one piece or in many."""

from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cnnstudio.workspace.datasets.moments import moments, nothing

pictures = arrays.arrays(
    np.uint8, st.tuples(st.integers(2, 6), st.integers(1, 5), st.integers(1, 5), st.integers(1, 4))
)


@given(images=pictures, cut=st.integers(1, 5))
def test_parts_add_up_to_the_whole(images: np.ndarray, cut: int) -> None:
    parts = [moments(part) for part in (images[:cut], images[cut:]) if len(part)]
    whole = moments(images)

    assert reduce(add, parts, nothing(images.shape[-1])) == whole
    pixels = images.reshape(-1, images.shape[-1]) / 255
    mean, std = whole.mean_std
    assert mean == pytest.approx(tuple(pixels.mean(axis=0)))
    assert std == pytest.approx(tuple(s if s > 1e-9 else 1.0 for s in pixels.std(axis=0)), abs=1e-7)


def test_a_channel_that_never_changes_can_be_divided_by() -> None:
    assert moments(np.full((3, 4, 4, 2), 255, np.uint8)).mean_std == ((1.0, 1.0), (1.0, 1.0))
    assert nothing(1).mean_std == ((0.0,), (1.0,))
