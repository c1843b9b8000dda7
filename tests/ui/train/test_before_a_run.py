"""What a person can do before a run: foretell it, find its rate, choose its device."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.app.session import EngineSession
from cnnstudio.core.document import InputSize
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.train.clock import duration
from cnnstudio.workspace.runs import RunFolder, RunRecord
from cnnstudio.workspace.settings import Settings, load_settings, save_settings
from tests.by_name import child, click
from tests.fake_dialogs import FakeDialogs
from tests.ui.conftest import FAKE_ENGINE
from tests.ui.train.room import action, change, start


def test_a_forecast_comes_by_itself_and_is_compared_with_what_was_measured(
    ready: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = child(ready, "forecastText")
    qtbot.waitUntil(lambda: "42 s an epoch" in said.text(), timeout=30_000)
    assert "4 MiB of 4 GiB" in said.text()
    assert "50\u202f000 images" in said.text()
    assert not child(ready, "forecastButton").isVisible()
    monkeypatch.chdir(tmp_path)  # where the run of the fake engine would be
    folder = RunFolder(tmp_path / "fake-run")
    folder.path.mkdir()
    foretold = {"forecast_memory_bytes": 4 << 20, "forecast_seconds_per_epoch": 42.0}
    folder.write_record(
        RunRecord(result={"memory_bytes": 5 << 20, "seconds_per_epoch": 51.2}, options=foretold)
    )
    start(ready, qtbot, "auto")
    qtbot.waitUntil(lambda: ready.training_state() == "finished", timeout=30_000)
    measured = child(ready, "measuredText")
    qtbot.waitUntil(measured.isVisible, timeout=30_000)
    assert measured.text() == "Measured: 51 s an epoch (42 s estimated) · 5 MiB memory (4 MiB estimated)"
    assert not child(ready, "forecastRow").isVisible()
    spin = child(ready, "epochsSpin")
    before = spin.mapTo(ready, QPoint())
    spin.setValue(7)
    qtbot.waitUntil(child(ready, "forecastRow").isVisible)
    qtbot.waitUntil(lambda: "42 s an epoch" in said.text(), timeout=30_000)
    assert child(ready, "outcomeText").isVisible()
    assert spin.mapTo(ready, QPoint()) == before  # nothing moves away from under the pointer


def test_steps_are_not_timed_beside_the_reading_of_the_data_card(ready: MainWindow, qtbot: QtBot) -> None:
    ready.work.room.forecasting._rest.setInterval(1)
    said, card = child(ready, "forecastText"), ready.work.train.looks.data
    ready.work.store.load(ready.document().changed(name="slow", input=InputSize(24, 24, 3)))
    qtbot.waitUntil(lambda: card.busy and ready.work.room.forecasting._rest.isActive(), timeout=30_000)
    qtbot.wait(50)
    assert not said.text()
    click(qtbot, ready, "dataCardCancel")
    qtbot.waitUntil(lambda: "42 s an epoch" in said.text(), timeout=30_000)


def test_what_does_not_fit_is_warned_of_with_the_batch_size_that_does(
    ready: MainWindow, qtbot: QtBot
) -> None:
    change(ready, batch_size=4096)
    click(qtbot, ready, "forecastButton")
    button = child(ready, "forecastBatchButton")
    qtbot.waitUntil(button.isVisible, timeout=30_000)
    assert "needs 12 GiB" in child(ready, "forecastWarning").text()
    click(qtbot, ready, "forecastBatchButton")
    assert ready.document().training.batch_size == 512
    qtbot.waitUntil(lambda: "42 s an epoch" in child(ready, "forecastText").text(), timeout=30_000)
    assert not button.isVisible()
    ready.work.store.undo()
    assert ready.document().training.batch_size == 4096


def test_training_does_not_wait_for_a_forecast(ready: MainWindow, qtbot: QtBot) -> None:
    change(ready, seed=14)  # this forecast never comes
    click(qtbot, ready, "forecastButton")
    assert ready.work.room.forecasting._inquiry.waiting
    start(ready, qtbot, "auto")
    assert not ready.work.room.forecasting._inquiry.waiting
    qtbot.waitUntil(lambda: ready.training_state() == "finished", timeout=30_000)


def test_a_forecast_that_fails_says_why(ready: MainWindow, qtbot: QtBot) -> None:
    change(ready, seed=13)
    click(qtbot, ready, "forecastButton")
    qtbot.waitUntil(lambda: "Nothing can be told" in child(ready, "forecastText").text(), timeout=30_000)
    assert child(ready, "forecastButton").isVisible()


def test_a_found_learning_rate_is_an_edit(ready: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, ready, "findRateButton")
    dialog = child(ready, "rateDialog")
    assert child(dialog, "foundRateSpin").value() == 0.001
    use = child(dialog, "useRateButton")
    qtbot.waitUntil(use.isEnabled, timeout=30_000)
    assert child(dialog, "foundRateSpin").value() == 0.021
    assert "0.021 is suggested" in child(dialog, "rateText").text()
    plot = dialog.plot
    assert plot._line.isVisible()
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.viewport().rect().center())
    chosen = child(dialog, "foundRateSpin").value()
    assert chosen != 0.021
    click(qtbot, dialog, "useRateButton")
    assert ready.document().training.optimizer.lr == chosen
    action(ready, "undoAction").trigger()
    assert ready.document().training.optimizer.lr == 0.001
    qtbot.waitUntil(lambda: not ready.findChildren(QWidget, "rateDialog"))


def test_the_finder_can_be_cancelled_and_says_what_went_wrong(ready: MainWindow, qtbot: QtBot) -> None:
    change(ready, seed=14)
    click(qtbot, ready, "findRateButton")
    dialog = child(ready, "rateDialog")
    qtbot.waitUntil(lambda: dialog.plot._curve.getData()[0] is not None, timeout=30_000)
    assert not child(dialog, "useRateButton").isEnabled()
    click(qtbot, dialog, "rateCancelButton")
    assert not dialog._inquiry.waiting
    qtbot.waitUntil(lambda: not ready.findChildren(QWidget, "rateDialog"))
    change(ready, seed=13)
    click(qtbot, ready, "findRateButton")
    dialog = child(ready, "rateDialog")
    qtbot.waitUntil(lambda: "not a number" in child(dialog, "rateText").text(), timeout=30_000)
    assert child(dialog, "rateAgainButton").isVisible()
    dialog.reject()
    qtbot.waitUntil(lambda: not ready.findChildren(QWidget, "rateDialog"))


def test_the_finder_says_that_the_data_are_missing(window: MainWindow, dialogs: FakeDialogs) -> None:
    window.load_preset("cifar10-first-cnn")
    action(window, "findRateAction").trigger()
    assert "not on this disk" in window.notice.text


def test_the_device_is_remembered(ready: MainWindow, qtbot: QtBot) -> None:
    combo = ready.header.device
    qtbot.waitUntil(lambda: combo.findData("cpu") > 0, timeout=30_000)
    combo.setCurrentIndex(combo.findData("cpu"))
    assert load_settings().device == "cpu"


def test_a_remembered_device_that_is_not_there_today_is_left_for_another_day(
    qtbot: QtBot,
) -> None:
    save_settings(Settings(device="cuda:3"))
    window = MainWindow(session=EngineSession(command=FAKE_ENGINE))
    qtbot.addWidget(window)
    window.show()
    try:
        qtbot.waitUntil(lambda: window.header.device.findData("cpu") > 0, timeout=30_000)
        assert window.work.control.device == "auto"
        assert load_settings().device == "cuda:3"
    finally:
        window.work.session.shutdown()


def test_times_are_no_finer_than_an_estimate() -> None:
    said = [duration(seconds) for seconds in (0.42, 12.4, 200, 5000, 20_000, 90_000, 400_000)]
    assert said == ["0.4 s", "12 s", "3 min 20 s", "83 min", "5 h 30 min", "25 h", "5 days"]


def test_a_folder_that_is_gone_is_named_and_another_one_asked_for(
    ready: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    change(ready, dataset="folder")
    assert "No folder" in str(ready.work.control.trial_job())
    save_settings(Settings(image_folder=str(tmp_path / "photos")))
    ready.header.train.click()
    qtbot.waitUntil(lambda: bool(ready.findChildren(QWidget, "dataDialog")), timeout=30_000)
    dialog = child(ready, "dataDialog")
    assert str(tmp_path / "photos") in child(dialog, "dataDialogText").text()
    text = child(dialog, "dataDialogText")
    assert text.height() >= text.heightForWidth(text.width()), "the sentence is cut"
    assert child(dialog, "downloadButton").text() == "Choose a folder…"
    assert ready.training_state() == "idle"
    dialog.reject()
