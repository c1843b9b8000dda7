"""From a preset to trained, exported code in the real window with the real engine."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from cnnstudio.core.edits import change
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.runs import list_runs
from tests.by_name import child, click
from tests.fake_dialogs import FakeDialogs

START = 90_000
IMAGES = 320


@pytest.fixture
def ready(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The first CNN on shapes, small enough for a test."""
    window.load_preset("cifar10-first-cnn")
    combo = child(window, "datasetCombo")
    combo.setCurrentIndex(combo.findData("shapes"))
    child(window, "testLimitSpin").setValue(100)
    window.work.control.limit = IMAGES
    return window


@pytest.mark.usefixtures("no_torch")
def test_train_watch_export_and_run_the_script(
    ready: MainWindow, qtbot: QtBot, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window, train = ready, ready.work.train
    child(window, "epochsSpin").setValue(3)
    child(window, "batchSizeSpin").setValue(8)
    click(qtbot, window, "trainButton")
    assert window.training_state() == "preparing"
    assert not child(window, "trainButton").isVisible()
    qtbot.waitUntil(lambda: window.training_state() == "running", timeout=START)
    qtbot.waitUntil(lambda: len(train.loss.curves.train[0]) > 10, timeout=START)
    early = len(train.loss.curves.train[0])
    view = child(window, "filterView")
    qtbot.waitUntil(lambda: bool(view.images), timeout=START)
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=START)
    qtbot.waitUntil(lambda: len(train.loss.curves.test[0]) == 3, timeout=30_000)

    steps = [probe.step for probe in train.history.filters]
    assert steps[0] == 0
    assert steps == sorted(set(steps))
    assert len(train.loss.curves.train[0]) > early
    assert train.accuracy.curves.best is not None
    assert train.loss.curves.train_epochs[1][-1] < train.loss.curves.train_epochs[1][0]
    assert view.images
    assert train.history.filters[0].tensor.data != train.history.filters[-1].tensor.data
    assert child(window, "confusionView").counts
    assert child(window, "epochProgress").value() == child(window, "epochProgress").maximum()
    assert child(window, "trainButton").isVisible()

    dialogs.file = tmp_path / "model.py"
    window.findChild(QAction, "exportAction").trigger()
    dialogs.file = tmp_path / "train.py"
    window.findChild(QAction, "exportScriptAction").trigger()
    run = list_runs()[0].folder
    _check_export(tmp_path, run.weights)


def _check_export(folder: Path, weights: Path) -> None:
    """A fresh process loads the weights into the exported class, strictly, and imports the script."""
    code = f"""
import ast, importlib.util, torch
from safetensors.torch import load_file

def load(path):
    spec = importlib.util.spec_from_file_location(path.split(".")[0], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = [n.name for n in ast.parse(open(path).read()).body if isinstance(n, ast.ClassDef)]
    return module, names

module, names = load("model.py")
network = getattr(module, names[-1])()
network.load_state_dict(load_file({str(weights)!r}), strict=True)
assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
"""
    fresh = {**os.environ, "PYTHONPATH": ""}
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, env=fresh, timeout=60)
    ran = subprocess.run(
        [sys.executable, "train.py"],
        cwd=folder,
        env=fresh,
        timeout=120,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "accuracy" in ran.stdout.lower()


def test_editing_goes_on_while_a_run_keeps_its_snapshot(ready: MainWindow, qtbot: QtBot) -> None:
    window = ready
    child(window, "epochsSpin").setValue(500)
    click(qtbot, window, "trainButton")
    qtbot.waitUntil(lambda: window.training_state() == "running", timeout=START)
    assert child(window, "settingsNote").isVisible()
    began = window.work.store.document
    child(window, "epochsSpin").setValue(9)
    window.show_workspace("build")
    assert window.document().training.epochs == 9
    wider = change(window.document(), window.document().body[0].id, out_channels=11)
    window.work.store.apply("Widen", wider)
    window.show_workspace("train")
    qtbot.waitUntil(lambda: "500" in child(window, "epochLabel").text(), timeout=START)

    click(qtbot, window, "pauseButton")
    qtbot.waitUntil(lambda: window.training_state() == "paused", timeout=START)
    click(qtbot, window, "pauseButton")
    qtbot.waitUntil(lambda: window.training_state() == "running", timeout=START)
    click(qtbot, window, "stopButton")
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=START)
    first = list_runs()[0].folder
    assert first.read_document().training.epochs == 500
    assert first.read_document().body[0].block == began.body[0].block

    # Training again makes a run of its own, from what the document is now.
    kept = {path: path.read_bytes() for path in first.path.rglob("*") if path.is_file()}
    child(window, "epochsSpin").setValue(1)
    click(qtbot, window, "trainButton")
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=START)
    (second,) = [run.folder for run in list_runs() if run.folder != first]
    assert second.read_document().body[0].block == wider.body[0].block
    assert kept == {path: path.read_bytes() for path in first.path.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("no_torch")
def test_a_killed_engine_is_told_and_the_run_goes_on(ready: MainWindow, qtbot: QtBot) -> None:
    window, train = ready, ready.work.train
    child(window, "epochsSpin").setValue(3)
    child(window, "batchSizeSpin").setValue(4)
    click(qtbot, window, "trainButton")
    qtbot.waitUntil(lambda: train.history.checkpoint is not None, timeout=START)
    os.kill(_engine_pid(window), signal.SIGKILL)
    qtbot.waitUntil(lambda: window.training_state() in ("failed", "finished"), timeout=START)
    if window.training_state() == "finished":  # a quick machine: the run was over first
        return
    said, resume = child(window, "outcomeText"), child(window, "continueButton")
    qtbot.waitUntil(resume.isVisible)
    assert "killed" in said.text()
    assert not window.notice.text  # it is said once
    qtbot.mouseClick(resume, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=START)
    assert len(list_runs()) == 1


def test_closing_in_a_run_asks_stops_and_leaves_a_usable_run(
    ready: MainWindow, qtbot: QtBot, dialogs: FakeDialogs
) -> None:
    window = ready
    window.work.store.undo_stack.setClean()
    child(window, "epochsSpin").setValue(500)
    window.work.store.undo_stack.setClean()
    click(qtbot, window, "trainButton")
    qtbot.waitUntil(lambda: window.work.train.history.step is not None, timeout=START)
    dialogs.answer = "stay"
    window.close()
    assert window.isVisible()
    assert window.training_state() == "running"
    dialogs.answer = "stop"
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.training_state() == "stopped"
    folder = list_runs()[0].folder
    assert folder.read_record().status == "stopped"
    assert folder.weights.is_file()


def _engine_pid(window: MainWindow) -> int:
    process = window.work.session._process
    assert process is not None
    assert process._process is not None
    return int(process._process.processId())
