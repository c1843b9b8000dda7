"""A folder of images is looked through while the window goes on."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace import datasets
from cnnstudio.workspace.datasets.folder import describe_folder
from cnnstudio.workspace.errors import Cancelled
from cnnstudio.workspace.progress import Progress
from cnnstudio.workspace.settings import load_settings
from tests.fake_dialogs import FakeDialogs
from tests.workspace.datasets.photos import place_photos


class Slow:
    """Reading a folder that takes as long as the test wants."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.stopped = False
        self.threads: list[threading.Thread] = []

    def __call__(
        self, path: Path, *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> object:
        self.threads.append(threading.current_thread())
        progress(Progress("scan", path.name, 12_345, 0))
        while not self.go_on.wait(0.01):
            if cancelled():
                self.stopped = True
                raise Cancelled
        return describe_folder(path)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    found = Slow()
    monkeypatch.setattr(datasets, "describe_folder", found)
    return found


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    for name in ("cat", "dog", "eel"):
        for number in range(4):
            file = tmp_path / "pets" / name / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    return tmp_path / "pets"


def dialog_of(window: MainWindow) -> QDialog | None:
    return next((d for d in window.findChildren(QDialog, "folderDialog") if d.isVisible()), None)


def choose(window: MainWindow, dialogs: FakeDialogs, folder: Path) -> None:
    dialogs.file = folder
    window.work.control.choose_folder()


def test_it_says_how_many_images_there_are_so_far(
    window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot, slow: Slow, pets: Path
) -> None:
    choose(window, dialogs, pets)
    qtbot.waitUntil(lambda: dialog_of(window) is not None)
    dialog = dialog_of(window)
    assert dialog is not None
    text = dialog.findChild(QLabel, "folderDialogText")
    qtbot.waitUntil(lambda: text is not None and "12,345" in text.text().replace("\u202f", ","))
    assert threading.main_thread() not in slow.threads
    slow.go_on.set()
    qtbot.waitUntil(lambda: window.document().training.dataset == "folder")
    assert window.document().classes == 3
    assert dialog_of(window) is None
    assert load_settings().image_folder == str(pets)


def test_cancelling_leaves_everything_as_it_was(
    window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot, slow: Slow, pets: Path
) -> None:
    before = window.document()
    choose(window, dialogs, pets)
    qtbot.waitUntil(lambda: dialog_of(window) is not None)
    dialog = dialog_of(window)
    assert dialog is not None
    cancel = dialog.findChild(QPushButton, "folderDialogCancel")
    assert cancel is not None
    cancel.click()
    qtbot.waitUntil(lambda: slow.stopped)
    qtbot.wait(30)
    assert dialog_of(window) is None
    assert window.document() is before
    assert not load_settings().image_folder
    assert not window.notice.text


@pytest.mark.parametrize("classes", [3, 12])
def test_the_network_gets_as_many_classes_as_the_folder(
    window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path, classes: int
) -> None:
    assert window.document().classes == 10
    place_photos(tmp_path / "many", {f"class {number}": 2 for number in range(classes)})
    choose(window, dialogs, tmp_path / "many")
    qtbot.waitUntil(lambda: window.document().training.dataset == "folder")
    assert window.document().classes == classes


def test_a_quick_look_shows_no_dialog_and_a_bad_folder_is_told(
    window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot, pets: Path, tmp_path: Path
) -> None:
    choose(window, dialogs, tmp_path / "nowhere")
    qtbot.waitUntil(lambda: "There is no folder" in window.notice.text)
    choose(window, dialogs, pets)
    qtbot.waitUntil(lambda: window.document().classes == 3)
    qtbot.wait(400)
    assert dialog_of(window) is None


def test_closing_the_window_ends_the_look(
    window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot, slow: Slow, pets: Path
) -> None:
    choose(window, dialogs, pets)
    qtbot.waitUntil(lambda: bool(slow.threads))
    assert window.work.may_close()
    assert slow.stopped
