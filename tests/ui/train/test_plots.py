"""The plots of a long, eventful run: whole, exact where it matters, and as cheap as those of a short one."""

from collections.abc import Callable
from time import process_time

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from cnnstudio.app.run_history import Mark, RunHistory
from cnnstudio.core.messages import Adjusted, Epoch, Finished, Paused, Resumed, Started, Step
from cnnstudio.ui.train.curve_plot import CurvePlot
from cnnstudio.ui.train.curves import curves_of
from cnnstudio.ui.train.plot_card import PlotCard
from cnnstudio.ui.train.plot_marks import legible
from cnnstudio.ui.train.plot_range import AxisRange, log_ticks, loss_text, settled_log, tick_text
from cnnstudio.ui.train.plot_readings import readings

PER_EPOCH = 1000


def told(steps: int, heads: tuple[str, ...] = (), split: bool = False) -> RunHistory:
    """A run with one wild step, a best epoch that is not the last, and a loss per step."""
    history = RunHistory()
    held = "validation" if split else "test"
    epochs = steps // PER_EPOCH
    history.hear(
        Started("run", "cpu", epochs, PER_EPOCH, 64_000, 100, ("a", "b"), heads=heads, val_split=held)
    )
    for step in range(1, steps + 1):
        epoch = (step - 1) // PER_EPOCH + 1
        loss = 40.0 if step == 4321 else 2.0 / epoch + (step % 7) / 100
        if step % PER_EPOCH:  # what hearing a step comes to, without a million messages
            history.loss.add(loss, step)
            for head in history.heads:
                head.add(2 * loss, step)
            continue
        history.hear(Step(epoch, step, loss, 0.5, 0.01, 64, step / 1000, tuple(2 * loss for _ in heads)))
        val = 0.1 if epoch == 3 else 1.0 / epoch + 0.2
        seconds = step / 1000
        history.hear(Epoch(epoch, step, 1.0, 0.5, val, 0.6, 0.01, seconds, 64_000.0, min(epoch, 3), held))
    return history


@pytest.fixture(scope="module")
def million() -> RunHistory:
    return told(1_000_000)


@pytest.fixture
def card(qtbot: QtBot) -> PlotCard:
    card = PlotCard("loss")
    qtbot.addWidget(card)
    card.resize(520, 340)
    card.show()
    qtbot.waitExposed(card)
    return card


def plot_of(card: PlotCard) -> CurvePlot:
    assert card._plot is not None
    return card._plot


def press(card: PlotCard, name: str) -> None:
    found = card.findChild(QAbstractButton, name)
    assert found is not None
    found.click()


def cheapest(work: Callable[[], object], times: int = 7) -> float:
    """Seconds of this process: others that use the machine do not count."""

    def once() -> float:
        began = process_time()
        work()
        return process_time() - began

    return min(once() for _ in range(times))


def test_a_million_steps_cost_no_more_to_draw_than_ten_thousand(card: PlotCard, million: RunHistory) -> None:
    def cost(history: RunHistory) -> float:
        def draw() -> None:
            card.begin()
            card.show_history(history)
            card.grab()

        draw()
        return cheapest(draw)

    short, long = told(10_000), million
    assert cost(long) < 2 * cost(short)


def test_extremes_and_the_best_epoch_of_a_million_steps_are_exact(million: RunHistory) -> None:
    curves = curves_of(million, "loss", 400)
    assert (4.321, 40.0) in zip(*curves.raw, strict=True)
    assert len(curves.raw[0]) <= 1024
    assert curves.best == (3.0, 0.1)
    assert (3.0, 0.1) in zip(*curves.test, strict=True)
    assert min(curves.test[1]) == 0.1
    low = million.loss.extremes()
    assert low is not None
    assert low[1] == (4321, 40.0)


def test_a_wild_step_leaves_the_range_alone_and_is_told_at_the_edge(card: PlotCard) -> None:
    card.show_history(told(20_000))
    plot = plot_of(card)
    assert plot.y_range is not None
    assert plot.y_range.high < 10
    assert plot._peak.isVisible()
    said = {reading.name: reading.value for reading in readings(card.curves, "loss", 4.321)}
    assert said["highest step"] == "40"


