"""The start page as a person meets it: cards, keys, recent files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.core.fileformat import write_document
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.start import make_window
from cnnstudio.ui.start_page.card import StartCard
from cnnstudio.ui.start_page.page import StartPage
from cnnstudio.ui.theme import apply_theme
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.recent import remember_file
from tests.fake_dialogs import FakeDialogs


def start_page(window: MainWindow, qtbot: QtBot) -> StartPage:
    window.show_workspace("start")
    page = window.findChild(StartPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.filled)
    return page


def card(page: StartPage, name: str) -> StartCard:
    found = page.findChild(StartCard, name)
    assert found is not None, name
    return found


def saved(folder: Path, name: str, preset: str = "fashion-dnn") -> Path:
    path = folder / name
    path.write_text(write_document(load_preset(preset)), "utf-8")
    remember_file(path)
    return path


@pytest.fixture
def fresh(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """A window that was started without a model, not painted yet."""
    apply_theme(qapp, "light")
    window = make_window(None)
    qtbot.addWidget(window)
    yield window
    window.work.session.shutdown()


def test_without_a_model_the_window_asks_what_to_build(fresh: MainWindow) -> None:
    assert fresh.findChild(StartPage) is None  # nothing before the first paint
    fresh.complete()
    assert fresh.stack.currentWidget() is fresh.findChild(StartPage)
    assert fresh.document().name == load_preset("cifar10-first-cnn").name


def test_a_window_of_its_own_shows_the_network(window: MainWindow) -> None:
    assert window.stack.currentWidget() is window.work.build
    assert window.findChild(StartPage) is None


def test_each_preset_is_told_on_a_card(window: MainWindow, qtbot: QtBot) -> None:
    page = start_page(window, qtbot)
    words = card(page, "presetCard-resnet50").words
    assert words.title == "ResNet-50"
    assert "224×224×3" in words.facts
    assert "25.6 M" in words.facts
    assert "He, Zhang, Ren and Sun" in words.source
    assert "on two cores" in words.tip
    assert not words.fast
    first = card(page, "presetCard-cifar10-first-cnn").words
    assert first.fast
    assert "6 882 parameters".replace(" ", "\u202f", 1) in first.spoken
    for shown in page.cards():
        assert shown.accessibleName()
        assert shown.objectName()


def test_a_click_opens_the_preset(window: MainWindow, qtbot: QtBot) -> None:
    page = start_page(window, qtbot)
    qtbot.mouseClick(card(page, "presetCard-resnet18"), Qt.MouseButton.LeftButton)
    assert window.document().name == "ResNet-18"
    assert window.stack.currentWidget() is window.work.build


def test_unsaved_changes_are_asked_about(window: MainWindow, qtbot: QtBot, dialogs: FakeDialogs) -> None:
    window.work.store.apply("Rename", window.document().changed(name="Mine"))
    page = start_page(window, qtbot)
    dialogs.answer = "cancel"
    card(page, "presetCard-resnet18").click()
    assert window.document().name == "Mine"
    assert window.stack.currentWidget() is page
    dialogs.answer = "discard"
    card(page, "emptyNetworkCard").click()
    assert not window.document().body
    assert window.stack.currentWidget() is window.work.build


def test_recent_files_come_first(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    broken = saved(tmp_path, "broken.cnn.json")
    broken.write_text("{")
    saved(tmp_path, "mine.cnn.json", "resnet18")
    page = start_page(window, qtbot)
    names = [shown.objectName() for shown in page.cards()]
    assert names[:4] == ["emptyNetworkCard", "openFileCard", "recentCard-0", "recentCard-1"]
    assert "ResNet-18" in card(page, "recentCard-0").words.facts
    card(page, "recentCard-1").click()
    assert "broken.cnn.json" in window.notice.text
    card(page, "recentCard-0").click()
    assert window.work.store.path == tmp_path / "mine.cnn.json"


def test_the_list_of_files_is_new_each_time(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    page = start_page(window, qtbot)
    count = len(page.cards())
    window.show_workspace("build")
    saved(tmp_path, "mine.cnn.json")
    assert len(start_page(window, qtbot).cards()) == count + 1


def test_open_asks_for_a_file(window: MainWindow, qtbot: QtBot, dialogs: FakeDialogs, tmp_path: Path) -> None:
    page = start_page(window, qtbot)
    dialogs.file = saved(tmp_path, "mine.cnn.json")
    card(page, "openFileCard").click()
    assert window.work.store.path == dialogs.file


def test_keys_go_from_card_to_card_and_open(window: MainWindow, qtbot: QtBot) -> None:
    page = start_page(window, qtbot)
    key = Qt.Key

    def press(*keys: Qt.Key) -> str:
        for one in keys:
            qtbot.keyClick(QApplication.focusWidget() or page, one)
        focused = QApplication.focusWidget()
        assert focused is not None
        return focused.objectName()

    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), StartCard))
    assert press(key.Key_Down) == "presetCard-cifar10-first-cnn"
    assert press(key.Key_Right, key.Key_Down) == "presetCard-alexnet-cifar"
    assert press(key.Key_Up, *[key.Key_Left] * 4) == "emptyNetworkCard"
    assert press(key.Key_Up) == "emptyNetworkCard"
    press(key.Key_Tab, key.Key_Tab, key.Key_Tab, key.Key_Return)
    assert window.document().name == "First CNN for CIFAR-10"
    assert window.stack.currentWidget() is window.work.build


@pytest.mark.parametrize("width", [960, 1100, 1440])
def test_the_cards_fit(window: MainWindow, qtbot: QtBot, width: int) -> None:
    window.resize(width, 700)
    page = start_page(window, qtbot)
    qtbot.waitUntil(lambda: page.horizontalScrollBar().maximum() == 0)
    areas = [shown.rect().translated(shown.mapTo(page.widget(), shown.pos() * 0)) for shown in page.cards()]
    assert not [a for a in areas for b in areas if a is not b and a.intersects(b)]
    assert max(area.right() for area in areas) < page.viewport().width()


def test_cards_are_drawn_in_both_themes(window: MainWindow, qtbot: QtBot, qapp: QApplication) -> None:
    page = start_page(window, qtbot)
    light = card(page, "presetCard-vgg16").grab().toImage()
    apply_theme(qapp, "dark")
    dark = card(page, "presetCard-vgg16").grab().toImage()
    apply_theme(qapp, "light")
    assert light != dark
    assert card(page, "presetCard-vgg16").grab().toImage() == light
