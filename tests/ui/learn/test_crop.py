"""The part of a map that is shown, and the numbers of features in rows of ten."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.maps import busiest, cells, grid_of, in_one_unit, place, plane, step_at
from cnnstudio.ui.learn.scene import Sign


@given(st.data())
def test_what_matters_is_in_sight_and_as_near_to_the_middle_as_can_be(data: st.DataObject) -> None:
    height, width = (data.draw(st.integers(1, 30)) for _ in range(2))
    origin = data.draw(st.tuples(st.integers(-3, 0), st.integers(-3, 0)))
    values = np.arange(height * width).reshape(height, width)
    spans = []
    for size, least in zip(values.shape, origin, strict=True):
        first, last = sorted(data.draw(st.tuples(*[st.integers(0, size - 1)] * 2)))
        spans.append((first + least, last + least))
    (top, bottom), (left, right) = spans
    found = around("map", "Map", values, {}, ((top, left), (bottom, right)), most=9, origin=origin)
    rows, columns = found.values.shape
    for axis, (count, size, (first, last)) in enumerate(
        zip((rows, columns), values.shape, spans, strict=True)
    ):
        begin = found.corner[axis]
        assert begin <= first <= last < begin + count
        assert count == min(size, max(9, last - first + 1))
        before, behind = first - begin, begin + count - 1 - last
        at_edge = begin == origin[axis] or begin + count == origin[axis] + size
        assert abs(before - behind) <= 1 or at_edge
        assert found.gaps[axis] == (begin + count < origin[axis] + size)
    y, x = found.corner[0] - origin[0], found.corner[1] - origin[1]
    assert (found.values == values[y : y + rows, x : x + columns]).all()
    assert (found.full is None) == (found.values.shape == values.shape)
    assert (found.whole, found.full_corner) == (values.shape, origin)


@pytest.mark.parametrize(("count", "rows", "width"), [(3, 1, 3), (10, 1, 10), (11, 2, 10), (25, 3, 10)])
def test_features_stand_in_rows_of_ten(count: int, rows: int, width: int) -> None:
    values = np.arange(1.0, count + 1)[None]
    shown = plane(values, 0)
    assert shown.shape == (rows, width)
    assert cells(values) == count
    for step in range(count):
        cell = place(values, step)
        assert shown[cell] == step + 1
        assert step_at(values, cell) == step
    assert step_at(values, (rows, 0)) is None
    if rows > 1:
        assert np.isnan(shown.ravel()[count:]).all()
        assert step_at(values, (rows - 1, 9)) is None
    assert grid_of("input", "Input", values, 0, 0, "window", most=2).full is None, "a vector is no picture"


def test_maps_are_found_by_their_places() -> None:
    values = np.arange(24.0).reshape(1, 2, 3, 4)
    assert cells(values) == 12
    assert [place(values, step) for step in (0, 5, 11)] == [(0, 0), (1, 1), (2, 3)]
    assert step_at(values, (2, 3)) == 11
    found = grid_of("input", "Input", values, 1, 5, "window", most=2)
    assert found.title == "Input, channel 2"
    assert found.marks == {(1, 1): "window"}
    assert found.full is not None


def test_one_looks_at_a_number_that_is_not_zero() -> None:
    values = np.array([[0.0, np.nan], [-3.0, 2.0]])
    assert [busiest(values, step) for step in (0, 2, 3, 9)] == [2, 2, 3, 2]


def test_numbers_of_one_size_share_a_unit() -> None:
    small, large, tiny, zero = (np.full((1, 1), size) for size in (0.02, 0.3, 0.001, 0.0))
    figures = (*(around("g", "", one, {}, ((0, 0), (0, 0))) for one in (small, large, tiny, zero)), Sign("+"))
    found = in_one_unit(figures)
    assert [getattr(one, "largest", None) for one in found] == [0.3, 0.3, None, None, None]
    assert in_one_unit((Sign("+"),)) == (Sign("+"),)
