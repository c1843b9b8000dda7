"""Recent files, reverting, dropping a file, autosaving: the document and the person's disk."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.core.edits import set_classes
from cnnstudio.core.fileformat import write_document
from cnnstudio.ui.build.dragging import BLOCK_MIME
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.autosave import AutosaveFile, autosave_dir, leftovers
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.recent import recent_files, remember_file
from tests.fake_dialogs import FakeDialogs


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "mine.cnn.json"
    path.write_text(write_document(load_preset("resnet18")), "utf-8")
    return path


def edit(window: MainWindow, classes: int = 7) -> None:
    window.work.store.apply("Classes", set_classes(window.document(), classes))


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert found is not None, name
    return found


# --- recent files and reverting


def test_recent_files_open_and_missing_ones_are_grey(window: MainWindow, saved: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone & away.cnn.json"
    gone.touch()
    remember_file(gone)
    remember_file(saved)
    gone.unlink()
    window.files.fill_recent()
    first, second = action(window, "recentAction-0"), action(window, "recentAction-1")
    assert first.text().startswith("mine.cnn.json")
    assert second.text().startswith("gone && away.cnn.json")
    assert not second.isEnabled()
    first.trigger()
    assert window.work.store.path == saved
    action(window, "clearRecentAction").trigger()
    window.files.fill_recent()
    assert recent_files() == ()
    assert [one.isEnabled() for one in window.files.recent.actions()] == [False]


def test_reverting_asks_where_changes_are_lost(window: MainWindow, saved: Path, dialogs: FakeDialogs) -> None:
    revert = action(window, "revertAction")
    window.load_preset("fashion-dnn")
    assert not revert.isEnabled()
    window.open_document(saved)
    assert revert.isEnabled()
    edit(window)
    dialogs.answer = "cancel"
    revert.trigger()
    assert window.document().classes == 7
    dialogs.answer = "revert"
    revert.trigger()
    assert window.document().classes == 1000
    assert not window.isWindowModified()
    assert "mine.cnn.json" in dialogs.asked[-1]
    saved.write_text(saved.read_text().replace("ResNet-18", "Changed by another program"))
    revert.trigger()
    assert len(dialogs.asked) == 2
    assert window.document().name == "Changed by another program"


def test_reverting_to_a_file_that_is_gone_keeps_what_is_open(
    window: MainWindow, saved: Path, dialogs: FakeDialogs
) -> None:
    window.open_document(saved)
    edit(window)
    saved.unlink()
    dialogs.answer = "revert"
    action(window, "revertAction").trigger()
    assert window.document().classes == 7
    assert window.isWindowModified()
    assert "mine.cnn.json" in window.notice.text


# --- dropping


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText(" ".join(map(str, paths)))  # as file managers do, and text fields would take it
    return data


def drag(target: QObject, data: QMimeData) -> bool:
    """Enters and drops; whether it was taken."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    point = QPoint(500, 300)
    for kind in (QDragEnterEvent, QDragMoveEvent):
        QApplication.sendEvent(target, kind(point, copy, data, left, none))
    drop = QDropEvent(QPointF(point), copy, data, left, none)
    QApplication.sendEvent(target, drop)
    return drop.isAccepted()


@pytest.mark.parametrize("place", ["window", "native", "canvas"])
def test_a_dropped_file_opens(window: MainWindow, saved: Path, place: str) -> None:
    canvas = window.work.build.canvas.viewport()
    target = {"window": window, "native": window.windowHandle(), "canvas": canvas}[place]
    assert drag(target, files(saved))
    assert window.work.store.path == saved
    assert recent_files() == (saved,)