def test_a_curve_goes_and_comes_by_its_word_in_the_legend(card: PlotCard) -> None:
    card.show_history(told(20_000, heads=("aux1", "aux2"), split=True))
    train = plot_of(card)
    before = train.y_range
    words = [
        button.text() for button in card.findChildren(QAbstractButton) if "Legend" in button.objectName()
    ]
    assert words == ["train", "validation", "aux1", "aux2"]
    for name in ("aux1", "aux2"):
        press(card, f"lossLegend-{name}")
    assert not any(item.isVisible() for item in train._heads)
    assert before is not None
    assert train.y_range is not None
    assert train.y_range.high < before.high
    press(card, "lossLegend-aux1")
    assert train._heads[0].isVisible()
    assert "aux1" in [reading.name for reading in readings(card.curves, "loss", 2.0)]


def test_what_happened_is_marked_with_words(card: PlotCard, qtbot: QtBot) -> None:
    history = RunHistory(base_rate=0.1)
    history.hear(Started("run", "cpu", 4, 10, 640, 100, ("a", "b")))
    for step in range(1, 11):
        history.hear(Step(1, step, 1.0, 0.5, 0.1, 64, step / 10))
    history.hear(Adjusted(2, 11, 0.05, 4))
    history.hear(Paused())
    history.hear(Resumed())
    history.hear(Adjusted(2, 11, 0.05, 9))
    history.hear(Finished("run", 1, 0.5, 0.5, 1, 64.0, early=True))
    assert [(mark.kind, mark.value) for mark in history.marks] == [
        ("rate", 0.05),
        ("paused", 0.0),
        ("epochs", 9.0),
        ("early", 0.0),
    ]
    card.show_history(history)
    assert card.curves.total == 9
    labels = [item.toPlainText() for item in plot_of(card)._marks._labels if item.isVisible()]
    assert labels == ["lr 0.05 · 9 epochs", "stopped early"]
    said = [reading.name for reading in readings(card.curves, "loss", 1.0)]
    assert "learning rate set to 0.05" in said
    assert "ended by early stopping" in said


def test_labels_that_would_cover_each_other_stand_below_each_other() -> None:
    changed = (Mark("rate", 30, 0.1), Mark("epochs", 35, 8), Mark("rate", 40, 0.01), Mark("rate", 90, 0.001))
    labels = legible([(mark.step / 10, mark) for mark in changed], AxisRange(0, 10, 1))
    assert labels == [(3.0, "lr 0.1", 0), (3.5, "8 epochs", 1), (4.0, "lr 0.01", 2), (9.0, "lr 0.001", 0)]


def test_the_menu_draws_logarithmically_and_without_smoothing(card: PlotCard) -> None:
    card.show_history(told(20_000))
    smooth = len(card.curves.train[0])
    child_action(card, "lossSmoothing-none").trigger()
    assert max(card.curves.train[1]) == 40.0
    assert len(card.curves.train[0]) > smooth
    child_action(card, "lossLogOption").trigger()
    plot = plot_of(card)
    assert plot.y_range is not None
    assert plot.y_range.low < 0 < plot.y_range.high
    assert plot.y_range.high >= 1.6  # ten to that is forty


def child_action(card: PlotCard, name: str) -> QAction:
    found = card.findChild(QAction, name)
    assert found is not None
    return found


def test_ticks_of_a_logarithmic_axis_are_round_numbers() -> None:
    axis = settled_log(None, 0.23, 3.1)
    assert [text for _, text in log_ticks(axis)] == ["0.2", "0.5", "1", "2", "5"]
    assert settled_log(axis, 0.3, 3.0) is axis
    assert [text for _, text in log_ticks(settled_log(None, 1e-5, 90.0))][:2] == ["1e-5", "0.0001"]
    assert settled_log(None, float("nan"), float("nan")).high > -1
    assert [tick_text(value) for value in (1.2e26, 5e-7, 0.25, 0.0)] == ["1.2e26", "5e-7", "0.25", "0"]
    assert [loss_text(value) for value in (1.42649, 999.0, 78_374_535.0)] == ["1.426", "999.000", "7.84e7"]
