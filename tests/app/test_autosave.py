"""Unsaved changes are written in a thread: what may happen meanwhile."""

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from cnnstudio.app import autosave as module
from cnnstudio.app.autosave import Autosave
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.edits import set_classes
from cnnstudio.workspace.autosave import AutosaveFile, autosave_dir, leftovers

SLOW = 0.25


@pytest.fixture
def writers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A slow disk; the threads that wrote."""
    found: list[int] = []
    write = AutosaveFile.write

    def slowly(self: AutosaveFile, *what: object) -> None:
        found.append(threading.get_ident())
        time.sleep(SLOW)
        write(self, *what)  # type: ignore[arg-type]

    monkeypatch.setattr(AutosaveFile, "write", slowly)
    monkeypatch.setattr(module, "INTERVAL_MS", 20)
    return found


@pytest.fixture
def store(qapp: object) -> DocumentStore:
    return DocumentStore()


@pytest.fixture
def autosave(writers: list[int], store: DocumentStore) -> Iterator[Autosave]:
    made = Autosave(store)
    yield made
    made.end()
    assert not files()


def files() -> list[Path]:
    return list(autosave_dir().glob("*.autosave.json"))


def edit(store: DocumentStore, classes: int) -> None:
    store.apply("Classes", set_classes(store.document, classes))


def test_the_window_goes_on_while_it_is_written(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, store: DocumentStore, autosave: Autosave
) -> None:
    """The disk waits for an event of the window's own loop, which would never come if that one waited too."""
    begun, answered = threading.Event(), threading.Event()
    heard: list[bool] = []
    write = AutosaveFile.write

    def until_the_window_answers(self: AutosaveFile, *what: object) -> None:
        begun.set()
        heard.append(answered.wait(5))
        write(self, *what)  # type: ignore[arg-type]

    monkeypatch.setattr(AutosaveFile, "write", until_the_window_answers)
    timer = QTimer()
    timer.timeout.connect(lambda: begun.is_set() and answered.set())
    timer.start(2)
    edit(store, 11)
    qtbot.waitUntil(lambda: bool(files()), timeout=30_000)
    timer.stop()
    assert heard == [True]


def test_what_changes_meanwhile_is_written_after_and_a_save_removes_it(
    qtbot: QtBot, writers: list[int], store: DocumentStore, autosave: Autosave, tmp_path: Path
) -> None:
    edit(store, 11)
    qtbot.waitUntil(lambda: bool(writers))
    edit(store, 12)
    qtbot.waitUntil(lambda: len(writers) == 2)
    qtbot.waitUntil(lambda: '"classes": 12' in files()[0].read_text().replace("\\", ""))
    qtbot.waitUntil(lambda: autosave._call is None)
    store.mark_saved(tmp_path / "net.cnn.json")
    assert not files()


def test_what_is_saved_meanwhile_leaves_nothing(
    qtbot: QtBot, writers: list[int], store: DocumentStore, autosave: Autosave, tmp_path: Path
) -> None:
    edit(store, 11)
    qtbot.waitUntil(lambda: bool(writers))
    store.mark_saved(tmp_path / "net.cnn.json")
    qtbot.waitUntil(lambda: autosave._call is None)
    assert not files()
    assert leftovers() == ([], [])


def test_who_never_rests_is_saved_too(
    qtbot: QtBot, writers: list[int], store: DocumentStore, autosave: Autosave
) -> None:
    autosave._timer.setInterval(60)
    classes = itertools.count(11)

    def edited_again() -> bool:
        edit(store, next(classes))
        return bool(writers)

    qtbot.waitUntil(edited_again)


def test_closing_waits_for_it(
    qtbot: QtBot, writers: list[int], store: DocumentStore, autosave: Autosave
) -> None:
    edit(store, 11)
    qtbot.waitUntil(lambda: bool(writers))
    autosave.end()
    assert not list(autosave_dir().iterdir())


def test_a_refusing_disk_is_told_once(
    qtbot: QtBot, writers: list[int], store: DocumentStore, autosave: Autosave
) -> None:
    autosave_dir().parent.mkdir(parents=True, exist_ok=True)
    autosave_dir().write_text("in the way")
    with qtbot.waitSignal(autosave.failed):
        edit(store, 11)
    with qtbot.assertNotEmitted(autosave.failed):
        edit(store, 12)
        qtbot.waitUntil(lambda: len(writers) == 2)
        qtbot.waitUntil(lambda: autosave._call is None)
    autosave_dir().unlink()