def test_a_drop_asks_about_unsaved_changes_but_not_for_a_wrong_file(
    window: MainWindow, saved: Path, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    edit(window)
    wrong = tmp_path / "photo.png"
    wrong.write_bytes(b"\x89PNG\r\n")
    drag(window.windowHandle(), files(wrong))
    assert "photo.png" in window.notice.text
    assert not dialogs.asked
    drag(window.windowHandle(), files(tmp_path))
    assert str(tmp_path) in window.notice.text
    dialogs.answer = "cancel"
    drag(window.windowHandle(), files(saved))
    assert window.document().classes == 7
    dialogs.answer = "discard"
    drag(window.windowHandle(), files(saved))
    assert window.work.store.path == saved


def test_a_block_from_the_palette_is_still_dropped_on_the_canvas(window: MainWindow) -> None:
    window.load_preset("cifar10-first-cnn")
    before = len(window.document().body)
    data = QMimeData()
    data.setData(BLOCK_MIME, QByteArray(b"ReLU"))
    canvas = window.work.build.canvas
    middle = canvas.viewport().rect().center()
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(canvas.viewport(), QDragEnterEvent(middle, copy, data, left, none))
    QApplication.sendEvent(canvas.viewport(), QDragMoveEvent(middle, copy, data, left, none))
    QApplication.sendEvent(canvas.viewport(), QDropEvent(QPointF(middle), copy, data, left, none))
    assert len(window.document().body) == before + 1


def test_text_and_web_addresses_are_no_files(window: MainWindow) -> None:
    before = window.document()
    text, web = QMimeData(), QMimeData()
    text.setText("resnet18")
    web.setUrls([QUrl("https://example.org/a.cnn.json")])
    for data in (text, web):
        drag(window.windowHandle(), data)
        assert window.document() is before
        assert not window.notice.text


# --- autosave


def autosaved() -> list[Path]:
    return list(autosave_dir().glob("*.autosave.json"))


def test_changes_are_kept_within_seconds_and_saving_ends_that(
    window: MainWindow, qtbot: QtBot, saved: Path
) -> None:
    window.open_document(saved)
    edit(window, 5)
    qtbot.wait(200)
    edit(window, 6)  # does not put it off
    qtbot.waitUntil(lambda: any('classes\\": 6' in kept.read_text() for kept in autosaved()), timeout=30_000)
    values = json.loads(autosaved()[0].read_text())
    assert '"classes": 6' in values["document"]
    assert values["path"] == str(saved)
    action(window, "saveAction").trigger()
    qtbot.waitUntil(lambda: not autosaved())  # the thread that wrote it may have its last word to say


def test_undoing_everything_is_nothing_to_keep(window: MainWindow) -> None:
    edit(window)
    window.work.autosave.write_now()
    assert autosaved()
    action(window, "undoAction").trigger()
    assert not autosaved()


def test_closing_leaves_nothing(window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot) -> None:
    edit(window)
    window.work.autosave.write_now()
    dialogs.answer = "cancel"
    assert not window.close()
    assert autosaved()
    dialogs.answer = "discard"
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not list(autosave_dir().iterdir())


def test_a_disk_that_refuses_is_told_once(window: MainWindow) -> None:
    autosave_dir().parent.mkdir(parents=True, exist_ok=True)
    autosave_dir().write_text("in the way")
    edit(window)
    assert not window.work.autosave.write_now()
    assert "crash" in window.notice.text
    window.notice.hide()
    window.work.autosave.write_now()
    assert not window.notice.text


# --- recovery: what another window left, whose lock is gone


def left_behind(preset: str, path: Path | None = None) -> None:
    file = AutosaveFile()
    file.write(load_preset(preset), path)
    assert file._lock is not None
    file._lock.release()


def press(window: MainWindow, name: str) -> None:
    # The one of an earlier notice goes with the next turn of the event loop.
    window.notice.findChildren(QPushButton, name)[-1].click()


def look(window: MainWindow) -> None:
    window.work.recovery._looked = False
    window.work.recovery.look()


def test_leftovers_are_offered_one_after_the_other(window: MainWindow, qtbot: QtBot, saved: Path) -> None:
    left_behind("fashion-dnn", saved)
    look(window)
    assert "mine.cnn.json" in window.notice.text
    press(window, "recoverButton")
    assert window.work.store.path == saved
    assert window.document().name == load_preset("fashion-dnn").name
    assert window.isWindowModified()
    assert len(autosaved()) == 1  # this window's own
    assert leftovers() == ([], [])


def test_an_offer_to_recover_waits_behind_what_is_urgent(window: MainWindow, qtbot: QtBot) -> None:
    left_behind("fashion-dnn")
    look(window)
    offered = window.notice.text
    window.notice.clear()  # as when a training begins
    assert window.notice.text == offered
    window.notice.say("The disk is full.", "error")
    assert window.notice.text == "The disk is full."
    window.notice.hide()
    qtbot.waitUntil(lambda: window.notice.text == offered)
    press(window, "discardButton")
    assert leftovers() == ([], [])


def test_discarding_goes_on_to_the_next(window: MainWindow, qtbot: QtBot) -> None:
    left_behind("fashion-dnn")
    left_behind("resnet18")
    look(window)
    first = window.notice.text
    press(window, "discardButton")
    qtbot.waitUntil(lambda: window.notice.text not in ("", first))
    assert len(autosaved()) == 1
    press(window, "discardButton")
    assert not autosaved()


def test_an_unanswered_offer_comes_again(window: MainWindow, dialogs: FakeDialogs) -> None:
    left_behind("fashion-dnn")
    look(window)
    edit(window)
    dialogs.answer = "cancel"
    press(window, "recoverButton")
    assert window.document().classes == 7
    assert len(autosaved()) == 1


def test_a_damaged_one_is_one_sentence(window: MainWindow) -> None:
    left_behind("fashion-dnn")
    autosaved()[0].write_text("{")
    look(window)
    assert "could not be read" in window.notice.text
    window.notice.hide()
    look(window)
    assert not window.notice.text
