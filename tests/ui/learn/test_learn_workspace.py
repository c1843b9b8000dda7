"""The Learn workspace in the real window: step, play, click, backward, and the numbers of the engine."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.learn.workspace import LearnWorkspace
from cnnstudio.ui.main_window import MainWindow


@pytest.fixture
def learn(window: MainWindow, qtbot: QtBot) -> LearnWorkspace:
    """Open, with the first CNN traced."""
    window.load_preset("cifar10-first-cnn")
    window.show()
    button = window.findChild(QToolButton, "learnWorkspaceButton")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    found = window.findChild(LearnWorkspace, "learnWorkspace")
    assert found is not None
    qtbot.waitUntil(lambda: found.scene_sentence != "", timeout=30_000)
    return found


def click_cell(learn: LearnWorkspace, panel: int, grid: str, cell: tuple[int, int]) -> None:
    board = learn.board(panel).board
    point: QPoint = board.cell_point(grid, cell).toPoint()
    QTest.mouseClick(board, Qt.MouseButton.LeftButton, pos=point)


def child(learn: LearnWorkspace, kind: type[QWidget], name: str) -> QWidget:
    found = learn.findChild(kind, name)
    assert found is not None, name
    return found


def test_a_window_slides_step_by_step(learn: LearnWorkspace) -> None:
    assert learn.scene_sentence.startswith("Window 1 of 784")
    QTest.mouseClick(child(learn, QToolButton, "learnForwardButton"), Qt.MouseButton.LeftButton)
    assert learn.scene_sentence.startswith("Window 2 of 784: output pixel row 1, column 2")
    click_cell(learn, 0, "output", (3, 4))
    assert learn.scene_sentence.startswith(f"Window {3 * 28 + 4 + 1} of 784")


def test_it_plays_and_holds(learn: LearnWorkspace, qtbot: QtBot) -> None:
    play = child(learn, QPushButton, "learnPlayButton")
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: learn.player.step >= 3, timeout=30_000)
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    held = learn.player.step
    qtbot.wait(150)
    assert learn.player.step == held


def test_backward_shows_where_the_gradient_goes(learn: LearnWorkspace) -> None:
    QTest.mouseClick(child(learn, QPushButton, "learnBackwardMode"), Qt.MouseButton.LeftButton)
    assert "goes to the 25 pixels" in learn.scene_sentence


def test_every_block_of_the_network_can_be_chosen(learn: LearnWorkspace) -> None:
    combo = child(learn, QComboBox, "learnBlockCombo")
    assert isinstance(combo, QComboBox)
    sentences = set()
    for index in range(combo.count()):
        combo.setCurrentIndex(index)
        sentences.add(learn.scene_sentence)
    assert combo.count() == 9  # eight blocks and the loss
    assert len(sentences) >= 6


def test_the_block_selected_in_build_is_explained(learn: LearnWorkspace, window: MainWindow) -> None:
    store = window.work.store
    pooling = next(node for node in store.document.body if type(node.block).__name__ == "MaxPool2d")
    store.select([pooling.id])
    assert "channels stay apart" in learn.scene_sentence


def test_a_network_with_an_error_says_what_to_mend(
    learn: LearnWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    from cnnstudio.core.edits import remove

    store = window.work.store
    flatten = next(node for node in store.document.body if type(node.block).__name__ == "Flatten")
    store.apply("remove", remove(store.document, {flatten.id}))
    assert learn.empty_sentence.startswith("This network has an error")
    assert "flat input" in learn.empty_sentence
    store.undo_stack.undo()
    qtbot.waitUntil(lambda: learn.empty_sentence == "")
