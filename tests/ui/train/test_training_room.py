"""What a person can do around a run: change it while it goes on, end it, foretell it, find its rate."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.app.run_history import RunHistory
from cnnstudio.app.session import EngineSession
from cnnstudio.core.document import InputSize
from cnnstudio.core.messages import Checkpointed, Failed, Finished, Started
from cnnstudio.core.training import EarlyStopping, Validation
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.train.clock import duration
from cnnstudio.ui.train.outcome_row import OutcomeRow, outcome
from cnnstudio.workspace.runs import RunFolder, RunRecord
from cnnstudio.workspace.settings import Settings, load_settings, save_settings
from tests.fake_dialogs import FakeDialogs
from tests.ui.conftest import FAKE_ENGINE


def child(window: QWidget, name: str) -> Any:
    found = window.findChildren(QWidget, name)
    assert len(found) == 1, f"{len(found)} widgets are called {name}"
    return found[0]


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None
    return found


def press(qtbot: QtBot, window: QWidget, name: str) -> None:
    qtbot.mouseClick(child(window, name), Qt.MouseButton.LeftButton)


@pytest.fixture
def ready(window: MainWindow) -> MainWindow:
    window.load_preset("cifar10-first-cnn")
    combo = window.header.data
    combo.setCurrentIndex(combo.findData("shapes"))
    window.show_workspace("train")
    return window


def change(window: MainWindow, **settings: object) -> None:
    document = window.document()
    training = document.training.model_copy(update=settings)
    window.work.store.load(document.changed(training=training))


def start(window: MainWindow, qtbot: QtBot, device: str) -> None:
    window.work.control.device = device
    window.header.train.click()
    qtbot.waitUntil(lambda: window.training_state() != "preparing", timeout=30_000)


def end(window: MainWindow, qtbot: QtBot) -> None:
    window.header.stop.click()
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=30_000)


# --- while it runs


def test_learning_rate_and_epochs_are_changed_while_it_runs(ready: MainWindow, qtbot: QtBot) -> None:
    assert not child(ready, "nowStrip").isVisible()
    start(ready, qtbot, "hang")
    train = ready.work.train
    rate, epochs = child(ready, "nowRateSpin"), child(ready, "nowEpochsSpin")
    qtbot.waitUntil(lambda: rate.isVisible() and rate.isEnabled() and epochs.value() == 10_000)
    assert rate.value() == 0.001
    rate.setValue(0.05)
    qtbot.waitUntil(lambda: any(mark.kind == "rate" for mark in train.history.marks))
    epochs.setValue(9_000)
    qtbot.waitUntil(lambda: train.history.total_epochs == 9_000)
    assert [(m.kind, m.value) for m in train.history.marks] == [("rate", 0.05), ("epochs", 9_000)]
    qtbot.waitUntil(lambda: train.loss.curves.total == 9_000)
    assert [mark.kind for _, mark in train.loss.curves.marks] == ["rate", "epochs"]
    assert "/ 9000" in child(ready, "epochLabel").text().replace("\u202f", "")
    assert ready.document().training.optimizer.lr == 0.001  # the document is the next run's
    assert "step" in child(ready, "nowSaid").text()
    end(ready, qtbot)
    qtbot.waitUntil(lambda: not child(ready, "nowStrip").isVisible())


def test_a_run_ends_after_its_epoch_unless_that_is_taken_back(ready: MainWindow, qtbot: QtBot) -> None:
    assert not action(ready, "stopAfterEpochAction").isEnabled()
    start(ready, qtbot, "hang")
    button = child(ready, "stopAfterEpochButton")
    qtbot.waitUntil(button.isEnabled)
    ready.header.pause.click()
    qtbot.waitUntil(lambda: ready.training_state() == "paused")
    press(qtbot, ready, "stopAfterEpochButton")
    assert button.isChecked()
    assert action(ready, "stopAfterEpochAction").text().startswith("Do not")
    action(ready, "stopAfterEpochAction").trigger()
    assert not button.isChecked()
    action(ready, "stopAfterEpochAction").trigger()
    ready.header.pause.click()
    qtbot.waitUntil(lambda: ready.training_state() == "stopped", timeout=30_000)
    history = ready.work.train.history
    assert history.last_step % history.steps_per_epoch == 0
    assert not button.isChecked()
    qtbot.waitUntil(lambda: "Stopped" in child(ready, "outcomeText").text())


def test_keys_pause_resume_and_stop(ready: MainWindow, qtbot: QtBot) -> None:
    start(ready, qtbot, "hang")
    assert not action(ready, "trainAction").isEnabled()
    qtbot.keyClick(ready, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: ready.training_state() == "paused")
    assert action(ready, "pauseAction").text() == "Resume the training"
    qtbot.keyClick(ready, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: ready.training_state() == "running")
    qtbot.keyClick(ready, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: ready.training_state() == "stopped", timeout=30_000)
    assert action(ready, "trainAction").isEnabled()
    assert not action(ready, "pauseAction").isEnabled()


def test_the_command_list_has_each_of_them_once(ready: MainWindow, qtbot: QtBot) -> None:
    from cnnstudio.ui.commands.gather import gather

    def known() -> list[str]:
        return [command.text for command in gather(ready)]

    assert "Find a learning rate…" in known()
    assert "Pause the training" not in known()
    start(ready, qtbot, "hang")
    qtbot.waitUntil(lambda: ready.training_state() == "running")
    found = known()
    for text in ("Pause the training", "Stop the training now", "Stop after this epoch"):
        assert found.count(text) == 1
    assert "Find a learning rate…" not in found
    end(ready, qtbot)


# --- how it ends


def test_early_stopping_and_the_first_look_at_the_test_images_are_told(
    ready: MainWindow, qtbot: QtBot
) -> None:
    change(ready, early_stopping=EarlyStopping(patience=2), validation=Validation(name="split"))
    start(ready, qtbot, "auto")
    qtbot.waitUntil(lambda: ready.training_state() == "finished", timeout=30_000)
    said = child(ready, "outcomeText")
    qtbot.waitUntil(said.isVisible)
    assert "Ended early after epoch 2" in said.text()
    assert "weights of epoch 1" in said.text()
    assert "for the first time: 50.0 %" in said.text()
    assert not child(ready, "continueButton").isVisible()
    words = [b.text() for b in ready.work.train.loss._legend._buttons.values()]
    assert words == ["train", "validation"]


def test_one_epoch_is_not_called_epochs() -> None:
    def told(epochs: int, stopped: bool) -> str:
        history = RunHistory()
        history.hear(Finished("run", epochs, 0.5, 0.5, 1, 9.0, stopped=stopped))
        return outcome(history, "stopped" if stopped else "finished").split(".")[0].split(";")[0]

    assert [told(epochs, True) for epochs in (0, 1, 2)] == [
        "Stopped in the first epoch",
        "Stopped after 1 whole epoch",
        "Stopped after 2 whole epochs",
    ]
    assert [told(epochs, False) for epochs in (1, 2)] == ["Finished after 1 epoch", "Finished after 2 epochs"]


@pytest.mark.parametrize(
    ("whole", "saved", "stopped", "button"),
    [
        (2, Checkpointed(3, 8), "Stopped after 2 whole epochs", "Continue from epoch 3"),
        (2, Checkpointed(3, 10), "Stopped in epoch 3", "Continue in epoch 3"),
        # All steps of the third one are taken, but it is not tested yet: that is where it goes on.
        (2, Checkpointed(3, 12), "Stopped in epoch 3", "Continue in epoch 3"),
        (4, Checkpointed(5, 20), "Stopped in epoch 5", "Continue in epoch 5"),
        (0, Checkpointed(1, 3), "Stopped in the first epoch", "Continue in epoch 1"),
        (5, Checkpointed(6, 20), "Stopped after 5 whole epochs", ""),
    ],
)
def test_where_it_stopped_is_where_it_goes_on(
    qtbot: QtBot, whole: int, saved: Checkpointed, stopped: str, button: str
) -> None:
    history = RunHistory()
    history.hear(Started("run", "CPU", 5, 4, 64, 64, ("a", "b")))
    history.hear(saved)
    history.hear(Finished("run", whole, 0.5, 0.5, 1, 9.0, stopped=True))
    row = OutcomeRow()
    qtbot.addWidget(row)
    row.show_history(history, "stopped")
    assert child(row, "outcomeText").text().split(";")[0] == stopped
    shown = child(row, "continueButton")
    assert (shown.text() if shown.isVisibleTo(row) else "") == button


@pytest.mark.parametrize(
    ("saved", "early", "state", "button"),
    [
        (Checkpointed(6, 20), False, "stopped", "Continue with the test images"),
        (Checkpointed(6, 20), False, "failed", "Continue with the test images"),
        (Checkpointed(4, 12), True, "stopped", "Continue with the test images"),
        (Checkpointed(4, 12), False, "stopped", "Continue from epoch 4"),
    ],
)
def test_a_run_whose_last_look_is_missing_goes_on_with_it(
    qtbot: QtBot, saved: Checkpointed, early: bool, state: str, button: str
) -> None:
    history = RunHistory()
    history.hear(Started("run", "CPU", 5, 4, 64, 64, ("a", "b"), val_split="validation"))
    history.hear(saved)
    if state == "stopped":
        history.hear(Finished("run", saved.epoch - 1, 0.0, 0.0, 1, 9.0, stopped=True, early=early))
    row = OutcomeRow()
    qtbot.addWidget(row)
    row.show_history(history, state)
    shown = child(row, "continueButton")
    assert (shown.isVisibleTo(row), shown.text()) == (True, button)
    if state == "stopped":
        before = "Stopped before the test images were looked at; all that was learnt is saved."
        assert (child(row, "outcomeText").text() == before) == button.endswith("images")


def test_a_failure_says_what_to_do_and_offers_the_last_checkpoint(
    ready: MainWindow, qtbot: QtBot, dialogs: FakeDialogs
) -> None:
    start(ready, qtbot, "diverge")
    qtbot.waitUntil(lambda: ready.training_state() == "failed", timeout=30_000)
    said, button = child(ready, "outcomeText"), child(ready, "continueButton")
    qtbot.waitUntil(button.isVisible)
    assert "lower learning rate" in said.text()
    assert said.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert not ready.notice.text  # it is said once
    assert "step 4" in said.text()
    assert button.text() == "Continue from epoch 2"
    press(qtbot, ready, "outcomeDetails")
    assert "Traceback" in dialogs.told[0][1]
    ready.work.control.device = "auto"
    press(qtbot, ready, "continueButton")
    qtbot.waitUntil(lambda: ready.training_state() == "finished", timeout=30_000)
    assert ready.work.train.history.failed is None
    assert any(mark.kind == "continued" for mark in ready.work.train.history.marks)


def test_a_failure_that_nobody_sees_in_train_is_told_where_they_are(ready: MainWindow, qtbot: QtBot) -> None:
    ready.show_workspace("build")
    ready.work.session.messages.emit((Failed("The images have gone.", "Traceback: …"),))
    assert "The images have gone." in ready.notice.text
    names = [button.objectName() for button in ready.notice.findChildren(QPushButton) if button.isVisible()]
    assert names == ["showTrainingButton", "noticeDetails"]
    press(qtbot, ready, "showTrainingButton")
    assert ready.work.train.isVisible()
    ready.work.session.messages.emit((Failed("The disk is full."),))
    assert not ready.notice.text
    ready.show_workspace("build")
    ready.work.session.messages.emit((Failed("The disk is full."),))
    assert ready.notice.text
    ready.show_workspace("train")
    assert not ready.notice.text  # now the card of the run says it


def test_images_that_were_left_out_are_counted_and_listed(ready: MainWindow, qtbot: QtBot) -> None:
    start(ready, qtbot, "skip")
    button = child(ready, "skippedButton")
    qtbot.waitUntil(button.isVisible, timeout=30_000)
    assert button.text() == "3 images left out"
    press(qtbot, ready, "skippedButton")
    dialog = child(ready, "skippedDialog")
    assert child(dialog, "skippedPaths").toPlainText().splitlines()[1] == "a/empty.jpg"
    dialog.close()
    qtbot.waitUntil(lambda: ready.training_state() == "finished", timeout=30_000)


# --- before it begins


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
    press(qtbot, ready, "dataCardCancel")
    qtbot.waitUntil(lambda: "42 s an epoch" in said.text(), timeout=30_000)


def test_what_does_not_fit_is_warned_of_with_the_batch_size_that_does(
    ready: MainWindow, qtbot: QtBot
) -> None:
    change(ready, batch_size=4096)
    press(qtbot, ready, "forecastButton")
    button = child(ready, "forecastBatchButton")
    qtbot.waitUntil(button.isVisible, timeout=30_000)
    assert "needs 12 GiB" in child(ready, "forecastWarning").text()
    press(qtbot, ready, "forecastBatchButton")
    assert ready.document().training.batch_size == 512
    qtbot.waitUntil(lambda: "42 s an epoch" in child(ready, "forecastText").text(), timeout=30_000)
    assert not button.isVisible()
    ready.work.store.undo()
    assert ready.document().training.batch_size == 4096


def test_training_does_not_wait_for_a_forecast(ready: MainWindow, qtbot: QtBot) -> None:
    change(ready, seed=14)  # this forecast never comes
    press(qtbot, ready, "forecastButton")
    assert ready.work.room.forecasting._inquiry.waiting
    start(ready, qtbot, "auto")
    assert not ready.work.room.forecasting._inquiry.waiting
    qtbot.waitUntil(lambda: ready.training_state() == "finished", timeout=30_000)


def test_a_forecast_that_fails_says_why(ready: MainWindow, qtbot: QtBot) -> None:
    change(ready, seed=13)
    press(qtbot, ready, "forecastButton")
    qtbot.waitUntil(lambda: "Nothing can be told" in child(ready, "forecastText").text(), timeout=30_000)
    assert child(ready, "forecastButton").isVisible()


def test_a_found_learning_rate_is_an_edit(ready: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, ready, "findRateButton")
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
    press(qtbot, dialog, "useRateButton")
    assert ready.document().training.optimizer.lr == chosen
    action(ready, "undoAction").trigger()
    assert ready.document().training.optimizer.lr == 0.001
    qtbot.waitUntil(lambda: not ready.findChildren(QWidget, "rateDialog"))


def test_the_finder_can_be_cancelled_and_says_what_went_wrong(ready: MainWindow, qtbot: QtBot) -> None:
    change(ready, seed=14)
    press(qtbot, ready, "findRateButton")
    dialog = child(ready, "rateDialog")
    qtbot.waitUntil(lambda: dialog.plot._curve.getData()[0] is not None, timeout=30_000)
    assert not child(dialog, "useRateButton").isEnabled()
    press(qtbot, dialog, "rateCancelButton")
    assert not dialog._inquiry.waiting
    qtbot.waitUntil(lambda: not ready.findChildren(QWidget, "rateDialog"))
    change(ready, seed=13)
    press(qtbot, ready, "findRateButton")
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
