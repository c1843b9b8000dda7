"""The field for learning rates and the like."""

import pytest
from PySide6.QtGui import QValidator
from pytestqt.qtbot import QtBot

from cnnstudio.ui.train.number_spin import NumberSpin


@pytest.fixture
def spin(qtbot: QtBot) -> NumberSpin:
    spin = NumberSpin(0, 1e6)
    qtbot.addWidget(spin)
    return spin


@pytest.mark.parametrize(
    ("value", "text"), [(0.001, "0.001"), (0.1, "0.1"), (0, "0"), (0.0005, "0.0005"), (2, "2")]
)
def test_numbers_are_shown_as_people_write_them(spin: NumberSpin, value: float, text: str) -> None:
    spin.setValue(value)
    assert spin.text() == text


@pytest.mark.parametrize(
    ("start", "steps", "end"), [(0.001, 1, 0.002), (0.009, 1, 0.01), (0.01, -1, 0.009), (0.1, -1, 0.09)]
)
def test_steps_follow_the_leading_digit(spin: NumberSpin, start: float, steps: int, end: float) -> None:
    spin.setValue(start)
    spin.stepBy(steps)
    assert spin.value() == pytest.approx(end)


@pytest.mark.parametrize("text", ["1e-3", "0,001", ".001"])
def test_other_ways_to_write_a_number_are_understood(spin: NumberSpin, text: str) -> None:
    assert spin.validate(text, 0)[0] == QValidator.State.Acceptable
    assert spin.valueFromText(text) == 0.001


def test_words_are_no_numbers(spin: NumberSpin) -> None:
    assert spin.validate("fast", 0)[0] == QValidator.State.Invalid
    assert spin.validate("1e", 0)[0] == QValidator.State.Intermediate
