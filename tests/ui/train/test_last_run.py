"""After a restart of the app: the last run is offered, goes on, and its curves are whole."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.app.run_reading import RunReading, Usage, last_unfinished, read_history, read_usage
from cnnstudio.app.session import EngineSession
from cnnstudio.core.messages import Skipped
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs import RunFolder, RunRecord, create_run
from tests.by_name import child
from tests.ui.conftest import FAKE_ENGINE

PER_EPOCH = 4


def lines(epochs: int, held: str = "test") -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for epoch in range(1, epochs + 1):
        found += [
            {"kind": "step", "epoch": epoch, "step": step, "loss": 3.0 / step, "accuracy": 0.2}
            | {"lr": 0.1, "images": 64, "seconds": step / 10, "heads": [1.0, 2.0]}
            for step in range((epoch - 1) * PER_EPOCH + 1, epoch * PER_EPOCH + 1)
        ]
        found.append(
            {"kind": "epoch", "epoch": epoch, "step": epoch * PER_EPOCH, "train_loss": 1.0}
            | {"train_accuracy": 0.5, f"{held}_loss": 1.5 / epoch, f"{held}_accuracy": 0.25, "lr": 0.1}
            | {"seconds": epoch * 1.0, "images_per_second": 640.0, "best_epoch": epoch, "heads": [1.0, 2.0]}
        )
    return found


@pytest.fixture
def make_run() -> Callable[..., RunFolder]:
    def make(status: str = "stopped", log: list[dict[str, object]] | None = None) -> RunFolder:
        folder = create_run("last")
        document = load_preset("cifar10-first-cnn")
        folder.write_inputs(document, "")
        folder.write_record(
            RunRecord(
                name="My network", status=status, epochs=2, started="2026-11-21T20:00:00Z", device="CPU"
            )
        )
        folder.checkpoints.mkdir()
        (folder.checkpoints / "last.pt").write_bytes(b"1")
        text = "".join(json.dumps(line) + "\n" for line in (lines(1) if log is None else log))
        folder.metrics.write_text(text, "utf-8")
        return folder

    return make


def opened(qtbot: QtBot) -> MainWindow:
    window = MainWindow(session=EngineSession(command=FAKE_ENGINE))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def test_a_stopped_run_is_offered_and_its_curves_are_whole(
    make_run: Callable[..., RunFolder], qtbot: QtBot, qapp: QApplication
) -> None:
    folder = make_run()
    window = opened(qtbot)
    try:
        window.show_workspace("train")
        said, button = child(window, "lastRunText"), child(window, "continueLastRunButton")
        qtbot.waitUntil(button.isVisible, timeout=30_000)
        assert "My network" in said.text()
        assert "after 1 of 2 epochs" in said.text()
        train = window.work.train
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=30_000)
        assert not button.isVisible()
        assert train.run == str(folder.path)
        qtbot.waitUntil(lambda: list(train.loss.curves.test[0]) == [1.0, 2.0])
        assert [s * PER_EPOCH for s in train.loss.curves.raw[0]] == list(range(1, 9))
        assert train.loss.curves.raw[1][:4] == [3.0 / step for step in range(1, 5)]
        assert [mark.kind for mark in train.history.marks] == ["continued"]
    finally:
        window.work.session.shutdown()


def test_the_offer_can_be_closed_and_goes_when_another_training_begins(
    make_run: Callable[..., RunFolder], qtbot: QtBot
) -> None:
    make_run("interrupted")
    window = opened(qtbot)
    try:
        window.show_workspace("train")
        row = child(window, "lastRunRow")
        qtbot.waitUntil(row.isVisible, timeout=30_000)
        assert "was interrupted" in child(window, "lastRunText").text()
        qtbot.mouseClick(child(window, "closeLastRunButton"), Qt.MouseButton.LeftButton)
        assert not row.isVisible()
    finally:
        window.work.session.shutdown()


@pytest.mark.parametrize("status", ["finished", "running", "unreadable"])
def test_a_run_that_came_to_its_end_is_not_offered(make_run: Callable[..., RunFolder], status: str) -> None:
    lock = make_run(status).hold()  # as the process that trains it does
    assert last_unfinished() is None
    assert lock is not None
    lock.release()
    assert (last_unfinished() is not None) == (status == "running"), "its process has gone"


def test_a_run_without_a_checkpoint_or_with_all_epochs_is_not_offered(
    make_run: Callable[..., RunFolder],
) -> None:
    folder = make_run("stopped", lines(2))
    assert last_unfinished() is None
    folder = make_run("stopped")
    found = last_unfinished()
    assert found is not None
    assert found.path == str(folder.path)
    (folder.checkpoints / "last.pt").unlink()
    assert last_unfinished() is None


def test_a_history_is_read_with_heads_validation_and_adjustments(make_run: Callable[..., RunFolder]) -> None:
    adjusted = {"kind": "event", "event": "adjusted", "epoch": 2, "step": 9, "lr": 0.5, "epochs": 7}
    history = read_history(make_run(log=[*lines(2, "val"), adjusted]).path)
    assert history.held == "validation"
    assert history.last_step == 8
    assert len(history.heads) == 2
    assert history.heads[1].points()[1] == [2.0] * 8
    assert history.total_epochs == 7
    assert history.base_rate == 0.5
    assert [mark.kind for mark in history.marks] == ["rate", "epochs"]
    assert history.best is not None
    assert history.best.val_loss == 0.75
    assert (history.epochs[1].step, history.epochs[1].seconds) == (8, 2.0)
    assert history.epochs[1].images_per_second == 640.0
    assert history.started is not None
    assert (history.started.heads, history.steps_per_epoch) == (("head 1", "head 2"), PER_EPOCH)
    assert history.started.device == "CPU"
    assert history.step is None, "its clock was another session's"


def test_without_images_kept_aside_the_test_is_what_it_was_validated_on(
    make_run: Callable[..., RunFolder],
) -> None:
    (epoch,) = read_history(make_run().path).epochs
    assert (epoch.val_split, epoch.val_loss, epoch.val_accuracy) == ("test", 1.5, 0.25)


def test_before_its_first_epoch_as_many_steps_as_there_were_are_one(
    make_run: Callable[..., RunFolder],
) -> None:
    folder = make_run(log=lines(1)[:3])
    folder.write_record(folder.read_record().with_changes(skipped_images=2, skipped=("a.png", "b.png")))
    history = read_history(folder.path)
    assert (history.steps_per_epoch, history.last_step, history.held) == (3, 3, "test")
    assert history.skipped == Skipped(2, ("a.png", "b.png"))
    assert history.base_rate == load_preset("cifar10-first-cnn").training.optimizer.lr
    assert (history.total_epochs, history.seconds_per_epoch()) == (2, None)


def test_only_the_run_that_was_asked_for_last_is_told(
    make_run: Callable[..., RunFolder], qtbot: QtBot
) -> None:
    first, second = make_run(), make_run()
    second.metrics.unlink()
    second.metrics.mkdir()  # it goes on all the same
    reading, told = RunReading(), []
    reading.read.connect(told.append)
    reading.start(str(first.path))
    with qtbot.waitSignal(reading.read):
        reading.start(str(second.path))
    reading.shutdown()
    assert [(one.path, one.history.last_step) for one in told] == [(str(second.path), 0)]


def test_what_a_run_took_is_told_as_far_as_it_is_a_number(make_run: Callable[..., RunFolder]) -> None:
    folder = make_run()
    path = str(folder.path)
    assert read_usage(folder.path) == Usage(path)
    result = {"memory_bytes": 5, "seconds_per_epoch": True}
    options = {"forecast_memory_bytes": -1, "forecast_seconds_per_epoch": 2.5}
    folder.write_record(folder.read_record().with_changes(result=result, options=options))
    assert read_usage(folder.path) == Usage(path, 5.0, None, None, 2.5)
    folder.record.unlink()
    assert read_usage(folder.path) == Usage(path)


HOSTILE = [
    {"kind": "step"},
    {"kind": "step", "step": "9", "loss": 1},
    {"kind": "step", "step": -4, "loss": 1},
    {"kind": "step", "step": 10**400, "loss": 1},
    {"kind": "step", "step": 3, "loss": 10**400, "accuracy": True, "lr": None, "heads": "abc"},
    {"kind": "epoch", "epoch": 1, "step": 3, "test_loss": [1]},
    {"kind": "epoch", "epoch": 2, "step": 0},
    {"kind": "epoch", "test_loss": 1.0},
    {"kind": "epoch", "epoch": True},
    {"kind": "event", "event": "adjusted"},
    {"kind": ["x"]},
]


def test_whatever_lies_in_a_run_folder_is_no_reason_to_crash(
    make_run: Callable[..., RunFolder], tmp_path: Path
) -> None:
    folder = make_run(log=HOSTILE)
    history = read_history(folder.path)
    assert history.last_step == 3
    assert [epoch.epoch for epoch in history.epochs] == [1, 2]
    assert read_history(tmp_path).last_step == 0
