"""The list of problems and the code."""

import threading
import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio import codegen
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document, InputSize
from cnnstudio.core.edits import change, remove
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.theme import apply_theme


def mend(build: BuildWorkspace) -> None:
    (problem,) = build.store.inference.problems
    build.store.apply("Mend", build.store.fixes(problem)[0].document)


def test_a_problem_is_a_sentence_with_fixes(qtbot: QtBot, build: BuildWorkspace) -> None:
    panel = build.problem_list
    assert panel.isVisible()
    assert panel.header.text() == "1 problem"
    row = panel.findChild(QFrame, "problem-b10")
    assert row is not None
    assert row.accessibleName() == "Linear needs a flat input, got 32×32×16."
    button = row.findChild(QPushButton, "fixButton-b10-0")
    assert button is not None
    assert button.text() == "Insert Flatten   32×32×16 → 16384"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert build.store.inference.problems == ()
    assert not panel.isVisible()
    build.store.undo()
    assert panel.isVisible()


def test_a_click_on_a_problem_shows_its_block(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.canvas.set_zoom(250)
    row = build.problem_list.findChild(QFrame, "problem-b10")
    assert row is not None
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert build.store.selection == ("b10",)
    item = build.canvas.network.item_of("b10")
    assert item is not None
    seen = build.canvas.mapToScene(build.canvas.viewport().rect()).boundingRect()
    assert seen.contains(item.sceneBoundingRect().center())


def test_a_problem_inside_a_collapsed_block_opens_it(build: BuildWorkspace) -> None:
    build.store.apply("Kernel", change(build.store.document, "b8", out_channels=8))
    build.canvas.network.fold(["b3"], True)
    folded = build.canvas.network.item_of("b3")
    assert folded is not None
    assert folded.card.words.level == "fault"
    build.problem_list.chosen.emit("b4")
    assert build.canvas.network.item_of("b4") is not None


def test_an_empty_network_is_no_problem_yet(build: BuildWorkspace) -> None:
    build.store.load(Document(InputSize(32, 32, 3), 10))
    assert not build.problem_list.isVisible()


def test_the_code_follows_every_edit(qtbot: QtBot, build: BuildWorkspace) -> None:
    mend(build)
    build.show_code()
    assert "nn.Conv2d(3, 16, 3, padding=1, bias=False)" in build.code_pane.text.toPlainText()
    build.store.apply("Filters", change(build.store.document, "b1", kernel_size=5, padding=2))
    qtbot.waitUntil(lambda: "nn.Conv2d(3, 16, 5, padding=2" in build.code_pane.text.toPlainText())


def test_a_selected_block_highlights_its_lines_and_a_clicked_line_selects(
    qtbot: QtBot, build: BuildWorkspace
) -> None:
    mend(build)
    build.show_code()
    build.store.select(("b1",))
    (line,) = build.code_pane.text.marked_lines()
    source = build.code_pane.text.toPlainText().splitlines()
    assert "nn.Conv2d(3, 16, 3" in source[line - 1]
    linear = next(n for n, text in enumerate(source, start=1) if "nn.Linear" in text)
    build.code_pane.text.lineClicked.emit(linear)
    assert build.store.selection == ("b10",)
    assert build.code_pane.text.marked_lines() == [linear]


def test_a_fault_dims_the_last_good_code_and_says_why(qtbot: QtBot, build: BuildWorkspace) -> None:
    mend(build)
    build.show_code()
    good = build.code_pane.text.toPlainText()
    flatten = build.store.document.body[-2].id
    build.store.apply("Delete", remove(build.store.document, [flatten]))
    qtbot.waitUntil(build.code_pane.sentence.isVisible)
    assert build.code_pane.text.toPlainText() == good
    assert not build.code_pane.copy.isEnabled()
    build.store.undo()
    qtbot.waitUntil(lambda: not build.code_pane.sentence.isVisible())


def test_the_code_can_be_copied(qtbot: QtBot, build: BuildWorkspace) -> None:
    mend(build)
    build.show_code()
    build.code_pane.copy.click()
    assert QApplication.clipboard().text() == build.code_pane.text.toPlainText()
    assert build.code_pane.copy.text() == "Copied"
    qtbot.waitUntil(lambda: build.code_pane.copy.text() == "Copy", timeout=30_000)


def test_the_code_closes_again(build: BuildWorkspace) -> None:
    build.overlay.code.click()
    assert build.code_pane.isVisible()
    build.code_pane.closed.emit()
    assert not build.code_pane.isVisible()
    assert not build.overlay.code.isChecked()


def test_the_status_counts(build: BuildWorkspace) -> None:
    status = build.status
    assert (status.blocks, status.params, status.problems) == (10, 432 + 32 + 2 * 4704, 1)


def test_another_theme_repaints(build: BuildWorkspace) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    build.show_code()
    try:
        apply_theme(app, "dark")
        dark = build.grab().toImage().pixelColor(600, 60)
        apply_theme(app, "light")
        light = build.grab().toImage().pixelColor(600, 60)
    finally:
        apply_theme(app, "light")
    assert dark.lightness() < 80
    assert light.lightness() > 180


def test_a_workspace_goes_away_with_its_store(qtbot: QtBot, store: DocumentStore) -> None:
    workspace = BuildWorkspace(store)
    workspace.show()
    workspace.close()
    workspace.deleteLater()
    qtbot.wait(10)
    store.apply("Delete", remove(store.document, ["b1"]))
    store.select(("b2",))


def test_the_window_goes_on_while_the_code_is_written(
    qtbot: QtBot, build: BuildWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers: list[int] = []

    def slowly(document: Document) -> codegen.Generated:
        writers.append(threading.get_ident())
        time.sleep(0.2)
        return written(document)

    mend(build)
    build.show_code()
    written = codegen.generate
    monkeypatch.setattr(codegen, "generate", slowly)
    build.store.apply("Filters", change(build.store.document, "b1", kernel_size=5, padding=2))
    turns = 0
    while not writers or "nn.Conv2d(3, 16, 7" not in build.code_pane.text.toPlainText():
        if len(writers) == 1:  # another edit, while the first one's code is being written
            build.store.apply("Filters", change(build.store.document, "b1", kernel_size=7, padding=3))
            writers.append(0)
        qtbot.wait(2)
        turns += 1
        assert turns < 2000
    assert turns > 20
    assert threading.get_ident() not in writers
    assert "nn.Conv2d(3, 16, 5" not in build.code_pane.text.toPlainText()
