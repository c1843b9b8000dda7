"""A tall stack becomes columns of about one height."""

from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.ui.diagram.columns import column_height, columns_of

GAP = 26.0
HEIGHTS = st.lists(st.floats(1, 900), min_size=1, max_size=40)


def test_equal_blocks_spread_evenly() -> None:
    assert columns_of([50.0] * 6, GAP, 3) == ((0, 2), (2, 4), (4, 6))
    assert columns_of([50.0] * 6, GAP, 1) == ((0, 6),)
    assert columns_of([], GAP, 3) == ()


def test_a_tall_block_stands_alone() -> None:
    assert columns_of([50, 900, 50, 50], GAP, 3) == ((0, 1), (1, 2), (2, 4))


@given(HEIGHTS, st.integers(1, 8))
def test_every_block_stands_in_one_column_in_order(heights: list[float], count: int) -> None:
    spans = columns_of(heights, GAP, count)
    assert 1 <= len(spans) <= count
    assert [i for first, last in spans for i in range(first, last)] == list(range(len(heights)))
    assert all(first < last for first, last in spans)


@given(st.lists(st.floats(1, 900), min_size=1, max_size=9), st.integers(1, 4))
def test_no_other_way_is_lower(heights: list[float], count: int) -> None:
    def lowest(start: int, left: int) -> float:
        if left == 1:
            return column_height(heights, GAP, (start, len(heights)))
        ways = [column_height(heights, GAP, (start, len(heights)))]
        ways += [
            max(column_height(heights, GAP, (start, end)), lowest(end, left - 1))
            for end in range(start + 1, len(heights))
        ]
        return min(ways)

    found = max(column_height(heights, GAP, span) for span in columns_of(heights, GAP, count))
    assert found <= lowest(0, count) + 0.01
