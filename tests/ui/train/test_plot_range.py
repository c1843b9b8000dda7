"""Ranges that are round and stay put."""

import pytest

from cnnstudio.ui.train.curves import Curves, thinned
from cnnstudio.ui.train.plot_range import AxisRange, epoch_range, nice_range, settled


def test_a_range_is_round_and_holds_the_data() -> None:
    found = nice_range(0.813, 2.31, 0.0, 1e30)
    assert found.low <= 0.813
    assert found.high >= 2.31
    assert found == AxisRange(0.5, 2.5, 0.5)


def test_a_range_stays_while_the_data_fill_it() -> None:
    old = AxisRange(0, 2, 0.5)
    assert settled(old, 0.3, 1.9, (0, 1e30), 0.02) is old
    assert settled(old, 0.3, 2.1, (0, 1e30), 0.02) != old
    assert settled(old, 0.3, 0.5, (0, 1e30), 0.02).high < 1
    assert settled(old, float("nan"), float("nan"), (0, 1e30), 0.02) is old


def test_the_noise_of_a_few_steps_is_no_curve() -> None:
    found = settled(None, 10.0, 10.5, (0, 100), 8.0)
    assert found.high - found.low >= 8


def test_percentages_stay_below_a_hundred() -> None:
    assert settled(None, 91.0, 99.7, (0, 100), 8.0).high == 100


@pytest.mark.parametrize(
    ("now", "total", "end"), [(0.1, 4, 4), (0, 30, 5), (6, 30, 8), (29, 30, 30), (250, 300, 300)]
)
def test_epochs_leave_room_to_grow(now: float, total: int, end: float) -> None:
    assert epoch_range(now, total).high == end


def test_thinning_keeps_extremes_and_the_end() -> None:
    xs = [float(i) for i in range(10_000)]
    ys = [0.0] * 10_000
    ys[4321], ys[1234] = 9.0, -9.0
    thin_x, thin_y = thinned(xs, ys, 100)
    assert len(thin_x) <= 201
    assert thin_x == sorted(thin_x)
    assert max(thin_y) == 9.0
    assert min(thin_y) == -9.0
    assert thin_x[-1] == xs[-1]


def test_the_pointer_reads_what_is_there() -> None:
    curves = Curves(train=([0.5, 1.0, 1.5], [2.0, 1.5, 1.2]), test=([1.0], [1.6]))
    assert curves.at(0.9) == (1.5, 1.6)
    assert curves.at(1.45) == (1.2, 1.6)
    assert curves.at(2.0) == (None, None)
