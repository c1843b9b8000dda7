"""Runs from the first training to the trash, in the real window with the real engine."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.runs.workspace import RunsWorkspace
from cnnstudio.workspace.runs import list_runs
from tests.by_name import child, click
from tests.fake_dialogs import FakeDialogs

START = 90_000


def rows(runs: RunsWorkspace) -> dict[str, str]:
    """State by path."""
    return {row.path: row.status for row in runs.card.model.rows()}


def shown_texts(tree: QTreeWidget) -> list[str]:
    """The values of all rows, headings left out."""
    headings = (tree.topLevelItem(number) for number in range(tree.topLevelItemCount()))
    return [h.child(number).text(1) for h in headings for number in range(h.childCount())]


@pytest.fixture
def trained(window: MainWindow, qtbot: QtBot) -> RunsWorkspace:
    """One finished run of two epochs, seen in Runs."""
    window.load_preset("cifar10-first-cnn")
    combo = child(window, "datasetCombo")
    combo.setCurrentIndex(combo.findData("shapes"))
    child(window, "testLimitSpin").setValue(100)
    child(window, "epochsSpin").setValue(2)
    child(window, "batchSizeSpin").setValue(16)
    window.work.control.limit = 320
    click(qtbot, window, "trainButton")
    qtbot.waitUntil(lambda: window.training_state() != "preparing", timeout=START)
    click(qtbot, window, "runsWorkspaceButton")
    runs = window.work.make_runs()
    qtbot.waitUntil(lambda: list(rows(runs).values()) == ["finished"], timeout=START)
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=START)
    return runs


@pytest.mark.usefixtures("no_torch")
def test_a_run_is_repeated_continued_and_opened(
    window: MainWindow, trained: RunsWorkspace, qtbot: QtBot, dialogs: FakeDialogs
) -> None:
    runs = trained
    (first,) = rows(runs)
    assert [row.path for row in runs.chosen().rows] == [first]

    # Two more of it with other seeds, watched from here; the first one counts too.
    dialogs.count = 2
    click(qtbot, window, "runRepeatButton")
    qtbot.waitUntil(lambda: child(window, "runQueueText").isVisible(), timeout=START)
    qtbot.waitUntil(lambda: list(rows(runs).values()) == ["finished"] * 3, timeout=2 * START)
    assert window.stack.currentWidget() is runs
    found = {row.seed: row for row in runs.card.model.rows()}
    assert len(found) == 3
    (group,) = {f"group:{row.group}" for row in found.values()}
    assert [row.parent for row in found.values()].count(first) == 2
    runs.table.choose((group,))
    qtbot.waitUntil(lambda: "over 3 seeds" in runs.detail.spread.text.text(), timeout=START)
    item = runs.card.model.item(group)
    assert item.best.count == 3
    qtbot.waitUntil(lambda: any(curve.edges for curve in runs.curves.drawn["loss"]), timeout=START)
    assert not child(window, "runQueueText").isVisible()

    # One of them goes on for an epoch.
    runs.table.unfold(group)
    runs.table.choose((first,))
    dialogs.count = 1
    click(qtbot, window, "runContinueButton")
    qtbot.waitUntil(lambda: runs.card.model.item(first).row.epochs == 3, timeout=START)
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=START)
    assert len(list_runs()) == 3

    # Its network comes back to Build; unsaved work is asked about.
    window.load_preset("fashion-dnn")
    child(window, "epochsSpin").setValue(77)
    dialogs.answer = "cancel"
    qtbot.waitUntil(lambda: child(window, "runOpenButton").isEnabled(), timeout=START)
    asked = len(dialogs.asked)
    click(qtbot, window, "runOpenButton")
    qtbot.waitUntil(lambda: len(dialogs.asked) > asked, timeout=START)
    assert window.document().training.epochs == 77
    dialogs.answer = "discard"
    click(qtbot, window, "runOpenButton")
    qtbot.waitUntil(lambda: window.document().training.dataset == "shapes", timeout=START)
    assert window.stack.currentWidget() is window.work.build
    assert not window.isWindowModified()

    # What is trained from there knows where it came from; a preset comes from nowhere.
    known = set(rows(runs))
    child(window, "epochsSpin").setValue(1)
    click(qtbot, window, "trainButton")
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=START)
    window.show_workspace("runs")
    qtbot.waitUntil(lambda: len(rows(runs)) == 4, timeout=START)
    (fresh,) = set(rows(runs)) - known
    assert runs.card.model.item(fresh).row.parent == first
    runs.table.choose((fresh,))
    began = Path(first).name
    qtbot.waitUntil(lambda: began in shown_texts(runs.detail.run.facts), timeout=START)
    window.load_preset("fashion-dnn")
    assert not window.work.store.origin


def test_runs_are_exported_trashed_and_brought_back(
    window: MainWindow, trained: RunsWorkspace, qtbot: QtBot, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    runs = trained
    (path,) = rows(runs)
    for action, file in (
        ("exportRunMetricsAction", "metrics.csv"),
        ("exportRunSourceAction", "model.py"),
        ("exportRunWeightsAction", "weights.safetensors"),
    ):
        dialogs.file = tmp_path / file
        window.findChild(QAction, action).trigger()
        qtbot.waitUntil(lambda: file in window.notice.text, timeout=START)  # noqa: B023
    # The package is an extra: without it, one sentence says how to get it.
    dialogs.file = tmp_path / "logs"
    window.findChild(QAction, "exportRunTensorBoardAction").trigger()
    qtbot.waitUntil(lambda: not runs.commands.events.busy, timeout=START)
    told = window.notice.text
    assert "--logdir" in told or "cnnstudio[tensorboard]" in told
    assert (tmp_path / "model.py").read_text() == (Path(path) / "model.py").read_text()
    assert (tmp_path / "weights.safetensors").read_bytes()[:8]
    with (tmp_path / "metrics.csv").open() as table:
        assert [row["epoch"] for row in csv.DictReader(table)] == ["1", "2"]

    runs.table.setFocus()
    qtbot.keyClick(runs.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not rows(runs), timeout=START)
    assert not Path(path).exists()
    assert "is in the trash" in window.notice.text
    assert child(window, "noRunsTrain").isVisible()
    undo = window.notice.findChild(QPushButton, "runUndoTrash")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: list(rows(runs)) == [path], timeout=START)
    assert (Path(path) / "weights.safetensors").is_file()


def test_a_running_run_is_never_trashed_and_stopping_calls_repeats_off(
    window: MainWindow, trained: RunsWorkspace, qtbot: QtBot, dialogs: FakeDialogs
) -> None:
    runs = trained
    document = window.document()
    window.work.store.load(
        document.changed(training=document.training.model_copy(update={"epochs": 500})), None
    )
    click(qtbot, window, "trainButton")
    window.show_workspace("runs")
    qtbot.waitUntil(lambda: "running" in rows(runs).values(), timeout=START)
    running = next(path for path, status in rows(runs).items() if status == "running")
    runs.table.choose((running,))
    qtbot.waitUntil(lambda: [row.path for row in runs.chosen().rows] == [running], timeout=START)
    delete, go_on = (window.findChild(QAction, name) for name in ("runDeleteAction", "runContinueAction"))
    qtbot.waitUntil(lambda: not delete.isEnabled() and not go_on.isEnabled(), timeout=START)
    runs.table.selectAll()
    qtbot.waitUntil(delete.isEnabled, timeout=START)
    delete.trigger()
    qtbot.waitUntil(lambda: list(rows(runs)) == [running], timeout=START)

    # Repeats wait for it; stopping it is not about them, stopping one of them is.
    qtbot.waitUntil(lambda: child(window, "runRepeatButton").isEnabled(), timeout=START)
    dialogs.count = 3
    click(qtbot, window, "runRepeatButton")
    qtbot.waitUntil(lambda: runs.queue.waiting == 3, timeout=START)
    click(qtbot, window, "stopButton")
    qtbot.waitUntil(lambda: len(rows(runs)) == 2, timeout=START)
    qtbot.waitUntil(lambda: window.training_state() == "running", timeout=START)
    click(qtbot, window, "stopButton")
    qtbot.waitUntil(lambda: "2 more repeats" in window.notice.text, timeout=START)
    assert runs.queue.total == 0
    assert len(rows(runs)) == 2
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=START)


def test_repeats_that_have_not_begun_are_offered_by_the_next_window(
    window: MainWindow,
    trained: RunsWorkspace,
    qtbot: QtBot,
    dialogs: FakeDialogs,
    other_real_window: Callable[[], MainWindow],
) -> None:
    runs = trained
    (first,) = rows(runs)
    dialogs.count = 3
    click(qtbot, window, "runRepeatButton")
    qtbot.waitUntil(lambda: runs.queue.waiting == 2, timeout=START)
    qtbot.waitUntil(lambda: window.training_state() in ("running", "finished"), timeout=START)
    left = runs.queue.waiting
    runs.end()  # as closing does first
    window.work.session.shutdown()

    other = other_real_window()
    qtbot.waitUntil(
        lambda: f"had not begun when its window closed: {left}" in other.notice.text, timeout=START
    )
    click(qtbot, other, "trainLeftRepeats")
    again = other.work.make_runs()
    qtbot.waitUntil(lambda: again.queue.total == left, timeout=START)
    qtbot.waitUntil(lambda: other.training_state() == "finished" and not again.queue.total, timeout=2 * START)
    found = [row for row in list_runs() if row.record is not None and row.record.parent == first]
    assert len({row.record.seed for row in found}) == len(found) == 3
