"""The values of all curves at one place, in the words of the legend."""

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.theme import tokens
from cnnstudio.ui.train.curves import Curves, Quantity, value_at
from cnnstudio.ui.train.mark_words import mark_text
from cnnstudio.ui.train.plot_hover import Reading
from cnnstudio.ui.train.plot_legend import head_colour
from cnnstudio.ui.train.plot_range import epoch_range

_NEAR = 0.012
"""As a share of the axis: what is that close to the pointer is meant."""


def readings(
    curves: Curves, quantity: Quantity, x: float, hidden: frozenset[str] = frozenset()
) -> tuple[Reading, ...]:
    """What stands at ``x`` epochs; nothing where no curve has come so far."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("CurvePlot", text)

    def shown(value: float) -> str:
        return f"{value:.4g}" if quantity == "loss" else f"{value:.1f} %"

    t = tokens()
    train, test = curves.at(x)
    held = tr("validation") if curves.held == "validation" else tr("test")
    found = [("train", tr("train"), train, t.train), ("test", held, test, t.test)]
    found += [
        (name, name, value_at(line, x), head_colour(number))
        for number, (name, line) in enumerate(curves.heads)
    ]
    values = [
        Reading(word, shown(value), colour)
        for name, word, value, colour in found
        if value is not None and name not in hidden
    ]
    if not values or x < 0:
        return ()
    rate = value_at(curves.rate, x)
    if rate is not None:
        values.append(Reading(tr("learning rate"), f"{rate:.4g}"))
    return (Reading(tr("epoch"), f"{x:.2f}"), *values, *_happened(curves, x), *_peak(curves, x, quantity))


def _happened(curves: Curves, x: float) -> list[Reading]:
    near = _near(curves)
    return [Reading(mark_text(mark), "") for place, mark in curves.marks if abs(place - x) <= near][:4]


def _peak(curves: Curves, x: float, quantity: Quantity) -> list[Reading]:
    """The highest single step, where the pointer is on it."""
    steps, values = curves.raw
    highest = max(range(len(values)), key=values.__getitem__, default=None)
    if quantity != "loss" or highest is None or abs(steps[highest] - x) > _near(curves):
        return []
    word = QCoreApplication.translate("CurvePlot", "highest step")
    return [Reading(word, f"{values[highest]:.4g}")]


def _near(curves: Curves) -> float:
    return _NEAR * epoch_range(curves.now, curves.total).high
