"""What a person can do around a run: change it while it goes on, end it, and how it ends."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.app.run_history import RunHistory
from cnnstudio.core.messages import Checkpointed, Failed, Finished, Started
from cnnstudio.core.training import EarlyStopping, Validation
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.train.outcome_row import OutcomeRow, outcome
from tests.by_name import child, click
from tests.fake_dialogs import FakeDialogs
from tests.ui.train.room import action, change, end, start

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
    click(qtbot, ready, "stopAfterEpochButton")
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
    click(qtbot, ready, "outcomeDetails")
    assert "Traceback" in dialogs.told[0][1]
    ready.work.control.device = "auto"
    click(qtbot, ready, "continueButton")
    qtbot.waitUntil(lambda: ready.training_state() == "finished", timeout=30_000)
    assert ready.work.train.history.failed is None
    assert any(mark.kind == "continued" for mark in ready.work.train.history.marks)


def test_a_failure_that_nobody_sees_in_train_is_told_where_they_are(ready: MainWindow, qtbot: QtBot) -> None:
    ready.show_workspace("build")
    ready.work.session.messages.emit((Failed("The images have gone.", "Traceback: …"),))
    assert "The images have gone." in ready.notice.text
    names = [button.objectName() for button in ready.notice.findChildren(QPushButton) if button.isVisible()]
    assert names == ["showTrainingButton", "noticeDetails"]
    click(qtbot, ready, "showTrainingButton")
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
    click(qtbot, ready, "skippedButton")
    dialog = child(ready, "skippedDialog")
    assert child(dialog, "skippedPaths").toPlainText().splitlines()[1] == "a/empty.jpg"
    dialog.close()
    qtbot.waitUntil(lambda: ready.training_state() == "finished", timeout=30_000)
