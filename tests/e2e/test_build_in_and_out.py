"""Getting a network in and out: start page, files, drops, a crash, pictures, paper.

What a kill -9 leaves is tested with a process of its own in tests/ui/test_recovery_after_kill.py.
"""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.core.fileformat import read_document, write_document
from cnnstudio.core.infer import infer
from cnnstudio.core.quantity import short
from cnnstudio.ui.start_page.card import StartCard
from cnnstudio.ui.start_page.page import StartPage
from cnnstudio.workspace.presets import load_preset, preset_ids
from tests.e2e.person import COPY, CTRL, LEFT, NONE, SHIFT, Person
from tests.fake_dialogs import FakeDialogs

Key = Qt.Key
SVG = "{http://www.w3.org/2000/svg}"


def dialogs(person: Person) -> FakeDialogs:
    assert isinstance(person.window.work.dialogs, FakeDialogs)
    return person.window.work.dialogs


def trigger(person: Person, name: str) -> None:
    person.window.window_actions[name].trigger()


@pytest.fixture
def page(person: Person, qtbot: QtBot) -> StartPage:
    person.push("startWorkspaceButton")
    found = person.child("startPage")
    assert isinstance(found, StartPage)
    qtbot.waitUntil(lambda: found.filled, timeout=30_000)
    return found


def test_every_preset_is_a_card_with_all_that_one_asks(page: StartPage) -> None:
    cards = {card.objectName().removeprefix("presetCard-"): card for card in page.cards()}
    assert set(preset_ids()) <= set(cards)
    for preset in preset_ids():
        document = load_preset(preset)
        words = cards[preset].words
        size = document.input
        assert words.title == document.name
        assert f"{size.height}×{size.width}×{size.channels}" in words.facts
        assert short(infer(document).params) in words.facts
        assert words.source
        assert words.source == document.source
        assert "an epoch" in words.time  # how long, green where that is minutes
    fast = {preset for preset in preset_ids() if cards[preset].words.fast}
    assert {"cifar10-first-cnn", "fashion-dnn", "mnist-simpleconvnet", "alexnet-cifar"} <= fast
    assert not fast & {"resnet152", "vgg19", "alexnet"}


def test_the_thumbnail_shows_the_architecture(page: StartPage) -> None:
    """Cards of different networks have different pictures, in the colours of the blocks."""
    pictures = {}
    for card in page.cards():
        if card.objectName().startswith("presetCard-"):
            strip = card.grab().copy(12, 12, min(160, card.width() - 24), 30).toImage()
            colours = {strip.pixelColor(x, y).name() for x in range(0, strip.width(), 2) for y in (8, 14, 20)}
            assert len(colours) > 2, card.objectName()
            pictures[card.objectName()] = bytes(strip.constBits())
    assert len(set(pictures.values())) > len(pictures) / 2


@pytest.mark.parametrize("preset", ["cifar10-first-cnn", "resnet152"])
def test_a_card_opens_its_network(person: Person, page: StartPage, preset: str) -> None:
    card = next(c for c in page.cards() if c.objectName() == f"presetCard-{preset}")
    page.ensureWidgetVisible(card)
    QTest.mouseClick(card, LEFT)
    assert person.window.document().name == load_preset(preset).name
    assert person.build.isVisible()
    assert person.focused() is person.build.canvas


def test_save_save_as_open_again_and_revert(person: Person, qtbot: QtBot, tmp_path: Path) -> None:
    first, second = tmp_path / "one.cnn.json", tmp_path / "two"
    person.window.load_preset("resnet152")
    person.at_canvas()
    dialogs(person).file = first
    person.press(Key.Key_S, CTRL)
    assert write_document(read_document(first.read_text("utf-8"))) == write_document(person.store.document)
    person.click(person.ids("Linear")[0])
    person.press(Key.Key_Delete)
    dialogs(person).file = second
    person.press(Key.Key_S, CTRL | SHIFT)
    assert person.window.windowTitle() == "two.cnn.json[*]"
    assert "Linear" in first.read_text("utf-8")
    assert '"Linear"' not in Path(f"{second}.cnn.json").read_text("utf-8")
    person.press(Key.Key_D, CTRL)
    assert person.window.isWindowModified()
    dialogs(person).answer = "revert"
    trigger(person, "revertAction")
    assert not person.window.isWindowModified()
    assert person.kinds()[-1] == "GlobalAvgPool2d"
    # Both are among the recent files of the start page, the last one first.
    person.push("startWorkspaceButton")
    recent = [
        c.words.title for c in person.child("startPage").findChildren(StartCard) if "recent" in c.objectName()
    ]
    assert recent == ["two.cnn.json", "one.cnn.json"]


def test_a_file_is_opened_by_dropping_it_anywhere(person: Person, tmp_path: Path) -> None:
    file, photo = tmp_path / "net.cnn.json", tmp_path / "photo.png"
    file.write_text(write_document(load_preset("googlenet")), "utf-8")
    photo.write_bytes(b"\x89PNG\xff")
    person.window.load_preset("cifar10-first-cnn")
    for path in (photo, file):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        for event in (
            QDragEnterEvent(QPoint(9, 9), COPY, data, LEFT, NONE),
            QDropEvent(QPointF(9, 9), COPY, data, LEFT, NONE),
        ):
            QApplication.sendEvent(person.child("inspector"), event)
            QApplication.sendEvent(person.window, event)
        if path is photo:
            assert "photo.png" in person.window.notice.text
            assert person.kinds()[0] == "Conv2d"
    assert person.window.windowTitle() == "net.cnn.json[*]"
    assert person.ids("AuxClassifier")


def test_unsaved_work_is_never_lost_by_opening(person: Person) -> None:
    person.window.load_preset("cifar10-first-cnn")
    person.click(person.ids("Linear")[0])
    person.at_canvas()
    person.press(Key.Key_Delete)
    dialogs(person).answer = "cancel"
    person.press(Key.Key_N, CTRL)
    assert dialogs(person).asked[-1].startswith("Save the changes to")
    assert len(person.kinds()) == 7


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_whole_resnet50_is_one_picture(person: Person, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"resnet50.{kind}"
    person.window.load_preset("resnet50")
    dialogs(person).file = file
    trigger(person, f"export{kind.title()}Action")
    qtbot.waitUntil(lambda: str(file) in person.window.notice.text, timeout=30_000)
    data = file.read_bytes()
    if kind == "svg":
        words = [e.text or "" for e in ET.fromstring(data).iter(f"{SVG}text")]
        assert sum("Conv2d" in word for word in words) >= 17
        assert any("first only" in word for word in words)
    elif kind == "pdf":
        assert len(re.findall(rb"/Type\s*/Page\b", data)) == 1
        assert b"/FontFile" in data  # text, legible at any zoom
    else:
        image = QImage.fromData(data)
        assert image.width() > 1000
        assert image.height() > 2000


def test_a_network_is_printed(person: Person, qtbot: QtBot, tmp_path: Path) -> None:
    pytest.importorskip("PySide6.QtPrintSupport")
    file = tmp_path / "printed.pdf"
    person.window.load_preset("resnet152")
    dialogs(person).file = file
    trigger(person, "printAction")
    qtbot.waitUntil(lambda: file.exists() and b"%%EOF" in file.read_bytes(), timeout=30_000)
    assert len(re.findall(rb"/Type\s*/Page\b", file.read_bytes())) == 1
