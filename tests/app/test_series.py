"""Curves in bounded memory."""

from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.app.series import Series


def test_a_short_curve_is_kept_as_it_is() -> None:
    series = Series(most=8)
    for value in (3.0, 2.0, 1.0):
        series.add(value)
    assert series.smoothed(1) == ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0])


def test_a_long_curve_stays_small_and_keeps_mean_and_extremes() -> None:
    series = Series(most=64)
    values = [(i * 37 % 101) / 101 for i in range(100_000)]
    for value in values:
        series.add(value)
    steps, line = series.smoothed(1)
    found = series.points()[1]
    assert 32 <= len(line) < 64
    assert steps[-1] <= series.count < steps[-1] + 2 * series.bucket
    assert min(found) == min(values)
    assert max(found) == max(values)
    assert abs(sum(line) / len(line) - sum(values) / len(values)) < 0.01


def test_a_smoothed_ramp_does_not_lag() -> None:
    series = Series()
    for step in range(1, 401):
        series.add(float(step))
    steps, line = series.smoothed(60)
    assert abs(line[200] - steps[200]) < 0.5


def test_smoothing_follows_a_constant_from_the_first_step() -> None:
    series = Series()
    for _ in range(50):
        series.add(0.5)
    assert all(abs(value - 0.5) < 1e-12 for value in series.smoothed(20)[1])


def test_a_resumed_curve_goes_on_where_it_was_cut() -> None:
    series = Series(most=64)
    for step in range(1, 1001):
        series.add(float(step))
    series.cut(500)
    for step in range(series.count + 1, 801):
        series.add(float(step))
    steps, line = series.smoothed(1)
    assert steps[-1] <= 800
    assert all(abs(value - step) <= series.bucket for step, value in zip(steps, line, strict=True))


@given(st.integers(0, 70), st.integers(-1, 80), st.sampled_from([2, 8, 64]))
def test_what_is_cut_off_is_less_than_a_bucket_and_the_rest_stays(steps: int, cut: int, most: int) -> None:
    series = Series(most=most)
    for step in range(1, steps + 1):
        series.add(float(step))
    series.cut(cut)
    kept = min(steps, max(cut, 0))
    assert kept - series.bucket < series.count <= kept
    assert series.points()[0] == series.points()[1]
    assert max(series.points()[0], default=0) == series.count
    series.add(1000.0)
    assert series.points()[0][-1] == series.count
    assert (series.extremes() or ())[1] == (series.count, 1000.0)


def test_smoothing_is_the_mean_of_what_is_around() -> None:
    series = Series()
    for step in range(200):
        series.add(float(step % 2))
    rough, smooth = (series.smoothed(window)[1] for window in (1, 50))
    assert rough == [float(step % 2) for step in range(200)]
    assert max(abs(value - 0.5) for value in smooth[20:-20]) < 0.05


def test_before_the_first_number_there_is_nothing() -> None:
    series = Series()
    assert series.points() == ([], [])
    assert series.extremes() is None
    series.add(float("nan"))
    assert series.points() == ([1], [0.0])


def test_a_loss_that_is_not_a_number_leaves_the_rest_of_the_curve() -> None:
    series = Series()
    for value in (2.0, float("nan"), float("inf"), 1.0):
        series.add(value)
    assert series.smoothed(1)[1] == [2.0, 2.0, 2.0, 1.0]


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=600),
    most=st.sampled_from([4, 16, 64]),
)
def test_extremes_are_kept_exactly_with_their_step(values: list[float], most: int) -> None:
    series = Series(most=most)
    for value in values:
        series.add(value)
    steps, found = series.points()
    assert steps == sorted(steps)
    assert len(steps) <= 2 * most
    assert all(values[int(step) - 1] == value for step, value in zip(steps, found, strict=True))
    assert (min(found), max(found)) == (min(values), max(values))
    low, high = series.extremes() or ((0, 0.0), (0, 0.0))
    assert (low[1], high[1]) == (min(values), max(values))
    assert values[low[0] - 1] == low[1]


def test_steps_may_be_told_with_gaps() -> None:
    series = Series(most=8)
    for step in range(10, 1010, 10):
        series.add(float(step), step)
    assert series.count == 1000
    steps, line = series.smoothed(1)
    assert all(abs(value - step) < 1e-9 for step, value in zip(steps, line, strict=True))
    series.cut(500)
    assert series.count <= 500
    series.add(1.0)
    assert series.points()[0][-1] == series.count
