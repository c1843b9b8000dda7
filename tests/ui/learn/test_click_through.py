"""A person clicks through every explanation of a network, and every number shown is the engine's."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.numpy_engine.trace import trace
from cnnstudio.ui.learn.scene import Grid
from cnnstudio.ui.learn.workspace import LearnWorkspace
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.widgets.spin import SpinBox
from tests.ui.learn.explaining import shown

BACKWARD = {"output gradient": "dy", "input gradient": "dx"}
FORWARD = {"input": "x", "output": "y"}


@pytest.fixture
def learn(window: MainWindow, qtbot: QtBot) -> LearnWorkspace:
    window.load_preset("cifar10-first-cnn")
    return shown(window, qtbot)


def choose(learn: LearnWorkspace, prefix: str) -> None:
    combo = learn.findChild(QComboBox, "learnBlockCombo")
    assert combo is not None
    index = next(i for i in range(combo.count()) if combo.itemText(i).startswith(prefix))
    combo.setCurrentIndex(index)


def press(learn: LearnWorkspace, name: str) -> None:
    button = learn.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def marked(learn: LearnWorkspace, name: str) -> list[tuple[tuple[int, int], float]]:
    """The marked cells of a grid on the screen, with what stands in them."""
    for card in learn.page.cards:
        for placed in card.board.figures:
            grid = placed.figure
            if isinstance(grid, Grid) and grid.name == name:
                rows, columns = grid.values.shape
                inside = [
                    (row - grid.corner[0], column - grid.corner[1])
                    for row, column in grid.marks
                    if 0 <= row - grid.corner[0] < rows and 0 <= column - grid.corner[1] < columns
                ]
                return [
                    ((row + grid.corner[0], column + grid.corner[1]), float(grid.values[row, column]))
                    for row, column in inside
                ]
    return []


def test_every_mode_of_every_block_shows_the_engines_numbers(learn: LearnWorkspace) -> None:
    subject = learn.subject
    assert subject is not None
    known = trace(subject.document, None, subject.image[None], np.array([subject.label]))
    combo = learn.findChild(QComboBox, "learnBlockCombo")
    assert combo is not None
    seen = 0
    for index in range(combo.count() - 1):
        combo.setCurrentIndex(index)
        passage = known.of(combo.currentData())
        assert learn.explainer is not None
        for mode in learn.explainer.modes:
            press(learn, f"learn{mode.capitalize()}Mode")
            assert learn.view.mode == mode
            for _ in range(3):
                QTest.keyClick(learn.page, Qt.Key.Key_Right)
                names = BACKWARD if mode == "backward" else FORWARD
                for grid, array in names.items():
                    values = getattr(passage, array)
                    for (row, column), value in marked(learn, grid):
                        if values.ndim == 4:
                            if not (0 <= row < values.shape[2] and 0 <= column < values.shape[3]):
                                continue
                            # The grid's channel is one of those of the map.
                            assert np.isin(value, values[0, :, row, column].astype(np.float64))
                        else:
                            assert value == pytest.approx(float(values[0, 10 * row + column]))
                        seen += 1
    assert seen > 100
    combo.setCurrentIndex(combo.count() - 1)
    assert marked(learn, "probabilities")[0][1] == pytest.approx(float(known.probabilities[0, 0]), rel=1e-5)
    press(learn, "learnBackwardMode")
    expected = known.probabilities[0, 0] - (subject.label == 0)
    assert marked(learn, "gradient")[0][1] == pytest.approx(float(expected), rel=1e-4)


def test_keys_step_and_play(learn: LearnWorkspace) -> None:
    page = learn.page
    for key, step in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 29),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_End, 783),
        (Qt.Key.Key_Home, 0),
    ):
        QTest.keyClick(page, key)
        assert learn.view.step == step
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert learn.player.playing
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert not learn.player.playing


def test_the_tab_key_goes_as_one_reads(learn: LearnWorkspace) -> None:
    order, widget = [], learn.page.nextInFocusChain()
    while widget is not learn.page:
        if widget.isVisibleTo(learn) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            order.append(widget.objectName())
        widget = widget.nextInFocusChain()
    for names in (
        ("learnBlockCombo", "learnBackButton", "learnPlayButton", "learnForwardButton", "learnSlider"),
        ("learnWeightsCombo", "learnOutputCombo", "learnChannelCombo", "whatIf-kernel_size", "whatIf-groups"),
        ("whatIf-kernel_size", "whatIf-stride", "whatIf-padding", "learnTourButton", "learnExportButton"),
    ):
        assert [name for name in order if name in names] == list(names)


def test_an_input_pixel_shows_which_outputs_it_touches(learn: LearnWorkspace) -> None:
    learn.show_view(type(learn.view)(step=28 * 10 + 10))
    board = learn.board(0).board
    QTest.mouseMove(board, board.cell_point("input", (12, 12)).toPoint())
    touched = set(board.touched["output"])
    assert touched == {(row, column) for row in range(8, 13) for column in range(8, 13)}
    QTest.mouseClick(board, Qt.MouseButton.LeftButton, pos=board.cell_point("input", (13, 11)).toPoint())
    assert set(board.touched["output"]) == {(row, column) for row in range(9, 14) for column in range(7, 12)}
    QTest.mouseMove(board, board.cell_point("output", (10, 10)).toPoint())
    assert set(board.touched["input"]) == {(row, column) for row in range(10, 15) for column in range(10, 15)}


def test_what_if_changes_a_copy_and_never_the_document(
    learn: LearnWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    before = window.document()

    def spin(name: str) -> SpinBox:
        found = learn.findChild(SpinBox, f"whatIf-{name}")
        assert found is not None
        return found

    spin("stride").setValue(3)
    qtbot.waitUntil(lambda: learn.explainer is not None and learn.explainer.about.tried)
    assert learn.explainer is not None
    assert learn.explainer.passage.y.shape == (1, 6, 10, 10)
    spin("padding").setValue(2)
    qtbot.waitUntil(lambda: learn.explainer is not None and learn.explainer.passage.y.shape == (1, 6, 11, 11))
    spin("padding").setValue(0)
    spin("dilation").setValue(8)  # 33 pixels wide
    qtbot.waitUntil(lambda: learn.page.what_if.fault != "")
    spin("dilation").setValue(2)
    qtbot.waitUntil(lambda: learn.page.what_if.fault == "")
    spin("groups").setValue(2)  # 3 channels cannot be shared by two
    qtbot.waitUntil(lambda: "groups divide" in learn.page.what_if.fault)
    press(learn, "learnWhatIfReset")
    assert learn.explainer.passage.y.shape == (1, 6, 28, 28)
    assert learn.page.what_if.fault == ""
    assert window.document() is before


def test_what_is_tried_stays_for_another_image(learn: LearnWorkspace, qtbot: QtBot) -> None:
    stride = learn.findChild(SpinBox, "whatIf-stride")
    assert stride is not None
    stride.setValue(2)
    press(learn, "learnDrawButton")
    qtbot.waitUntil(
        lambda: (
            learn.explainer is not None
            and learn.explainer.about.tried
            and learn.page.image.words.startswith("Drawn shape")
        )
    )
    assert learn.explainer is not None
    assert learn.explainer.passage.y.shape == (1, 6, 14, 14)


def test_test_images_have_the_numbers_that_inspect_tells(learn: LearnWorkspace) -> None:
    number, told = learn.page.image.number, []
    learn.page.image.numberChosen.connect(told.append)
    assert (number.minimum(), number.value()) == (0, 0)
    assert "taken for" in learn.page.image.words
    number.setValue(3)
    assert "taken for" not in learn.page.image.words, "what the last image was taken for says nothing of this"
    press(learn, "learnDrawButton")
    QTest.keyClick(number, Qt.Key.Key_Return)  # back from the drawn shape to the one that is named here
    assert told == [3, 3]


def test_batch_norm_by_the_batch_and_padding_by_its_frame(
    learn: LearnWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    window.load_preset("vgg16-cifar")
    qtbot.waitUntil(lambda: any(learn.bar.blocks.itemText(i) == "Batch norm" for i in range(5)))
    choose(learn, "Batch norm")
    press(learn, "learnTrainingMode")
    qtbot.waitUntil(lambda: learn.explainer is not None and learn.explainer.about.batch is not None)
    explainer = learn.explainer
    assert explainer is not None
    batch = explainer.about.batch
    assert batch is not None
    assert batch.images == 7  # the image and the six samples that there are
    value = (batch.x[0, 0, 0, 0] - batch.mean[0]) / np.sqrt(batch.variance[0] + 1e-5)
    ((_, shown),) = marked(learn, "training output")
    assert shown == pytest.approx(float(value), rel=1e-4)
