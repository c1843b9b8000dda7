"""Around a training in the real window with the real engine: before it, while it goes on, after a restart."""

import re
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.runs import list_runs
from tests.by_name import child, click

START = 90_000


def prepare(window: MainWindow, epochs: int) -> None:
    window.load_preset("cifar10-first-cnn")
    combo = window.header.data
    combo.setCurrentIndex(combo.findData("shapes"))
    child(window, "testLimitSpin").setValue(100)
    child(window, "epochsSpin").setValue(epochs)
    child(window, "batchSizeSpin").setValue(8)
    window.work.control.limit = 320
    window.work.store.undo_stack.setClean()


@pytest.mark.usefixtures("no_torch")
def test_estimated_with_a_found_rate_adjusted_and_ended_after_an_epoch(
    window: MainWindow, qtbot: QtBot
) -> None:
    prepare(window, 900)
    window.show_workspace("train")
    click(qtbot, window, "findRateButton")
    dialog = child(window, "rateDialog")
    qtbot.waitUntil(child(dialog, "rateAgainButton").isVisible, timeout=START)
    assert len(dialog.plot._curve.getData()[0]) > 10
    child(dialog, "foundRateSpin").setValue(0.02)
    click(qtbot, dialog, "useRateButton")
    assert window.document().training.optimizer.lr == 0.02

    said = child(window, "forecastText")
    qtbot.waitUntil(lambda: said.text().startswith("Estimate"), timeout=START)
    assert "320 images, 100 to test" in said.text()
    click(qtbot, window, "trainButton")
    train = window.work.train
    qtbot.waitUntil(lambda: train.history.last_step > 3, timeout=START)
    child(window, "nowRateSpin").setValue(0.005)
    qtbot.waitUntil(lambda: any(mark.kind == "rate" for mark in train.history.marks), timeout=START)
    qtbot.waitUntil(lambda: train.history.step.lr == pytest.approx(0.005), timeout=START)
    click(qtbot, window, "stopAfterEpochButton")
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=START)
    assert train.history.last_step % train.history.steps_per_epoch == 0
    measured = child(window, "measuredText")
    qtbot.waitUntil(measured.isVisible, timeout=START)
    # What was foretold stands beside it.
    assert re.search(r"s an epoch \(.+ s estimated\) · .+ memory \(.+ estimated\)", measured.text())

    done = len(train.history.epochs)
    child(window, "continueButton").click()
    qtbot.waitUntil(lambda: len(train.history.epochs) > done, timeout=START)
    assert train.history.step.lr == pytest.approx(0.005)
    assert [epoch.epoch for epoch in train.history.epochs] == list(range(1, len(train.history.epochs) + 1))
    click(qtbot, window, "stopButton")
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=START)
    assert len(list_runs()) == 1


def test_a_window_that_was_closed_in_a_run_offers_it_to_the_next(
    window: MainWindow, qtbot: QtBot, other_real_window: Callable[[], MainWindow]
) -> None:
    prepare(window, 2000)
    click(qtbot, window, "trainButton")
    qtbot.waitUntil(lambda: len(window.work.train.history.epochs) >= 2, timeout=START)
    window.work.dialogs.answer = "stop"  # type: ignore[attr-defined]
    window.close()
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=START)
    before = window.work.train.history

    again = other_real_window()
    again.show_workspace("train")
    qtbot.waitUntil(child(again, "continueLastRunButton").isVisible, timeout=START)
    click(qtbot, again, "continueLastRunButton")
    train = again.work.train
    qtbot.waitUntil(lambda: len(train.history.epochs) > len(before.epochs), timeout=START)
    click(qtbot, again, "stopButton")
    qtbot.waitUntil(lambda: again.training_state() == "stopped", timeout=START)
    qtbot.waitUntil(lambda: len(train.loss.curves.test[0]) == len(train.history.epochs), timeout=START)
    known = [(epoch.epoch, epoch.val_loss) for epoch in before.epochs]
    assert [(epoch.epoch, epoch.val_loss) for epoch in train.history.epochs][: len(known)] == known
    steps, values = train.history.loss.points()
    old_steps, old_values = before.loss.points()
    told = dict(zip(old_steps, old_values, strict=True))
    assert all(value == told[step] for step, value in zip(steps, values, strict=True) if step in told)
    assert steps[0] == 1
    assert len(list_runs()) == 1


def test_numpy_is_chosen_trains_with_the_same_plots_and_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    prepare(window, 2000)
    window.show_workspace("train")
    window.work.train.settings.reveal("advanced")
    combo = child(window, "engineCombo")
    combo.setFocus()
    qtbot.keyClicks(combo, "NumPy")
    assert window.document().training.engine == "numpy"

    click(qtbot, window, "trainButton")
    train = window.work.train
    qtbot.waitUntil(lambda: len(train.history.epochs) >= 2, timeout=START)
    click(qtbot, window, "stopButton")
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=START)
    qtbot.waitUntil(lambda: "engine: NumPy" in child(window, "speedLabel").toolTip(), timeout=START)
    assert child(window, "filterView").images
    done = len(train.history.epochs)
    qtbot.waitUntil(lambda: len(train.loss.curves.test[0]) == done, timeout=START)
    assert max(train.history.loss.points()[0]) >= 2 * train.history.steps_per_epoch

    child(window, "continueButton").click()
    qtbot.waitUntil(lambda: len(train.history.epochs) > done, timeout=START)
    click(qtbot, window, "stopButton")
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=START)
    assert [epoch.epoch for epoch in train.history.epochs] == list(range(1, len(train.history.epochs) + 1))
    (run,) = list_runs()
    assert run.folder.read_document().training.engine == "numpy"
