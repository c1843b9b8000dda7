"""Inspect in the real window, with a run on disk and an engine that needs no torch."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.ui.inspect.workspace import InspectWorkspace
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.paths import runs_dir
from tests.workspace.runs.made_runs import made_run

WAIT = 30_000


@pytest.fixture
def run(own_folders: Path) -> str:
    """A finished run with weights."""
    folder = made_run(runs_dir(), "Stripes", accuracies=(0.5, 0.8))
    folder.weights.write_bytes(b"weights")
    return str(folder.path)


@pytest.fixture
def inspect(run: str, window: MainWindow, qtbot: QtBot) -> InspectWorkspace:
    """The workspace, once it shows the run's prediction and maps."""
    window.show_workspace("inspect")
    workspace = window.work.make_inspect()
    qtbot.waitUntil(lambda: workspace.inspection.subject.run == run, timeout=WAIT)
    qtbot.waitUntil(lambda: bool(workspace.image.bars.lines), timeout=WAIT)
    qtbot.waitUntil(lambda: bool(workspace.maps.grid.images), timeout=WAIT)
    return workspace
