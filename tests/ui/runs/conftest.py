"""The real window with a few runs made by hand."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.core.training import Optimizer
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.runs.workspace import RunsWorkspace
from cnnstudio.workspace.paths import runs_dir
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs.labels import Labels, write_labels
from tests.workspace.runs.made_runs import made_run


@pytest.fixture
def root() -> Path:
    return runs_dir()


@pytest.fixture
def made(root: Path) -> dict[str, str]:
    """Paths by name: two runs that differ, a failed, an unreadable one, three that repeat each other."""
    plain, dropout = load_preset("fashion-dnn"), load_preset("fashion-dnn-dropout")
    settings = dropout.training.model_copy(update={"optimizer": Optimizer(name="Adam", lr=0.5)})
    first = made_run(root, "Alpha", document=plain, accuracies=(0.5, 0.8, 0.7), seed=5)
    second = made_run(
        root,
        "Beta",
        document=dropout.changed(training=settings),
        accuracies=(0.4, 0.9),
        started="2026-11-21T10:00:00Z",
    )
    failed = made_run(
        root, "Gamma", status="failed", accuracies=(), problem="The loss is not a number.", dataset="mnist"
    )
    broken = made_run(root, "Delta")
    broken.record.write_text("{")
    repeats = [
        made_run(
            root, "Epsilon", accuracies=(0.3, value), seed=seed, group="eps", started="2026-11-19T10:00:00Z"
        )
        for seed, value in enumerate((0.6, 0.7, 0.8))
    ]
    write_labels(first.path, Labels(("baseline", "first try"), "A good start."))
    folders = {"Alpha": first, "Beta": second, "Gamma": failed, "Delta": broken}
    return {name: str(folder.path) for name, folder in folders.items()} | {
        f"Epsilon{number}": str(folder.path) for number, folder in enumerate(repeats)
    }


@pytest.fixture
def runs(window: MainWindow, qtbot: QtBot, made: dict[str, str]) -> RunsWorkspace:
    """The workspace, with all runs read."""
    window.show_workspace("runs")
    workspace = window.work.make_runs()
    qtbot.waitUntil(lambda: len(workspace.card.model.rows()) == len(made), timeout=30_000)
    return workspace
