"""What the data card shows, and what it says where there is nothing to show."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import cnnstudio.blocks  # noqa: F401
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.app.training_edits import with_setting
from cnnstudio.core.messages import Failed
from cnnstudio.core.requests import Download
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.theme import apply_theme
from cnnstudio.ui.train.data_card import DataSetCard
from cnnstudio.workspace.settings import load_settings, save_settings
from tests.fake_dialogs import FakeDialogs
from tests.ui.conftest import FAKE_ENGINE
from tests.workspace.datasets.photos import place_photos


@pytest.fixture
def session() -> Iterator[EngineSession]:
    session = EngineSession(command=FAKE_ENGINE)
    yield session
    session.shutdown()


@pytest.fixture
def store() -> DocumentStore:
    return DocumentStore()


@pytest.fixture(params=["light", "dark"])
def card(
    qtbot: QtBot,
    qapp: QApplication,
    session: EngineSession,
    store: DocumentStore,
    request: pytest.FixtureRequest,
) -> DataSetCard:
    apply_theme(qapp, request.param)
    card = DataSetCard(store, session)
    qtbot.addWidget(card)
    card.resize(520, 320)
    return card


def text(card: QWidget, name: str) -> str:
    label = card.findChild(QLabel, name)
    assert label is not None
    return label.text()


def button(card: QWidget, name: str) -> QPushButton:
    found = card.findChild(QPushButton, name)
    assert found is not None
    return found


def shown(card: DataSetCard, qtbot: QtBot) -> None:
    card.show()
    qtbot.waitUntil(card._grid.isVisible, timeout=30_000)


def said(card: DataSetCard, qtbot: QtBot, part: str) -> None:
    qtbot.waitUntil(lambda: part in card._note._state.accessibleName(), timeout=30_000)
    assert card._note.isVisible()


def test_sizes_balance_and_images_are_shown(card: DataSetCard, qtbot: QtBot) -> None:
    shown(card, qtbot)
    assert text(card, "dataSetName") == "Shapes"
    assert (text(card, "trainFact"), text(card, "testFact"), text(card, "classesFact")) == ("160", "30", "3")
    assert text(card, "meanFact").split() == ["0.100", "0.200", "0.300"]
    assert text(card, "stdFact").split() == ["0.400", "0.500", "0.600"]
    assert card._grid.class_names == ["circle", "square", "triangle"]
    assert "square: 50 training images, 10 test images" in card._grid.accessibleDescription()
    picture = card._grid.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, picture.width(), 3) for y in (12, 40)}
    assert len(colours) > 10


def test_a_damaged_file_is_fetched_again_by_one_button(
    card: DataSetCard,
    session: EngineSession,
    store: DocumentStore,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("cnnstudio.workspace.datasets.is_present", lambda *_: True)
    store.apply("", with_setting(store.document, "dataset", "cifar10"))
    shown(card, qtbot)
    card.refresh()
    card._hear(Failed("data_batch_3 is damaged.", damaged="/data/cifar/data_batch_3"))
    said(card, qtbot, "data_batch_3 is damaged")
    fetch = button(card, "dataCardFetch")
    assert fetch.isVisible()
    assert not button(card, "dataCardAgain").isVisible()
    ask = session.ask
    monkeypatch.setattr(session, "ask", lambda request: asked.append(request) or ask(request))
    qtbot.keyClick(fetch, Qt.Key.Key_Space)
    (request,) = (one for one in asked if isinstance(one, Download))
    assert (request.dataset, request.distrusted) == ("cifar10", "/data/cifar/data_batch_3")
    shown(card, qtbot)


def test_the_bars_follow_the_counts(card: DataSetCard, qtbot: QtBot) -> None:
    shown(card, qtbot)
    grid, columns = card._grid, card._grid._columns()
    picture = grid.grab().toImage()
    ratio = picture.devicePixelRatio()

    def length(line: int) -> int:
        y = round((line * (columns.tile + 4) + columns.tile / 2 - 2) * ratio)
        edge = picture.pixelColor(round((columns.bar - 3) * ratio), y)
        row = (
            picture.pixelColor(x, y) for x in range(round(columns.bar * ratio), round(columns.count * ratio))
        )
        return sum(colour != edge for colour in row)

    full, half, tenth = (length(line) for line in range(3))
    assert half == pytest.approx(full / 2, abs=4)
    assert tenth == pytest.approx(full / 10, abs=4)


def test_what_cannot_be_read_is_listed(card: DataSetCard, qtbot: QtBot) -> None:
    shown(card, qtbot)
    skipped = button(card, "skippedImagesButton")
    assert skipped.text() == "2 cannot be read"
    qtbot.keyClick(skipped, Qt.Key.Key_Space)
    dialog = card.findChild(QDialog, "skippedDialog")
    assert dialog is not None
    paths = dialog.findChild(QPlainTextEdit)
    assert paths is not None
    assert "ring/b.png: cut short" in paths.toPlainText()
    dialog.accept()


def test_data_that_are_not_there_can_be_downloaded(
    card: DataSetCard, store: DocumentStore, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.apply("", with_setting(store.document, "dataset", "cifar10"))
    card.show()
    said(card, qtbot, "CIFAR-10 is not on this disk yet.")
    download = button(card, "dataCardDownload")
    assert download.isVisible()
    card._download()
    card._hear(Failed("CIFAR-10 could not be downloaded (the server was not found)."))
    said(card, qtbot, "the server was not found")
    retry = button(card, "dataCardRetry")
    assert retry.isVisible()
    assert not button(card, "dataCardAgain").isVisible()
    monkeypatch.setattr("cnnstudio.workspace.datasets.is_present", lambda *_: True)
    qtbot.keyClick(retry, Qt.Key.Key_Space)
    shown(card, qtbot)
    assert text(card, "dataSetName") == "CIFAR-10"


def test_a_folder_that_was_not_chosen_can_be_chosen(
    card: DataSetCard, store: DocumentStore, qtbot: QtBot
) -> None:
    store.apply("", with_setting(store.document, "dataset", "folder"))
    card.show()
    said(card, qtbot, "No folder of images has been chosen yet.")
    with qtbot.waitSignal(card.folderWanted):
        qtbot.keyClick(button(card, "dataCardFolder"), Qt.Key.Key_Space)
    save_settings(replace(load_settings(), image_folder="/photos/cats"))
    card.refresh()
    shown(card, qtbot)
    assert text(card, "dataSetName") == "cats"


def test_in_a_low_card_the_button_does_not_cover_the_sentence(card: DataSetCard, qtbot: QtBot) -> None:
    note = card._note
    note.say("No folder of images has been chosen yet.", note.folder)
    for height in (90, 140, 400):
        note.resize(240, height)
        note.layout().activate()  # type: ignore[union-attr]
        assert note._state.geometry().bottom() < note.folder.y()
        assert note.folder.geometry().bottom() < height


def test_an_error_is_a_sentence_and_can_be_tried_again(
    card: DataSetCard, store: DocumentStore, qtbot: QtBot
) -> None:
    store.apply("", store.document.changed(name="broken"))
    card.show()
    said(card, qtbot, "The fake data are broken")
    store.apply("", store.document.changed(name="whole"))
    qtbot.keyClick(button(card, "dataCardAgain"), Qt.Key.Key_Space)
    shown(card, qtbot)


def test_a_long_reading_shows_its_progress_and_can_be_cancelled(
    card: DataSetCard, store: DocumentStore, qtbot: QtBot
) -> None:
    store.apply("", store.document.changed(name="slow"))
    card.show()
    qtbot.waitUntil(lambda: text(card, "dataCardStage") == "Reading photos: 20 of 80 images", timeout=30_000)
    bar = card.findChild(QProgressBar, "dataCardProgress")
    assert bar is not None
    assert bar.value() == 250
    qtbot.keyClick(button(card, "dataCardCancel"), Qt.Key.Key_Space)
    said(card, qtbot, "Called off")


def test_an_engine_that_dies_is_told(card: DataSetCard, store: DocumentStore, qtbot: QtBot) -> None:
    store.apply("", store.document.changed(name="slow"))
    card.show()
    qtbot.waitUntil(lambda: "20 of 80" in text(card, "dataCardStage"), timeout=30_000)
    card._inquiry._session.engineDied.emit("The training process was killed.", "")
    said(card, qtbot, "was killed")


def test_edits_that_do_not_touch_the_data_ask_nothing(
    card: DataSetCard, store: DocumentStore, qtbot: QtBot
) -> None:
    shown(card, qtbot)
    asked = card._asked
    store.apply("", with_setting(store.document, "epochs", 99))
    assert card._asked is asked
    assert card._grid.isVisible()
    store.apply("", with_setting(store.document, "seed", 99))
    assert card._asked is not asked


def test_everything_has_a_name_for_those_who_do_not_see_it(card: DataSetCard, qtbot: QtBot) -> None:
    shown(card, qtbot)
    for one in card.findChildren(QPushButton):
        assert one.objectName()
        assert one.accessibleName() or one.text(), one.objectName()
    assert card._grid.accessibleName()


def test_another_folder_is_looked_at_though_the_document_is_the_same(
    window: MainWindow, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path
) -> None:
    for folder in ("cats", "dogs"):
        place_photos(tmp_path / folder, {"circle": 2, "ring": 2})
    window.show_workspace("train")
    card = window.work.train.looks.data
    for folder in ("cats", "dogs"):
        dialogs.file = tmp_path / folder
        window.work.control.choose_folder()
        qtbot.waitUntil(lambda name=folder: text(card, "dataSetName") == name, timeout=30_000)
        qtbot.waitUntil(card._grid.isVisible, timeout=30_000)
