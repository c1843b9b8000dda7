"""Any state of Learn can be taken away as a picture or as a movie."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from cnnstudio.ui.learn.export import MOST_FRAMES, steps_shown
from cnnstudio.ui.learn.workspace import LearnWorkspace
from cnnstudio.ui.main_window import MainWindow
from tests.fake_dialogs import FakeDialogs


@pytest.fixture
def learn(window: MainWindow, qtbot: QtBot) -> LearnWorkspace:
    window.load_preset("fashion-dnn")
    window.show_workspace("learn")
    found = window.findChild(LearnWorkspace, "learnWorkspace")
    assert found is not None
    qtbot.waitUntil(lambda: found.scene_sentence != "")
    last = found.bar.blocks.count() - 1
    found.bar.blocks.setCurrentIndex(last)
    return found


def export(learn: LearnWorkspace, dialogs: FakeDialogs, qtbot: QtBot, kind: str, path: Path) -> None:
    dialogs.file = path
    action = learn.findChild(QAction, f"exportLearn{kind.capitalize()}Action")
    assert action is not None
    with qtbot.waitSignal(learn.exports.told, timeout=30_000):
        action.trigger()


def test_a_step_as_png(learn: LearnWorkspace, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path) -> None:
    export(learn, dialogs, qtbot, "png", tmp_path / "step")
    with Image.open(tmp_path / "step.png") as image:
        assert image.width == 2200
        assert len(image.convert("RGB").getcolors(1 << 20) or ()) > 50


def test_a_step_as_svg(learn: LearnWorkspace, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path) -> None:
    export(learn, dialogs, qtbot, "svg", tmp_path / "step.svg")
    text = (tmp_path / "step.svg").read_text("utf-8")
    assert "Logits become probabilities" in text
    assert 'width="1100"' in text


def test_all_steps_as_a_movie(
    learn: LearnWorkspace, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path
) -> None:
    export(learn, dialogs, qtbot, "gif", tmp_path / "steps.gif")
    with Image.open(tmp_path / "steps.gif") as movie:
        assert getattr(movie, "n_frames", 1) == 10


def test_all_steps_as_numbered_pictures(
    learn: LearnWorkspace, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path
) -> None:
    export(learn, dialogs, qtbot, "frames", tmp_path)
    pictures = sorted(tmp_path.glob("*-0*.png"))
    assert len(pictures) == 10
    assert len({picture.read_bytes() for picture in pictures}) == 10, "each step looks different"


def test_an_export_can_be_given_up(
    learn: LearnWorkspace, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path
) -> None:
    learn.bar.blocks.setCurrentIndex(0)
    dialogs.file = tmp_path / "long.gif"
    with qtbot.waitSignal(learn.exports.cancelled):
        learn.exports.export("gif")
        learn.exports.cancel()
    assert not dialogs.file.exists()


def test_long_movies_skip_steps() -> None:
    for count in (1, MOST_FRAMES, MOST_FRAMES + 1, 100_000):
        assert 1 <= len(steps_shown(count)) <= MOST_FRAMES
