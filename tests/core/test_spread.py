"""Mean and spread of repeated measurements."""

import statistics
from math import inf, isclose, nan

from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.core.spread import band, spread

numbers = st.floats(-1e6, 1e6)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_the_spread_is_what_the_standard_library_says(values: list[float]) -> None:
    found = spread(values)
    assert found is not None
    assert isclose(found.mean, statistics.fmean(values), rel_tol=1e-9, abs_tol=1e-9)
    assert found.low <= found.mean <= found.high
    assert (found.low, found.high, found.count) == (min(values), max(values), len(values))
    if len(values) > 1:
        assert found.deviation is not None
        assert isclose(found.deviation, statistics.stdev(values), rel_tol=1e-6, abs_tol=1e-6)
    else:
        assert found.deviation is None


def test_what_is_not_known_does_not_count() -> None:
    assert spread([None, nan, inf]) is None
    found = spread([None, 2.0, nan, 4.0])
    assert found is not None
    assert (found.mean, found.count) == (3.0, 2)


def test_a_band_is_where_two_curves_are_known() -> None:
    xs, means, lows, highs = band([[(1, 1.0), (2, 2.0), (3, 9.0)], [(1, 3.0), (2, 2.0)], [(2, nan)]])
    assert xs == [1, 2]
    assert means == [2.0, 2.0]
    assert lows[1] == highs[1] == 2.0
    assert isclose(highs[0] - lows[0], 2 * 2**0.5)
