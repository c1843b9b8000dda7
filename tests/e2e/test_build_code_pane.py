"""The whole file beside the canvas: live, coloured, block and line in step, copied by a button."""

import ast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from cnnstudio.codegen import generate
from cnnstudio.core.document import walk
from cnnstudio.ui.build.code_pane import CodeText
from tests.e2e.person import LEFT, NONE, Person

PRESETS = ["cifar10-first-cnn", "resnet152"]


def code(person: Person) -> CodeText:
    text = person.child("codeText")
    assert isinstance(text, CodeText)
    return text


def click_line(person: Person, line: int) -> None:
    text = code(person)
    text.show_line(line)
    block = text.document().findBlockByNumber(line - 1)
    rect = text.blockBoundingGeometry(block).translated(text.contentOffset())
    QTest.mouseClick(text.viewport(), LEFT, NONE, QPoint(60, round(rect.center().y())))


@pytest.fixture
def reading(person: Person, request: pytest.FixtureRequest) -> Person:
    person.window.load_preset(request.param)
    person.push("codeToggle")
    return person


@pytest.mark.parametrize("reading", PRESETS, indirect=True)
def test_the_whole_file_is_there_and_follows_every_edit(reading: Person, qtbot: QtBot) -> None:
    person, text = reading, code(reading)
    assert text.toPlainText() == generate(person.store.document).source
    ast.parse(text.toPlainText())
    conv = person.ids("Conv2d")[0]
    person.click(conv)
    spin = person.child("field-out_channels", QSpinBox)
    spin.setValue(spin.value() + 2)  # type: ignore[attr-defined]
    wanted = generate(person.store.document).source
    qtbot.waitUntil(lambda: text.toPlainText() == wanted, timeout=30_000)


def test_a_narrow_network_stays_beside_the_overview_and_the_buttons(person: Person, qtbot: QtBot) -> None:
    person.window.resize(1440, 900)
    person.window.load_preset("vgg16")
    person.push("codeToggle")
    canvas = person.build.canvas

    def free() -> bool:
        card, wide = person.card(person.ids("Conv2d")[0]), canvas.viewport().width()
        seen = canvas.mapFromScene(card.mapRectToScene(card.rect())).boundingRect()
        left = person.build.minimap.geometry().right() if person.sees("minimap") else 0
        return wide < 470 and left < seen.left() and seen.right() < wide - 50

    qtbot.waitUntil(free)
    assert canvas.zoom >= 80


@pytest.mark.parametrize("reading", PRESETS, indirect=True)
def test_it_stands_beside_the_canvas_in_colours(reading: Person) -> None:
    person, text = reading, code(reading)
    canvas = person.build.canvas
    assert canvas.isVisible()
    assert text.mapToGlobal(QPoint(0, 0)).x() >= canvas.mapToGlobal(canvas.rect().topRight()).x()
    colours = {
        run.format.foreground().color().name()
        for number in range(text.blockCount())
        for run in text.document().findBlockByNumber(number).layout().formats()
    }
    assert len(colours) >= 4


@pytest.mark.parametrize("reading", PRESETS, indirect=True)
def test_a_block_marks_its_lines_and_a_line_chooses_its_block(reading: Person) -> None:
    person, text = reading, code(reading)
    lines = text.toPlainText().splitlines()
    for block_id in (person.ids("Conv2d")[-1], person.ids("Linear")[-1]):
        person.click(block_id)
        marked = text.marked_lines()
        assert marked
        title = type(person.node(block_id).block).__name__
        assert any(f"nn.{title}" in lines[number - 1] for number in marked)
        visible = text.cursorForPosition(QPoint(5, 5)).blockNumber() + 1
        assert visible <= marked[0] <= visible + text.viewport().height() // text.fontMetrics().lineSpacing()
    linear = max(n for n, line in enumerate(lines, 1) if "nn.Linear(" in line)
    person.click(person.ids("Conv2d")[0])
    click_line(person, linear)
    assert person.store.selection == (person.ids("Linear")[-1],)
    seen = person.build.canvas.mapToScene(person.port.rect()).boundingRect()
    assert seen.contains(person.card(person.ids("Linear")[-1]).sceneBoundingRect().center())


@pytest.mark.parametrize("reading", PRESETS, indirect=True)
def test_every_block_has_lines_of_its_own(reading: Person) -> None:
    person = reading
    total = code(person).blockCount()
    for node in walk(person.store.document.body):
        found = person.build.code.lines_of(node.id)
        assert found is not None, type(node.block).__name__
        assert 1 <= found[0] <= found[1] <= total


@pytest.mark.parametrize("reading", PRESETS[:1], indirect=True)
def test_keys_choose_a_line_too_and_the_button_copies_all(reading: Person) -> None:
    person, text = reading, code(reading)
    linear = next(n for n, line in enumerate(text.toPlainText().splitlines(), 1) if "nn.Linear(" in line)
    text.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(linear - 1):
        person.press(Qt.Key.Key_Down)
    person.press(Qt.Key.Key_Return)
    assert person.store.selection == (person.ids("Linear")[0],)
    person.push("copyCodeButton")
    assert QGuiApplication.clipboard().text() == text.toPlainText()
    person.push("closeCodeButton")
    assert not person.sees("codePane")


@pytest.mark.parametrize("reading", PRESETS[:1], indirect=True)
def test_a_faulty_network_keeps_its_last_code_and_says_so(reading: Person, qtbot: QtBot) -> None:
    person, before = reading, code(reading).toPlainText()
    person.click(person.ids("Flatten")[0])
    person.at_canvas()
    person.press(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: person.sees("codeSentence"), timeout=30_000)
    assert "Linear needs a flat input" in person.text_of("codeSentence")
    assert code(person).toPlainText() == before
    assert not person.child("copyCodeButton").isEnabled()
