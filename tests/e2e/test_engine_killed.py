"""The engine's process is killed while the window trains: the window goes on, and so does the run."""

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.core.messages import Checkpointed
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.runs import RunFolder, list_runs
from tests.engine.tiny import document

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGKILL")
WAIT_MS = 60_000
LONG = document(epochs=50_000)


def kill_engine(window: MainWindow) -> None:
    process = window.work.session._process
    assert process is not None
    assert process._process is not None
    os.kill(process._process.processId(), signal.SIGKILL)


def steps_of(folder: RunFolder) -> list[int]:
    return [line["step"] for line in folder.read_metrics() if line["kind"] == "step"]


def test_a_killed_engine_costs_a_sentence_and_the_run_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    work, control = window.work, window.work.control
    saved: list[Checkpointed] = []
    work.session.messages.connect(lambda batch: saved.extend(m for m in batch if isinstance(m, Checkpointed)))
    work.store.load(LONG)
    control.limit = 256
    qtbot.mouseClick(window.header.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(saved) >= 2, timeout=WAIT_MS)
    folder = RunFolder(Path(work.train.run))
    assert folder.read_record().status == "running"

    kill_engine(window)
    qtbot.waitUntil(lambda: window.training_state() == "failed", timeout=WAIT_MS)
    assert window.isVisible()
    go_on = window.findChild(QPushButton, "continueButton")
    qtbot.waitUntil(go_on.isVisible)
    assert "The training process was killed" in window.findChild(QLabel, "outcomeText").text()
    assert not window.notice.text  # it is said once
    assert folder.read_record().status == "interrupted"
    at = saved[-1].step

    # Edits made meanwhile are not the run's.
    work.store.load(document(epochs=3, seed=99))
    qtbot.mouseClick(go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: saved[-1].step > at + 40, timeout=WAIT_MS)
    assert work.train.run == str(folder.path)
    work.session.stop()
    qtbot.waitUntil(lambda: window.training_state() == "stopped", timeout=WAIT_MS)
    assert folder.read_record().status == "stopped"
    assert folder.read_document().training == LONG.training
    steps = steps_of(folder)
    assert steps == list(range(1, len(steps) + 1))

    # Training again makes another run.
    qtbot.mouseClick(window.header.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=WAIT_MS)
    latest = list_runs()[0]
    assert len(list_runs()) == 2
    assert latest.folder.path != folder.path
    assert latest.folder.read_document().training.seed == 99
    assert steps_of(folder) == steps
