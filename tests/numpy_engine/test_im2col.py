"""im2col and col2im against the loops of the source, and against each other."""

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.numpy_engine import col2im, im2col


def by_loops(images: np.ndarray, fh: int, fw: int, stride: int, pad: int) -> np.ndarray:
    """Row by row and column by column, as one would by hand."""
    padded = np.pad(images, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    rows = [
        padded[n, :, top : top + fh, left : left + fw].ravel()
        for n in range(len(images))
        for top in range(0, padded.shape[2] - fh + 1, stride)
        for left in range(0, padded.shape[3] - fw + 1, stride)
    ]
    return np.array(rows)


@given(
    shape=st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(3, 7), st.integers(3, 7)),
    filters=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.integers(1, 3),
    pad=st.integers(0, 2),
)
def test_every_window_is_a_row(
    shape: tuple[int, ...], filters: tuple[int, int], stride: int, pad: int
) -> None:
    images = np.random.default_rng(0).normal(size=shape)
    np.testing.assert_array_equal(
        im2col(images, *filters, stride, pad), by_loops(images, *filters, stride, pad)
    )


@given(
    shape=st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(4, 7), st.integers(4, 7)),
    filters=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.integers(1, 3),
    pad=st.integers(0, 2),
)
def test_col2im_is_the_transpose_of_im2col(
    shape: tuple[int, ...], filters: tuple[int, int], stride: int, pad: int
) -> None:
    """⟨im2col(x), c⟩ = ⟨x, col2im(c)⟩ for all x and c: what a gradient has to be."""
    random = np.random.default_rng(1)
    x = random.normal(size=shape)
    col = im2col(x, *filters, stride, pad)
    other = random.normal(size=col.shape)
    assert np.vdot(col, other) == pytest.approx(np.vdot(x, col2im(other, shape, *filters, stride, pad)))


def test_overlaps_are_added() -> None:
    counts = col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)
    assert counts.tolist() == [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]]


def test_the_examples_are_right() -> None:
    module = importlib.import_module("cnnstudio.numpy_engine.im2col")
    assert doctest.testmod(module, extraglobs={"np": np}) == (0, 3)  # failed, attempted
