"""How numbers are written where there is little room."""

import pytest

from cnnstudio.ui.learn.numbers import bracketed, brief, exact, factor, share, short, unit_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (0.0049, "~0"), (-0.0049, "~0"), (0.006, ".01"), (0.5, ".5"),
        (-0.25, "−.25"), (0.994, ".99"), (0.996, "1"), (1.26, "1.3"), (-2.0, "−2"), (9.94, "9.9"),
        (9.96, "10"), (37.4, "37"), (999.4, "999"), (1000.0, "1e3"), (-2345.0, "−2e3"), (4e12, "4e12"),
        (float("inf"), "inf"),
    ],
)  # fmt: skip
def test_a_cell_has_four_characters(value: float, text: str) -> None:
    assert short(value) == text
    assert len(text) <= 4 + text.startswith("−")


@pytest.mark.parametrize(
    ("largest", "unit"),
    [
        (0.0, (1.0, "")), (0.096, (1.0, "")), (12.0, (1.0, "")), (0.094, (0.01, " · 10⁻²")),
        (0.001, (0.001, " · 10⁻³")), (0.00999, (0.001, " · 10⁻³")), (3e-12, (1e-12, " · 10⁻¹²")),
    ],
)  # fmt: skip
def test_small_numbers_have_a_unit(largest: float, unit: tuple[float, str]) -> None:
    assert unit_of(largest) == (pytest.approx(unit[0]), unit[1])


def test_lines_of_arithmetic_round_and_bracket() -> None:
    assert [exact(value) for value in (0.23144, -1.4249, -0.0, 120_000.0)] == [
        "0.2314", "−1.425", "0", "1.2e+05"
    ]  # fmt: skip
    assert [brief(value) for value in (0.23144, -1.4249, -0.0)] == ["0.231", "−1.42", "0"]
    assert [bracketed(value) for value in (2.0, 0.0, -2.0)] == ["2", "0", "(−2)"]
    assert [factor(value) for value in (0.123, -0.0, -0.123)] == ["0.12", "0", "(−0.12)"]
    assert [share(value) for value in (0.5, 1.0, 1 - 4.8e-7, 0.9999)] == [
        "0.5", "1", "(1 − 4.8e−07)", "0.9999"
    ]  # fmt: skip
