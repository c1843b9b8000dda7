"""Two networks side by side, the translation test, what leads to Inspect, and states without an answer."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cnnstudio.app.inspection import BlockSeen
from cnnstudio.app.session import EngineSession
from cnnstudio.core.health import BlockHealth, Health
from cnnstudio.core.looks import FeatureMaps, Heat, Predict, Subject, TestImage
from cnnstudio.core.messages import Failed, Preparing, Tensor
from cnnstudio.core.requests import Job
from cnnstudio.ui.commands.gather import gather
from cnnstudio.ui.inspect.workspace import InspectWorkspace
from cnnstudio.ui.main_window import MainWindow
from tests.fake_looks import CLASSES, image

WAIT = 30_000


def test_two_epochs_on_the_same_picture(inspect: InspectWorkspace, run: str, qtbot: QtBot) -> None:
    inspect.show_page("compare")
    page = inspect.compare
    assert page.left.subject is not None
    assert page.right.subject is not None
    assert (page.left.subject.epoch, page.right.subject.epoch) == (0, None)
    qtbot.waitUntil(lambda: bool(page.left.bars.lines and page.right.bars.lines), timeout=WAIT)
    qtbot.waitUntil(
        lambda: page.left.heat.image is not None and len(page.right.maps.grid.images) == 4, timeout=WAIT
    )
    before = page.left.picture.image
    inspect.inspection.show(TestImage(3))
    qtbot.waitUntil(lambda: page.left.picture.image != before, timeout=WAIT)


def test_the_block_that_is_compared_is_chosen_for_both_sides(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    inspect.show_page("compare")
    page = inspect.compare
    assert [page.left.maps.block.itemData(i) for i in range(page.left.maps.block.count())] == [
        "conv1",
        "pool1",
        "fc1",
    ]
    qtbot.waitUntil(lambda: len(page.right.maps.grid.images) == 4, timeout=WAIT)
    page.left.maps.block.setCurrentIndex(1)
    page.left.maps.block.activated.emit(1)
    assert inspect.inspection.path == "pool1"
    assert page.right.maps.block.currentData() == "pool1"
    qtbot.waitUntil(lambda: {side.maps.grid.images[0].width() for side in (page.left, page.right)} == {3})
    qtbot.waitUntil(lambda: page.left.looked.text() == f"where it looked for: {CLASSES[0]}", timeout=WAIT)
    assert page.left.label.text() == f"is: {CLASSES[0]}"
    assert "#" in page.left.run.currentText(), "two runs of one network are told apart"


def test_a_network_without_the_block_shows_one_of_its_own(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    inspect.show_page("compare")
    left, right = inspect.compare.left.maps, inspect.compare.right.maps
    qtbot.waitUntil(lambda: len(left.grid.images) == len(right.grid.images) == 4, timeout=WAIT)
    left.grid.show_tiles([])
    inspect.inspection.focus("features.7")
    qtbot.waitUntil(lambda: left.block.currentData() == "conv1", timeout=WAIT)
    qtbot.waitUntil(lambda: len(left.grid.images) == 4, timeout=WAIT)
    assert not left.trouble.text()
    left.block.setCurrentIndex(1)
    left.block.activated.emit(1)
    qtbot.waitUntil(lambda: left.grid.images[0].width() == 3, timeout=WAIT)
    assert inspect.inspection.path == "features.7", "the other network is looked at as before"


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({}, {"dataset": "mnist"}),
        ({"dataset": "folder", "data_dir": "cats"}, {"dataset": "folder", "data_dir": "dogs"}),
    ],
)
def test_a_run_on_other_data_looks_at_the_same_image(
    mine: dict[str, str],
    theirs: dict[str, str],
    inspect: InspectWorkspace,
    run: str,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its own test image of that number is another one."""
    inspect.show_page("compare")
    left, right = inspect.compare.left, inspect.compare.right
    qtbot.waitUntil(lambda: bool(left.bars.lines and right.bars.lines), timeout=WAIT)
    assert right.label.text() == f"is: {CLASSES[0]}"
    here = replace(next(row for row in inspect.bar.rows if row.path == run), **mine)
    other = replace(here, path=run + "2", **theirs)
    right.take_runs((here, other))
    asked: list[Any] = []
    real = EngineSession.ask
    monkeypatch.setattr(EngineSession, "ask", lambda self, one: asked.append(one) or real(self, one))
    right.choose(other.path)
    qtbot.waitUntil(lambda: not right.label.text(), timeout=WAIT)
    assert right._borrowed is not None
    lent, pixels = right._borrowed
    assert (lent.subject.run, lent.indices) == (run, (0,))
    assert pixels.pixels.data == image(0)
    about = [one for one in asked if getattr(one, "subject", None) == Subject(other.path)]
    assert {type(one) for one in about} == {Predict, Heat, FeatureMaps}
    assert all(one.picture == pixels for one in about)
    inspect.inspection.show(TestImage(3))
    qtbot.waitUntil(lambda: right._borrowed is not None and right._borrowed[0].indices == (3,), timeout=WAIT)


def test_the_status_bar_tells_what_is_looked_at(
    inspect: InspectWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    look, hint = (window.findChild(QLabel, name) for name in ("statusLook", "statusHint"))
    blocks = window.findChild(QLabel, "statusBlocks")
    assert look is not None
    assert hint is not None
    assert blocks is not None
    qtbot.waitUntil(lambda: look.text() == "Fashion-MNIST test image 0 of 6", timeout=WAIT)
    assert (hint.text(), hint.isVisible(), blocks.isVisible()) == ("← → next image", True, False)
    inspect.inspection.next_image()
    assert look.text() == "Fashion-MNIST test image 1 of 6"
    inspect.image.draw()
    qtbot.waitUntil(lambda: look.text() == "Your drawing", timeout=WAIT)
    assert not hint.isVisible(), "arrows move the pen"
    window.show_workspace("build")
    assert (look.isVisible(), blocks.isVisible()) == (False, True)


def test_the_picture_moves_by_a_pixel(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    inspect.show_page("compare")
    bars = inspect.compare.shift.bars
    qtbot.waitUntil(lambda: len(bars.lines) == 3, timeout=WAIT)
    moved = {path: change for path, _, change in bars.lines}
    assert moved["pool1"] < moved["conv1"] < moved["input"]
    assert "50 %" in inspect.compare.shift.words.text()


def test_runs_leads_to_a_run(window: MainWindow, run: str, qtbot: QtBot) -> None:
    window.show_workspace("runs")
    runs = window.work.make_runs()
    qtbot.waitUntil(lambda: bool(runs.chosen().rows), timeout=WAIT)
    runs.actions_["runInspectAction"].trigger()
    inspect = window.work.make_inspect()
    assert inspect.isVisible()
    assert inspect.inspection.subject.run == run
    qtbot.waitUntil(lambda: bool(inspect.image.bars.lines), timeout=WAIT)


def test_commands_lead_to_pages_and_to_the_pad(window: MainWindow) -> None:
    commands = {command.text: command for command in gather(window)}
    commands["Inspect: Mistakes"].run()
    inspect = window.work.make_inspect()
    assert inspect.mistakes.isVisible()
    commands["Inspect: draw a picture"].run()
    assert inspect.image.pad.isVisible()
    assert "Go to Inspect" in commands


def test_a_network_without_a_convolution_is_looked_at_by_other_means(
    inspect: InspectWorkspace, qtbot: QtBot
) -> None:
    seen, heat = inspect.inspection, inspect.heat
    with_filters = seen.blocks
    qtbot.waitUntil(lambda: heat.kind.currentData() == "grad-cam" and heat.sentence == "", timeout=WAIT)
    seen._settle((BlockSeen("flatten", "b1", "Flatten", (64,)), BlockSeen("fc1", "b2", "Linear", (3,))))
    assert heat.kind.currentData() == "occlusion"
    entry = heat.kind.model().index(0, 0)
    assert not entry.flags() & Qt.ItemFlag.ItemIsEnabled
    assert "no convolution" in str(entry.data(Qt.ItemDataRole.ToolTipRole))
    qtbot.waitUntil(lambda: heat.sentence == "" and not heat.inquiry.waiting, timeout=WAIT)
    assert inspect.filters.sentence.startswith("This network has no convolution")
    assert not inspect.filters.again.isVisible()
    assert not inspect.filters.convolution.isVisible()
    # Its numbers are called so, and one that sees a single pixel says why there is nothing in its patches.
    patches = inspect.patches
    assert patches.title.text() == "What number 1 looks for"
    qtbot.waitUntil(lambda: patches._found is not None and not patches.inquiry.waiting, timeout=WAIT)
    assert patches._found is not None
    patches.take(replace(patches._found, tensor=Tensor((3, 1, 1, 1), b"\0\0\0", "uint8")))
    assert "single pixel" in patches.words.text()
    seen._settle(with_filters)
    assert heat.kind.currentData() == "grad-cam"
    assert entry.flags() & Qt.ItemFlag.ItemIsEnabled


def test_another_epoch_is_asked_for(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    inspect.inspection.at_epoch(1)
    qtbot.waitUntil(lambda: "epoch 1" in inspect.bar.words.text(), timeout=WAIT)


def test_progress_cancel_and_failure_are_said(inspect: InspectWorkspace, qtbot: QtBot) -> None:
    card = inspect.filters
    qtbot.waitUntil(lambda: not card.inquiry.waiting, timeout=WAIT)
    card._hear(Failed("The weights cannot be read."))
    assert card.sentence == "The weights cannot be read."
    assert card.again.isVisible()
    qtbot.mouseClick(card.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.sentence == "", timeout=WAIT)
    card._hear(Failed("The weights belong to another network.", lasting=True))
    assert card.sentence == "The weights belong to another network."
    assert not card.again.isVisible(), "once more it would say the same"
    patches = inspect.patches
    qtbot.waitUntil(lambda: not patches.inquiry.waiting, timeout=WAIT)
    patches._ask()
    patches._hear(Preparing("look", "", 3, 6))
    assert patches.wait.isVisible()
    assert (patches.bar.value(), patches.bar.maximum()) == (3, 6)
    patches.call_off()
    assert not patches.wait.isVisible()
    assert not patches.inquiry.waiting


def test_gradients_by_depth_and_blocks_over_epochs(inspect: InspectWorkspace) -> None:
    def look(epoch: int) -> Health:
        blocks = (
            BlockHealth("conv1", "b1", "Conv2d", activation_std=1.0, gradient_norm=2.0 / epoch, weights=4),
            BlockHealth("relu1", "b2", "ReLU", activation_std=0.5, dead=0.25),
            BlockHealth("fc1", "b3", "Linear", activation_std=0.1, gradient_norm=30.0, weights=9),
        )
        return Health(epoch, epoch, 8, 1.0, 0.1, blocks)

    page = inspect.health
    inspect.show_page("health")
    page.focus.show_health((look(1), look(2)))
    assert [(bar.path, bar.size) for bar in page.gradients.bars.bars] == [("conv1", 0.5), ("fc1", 10.0)]
    page.spread.slider.setValue(0)
    assert page.gradients.bars.bars[0].size == 1.0
    assert len(page.blocks.lines.lines) == 3
    page.blocks.number.setCurrentIndex(3)
    assert [line.path for line in page.blocks.lines.lines] == ["relu1"]
    assert page.blocks.lines.lines[0].points == ((1, 0.25), (2, 0.25))


def test_tiles_are_chosen_with_keys(inspect: InspectWorkspace) -> None:
    grid = inspect.maps.grid
    grid.choose(0)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.chosen == 1
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert inspect.inspection.filter == 1


def test_who_comes_first_during_a_training_compares_it(run: str, window: MainWindow, qtbot: QtBot) -> None:
    """Train is pressed, then Inspect is opened for the first time: both sides show the training."""
    session = window.work.session
    session.train(Job(None, device="hang"))
    qtbot.waitUntil(lambda: session.state == "running" and window.work.train.run != "", timeout=WAIT)
    window.show_workspace("inspect")
    inspect = window.work.make_inspect()
    assert inspect.inspection.live
    assert inspect.inspection.live_run not in ("", run)
    inspect.show_page("compare")
    sides = (inspect.compare.left, inspect.compare.right)
    qtbot.waitUntil(lambda: all(side.subject is not None for side in sides), timeout=WAIT)
    assert {side.subject.run for side in sides if side.subject} == {inspect.inspection.live_run}
    session.stop()
    qtbot.waitUntil(lambda: not session.active, timeout=WAIT)


def test_who_comes_back_looks_at_the_training_that_began_meanwhile(
    inspect: InspectWorkspace, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.work.session
    window.show_workspace("build")
    session.train(Job(None, device="hang"))
    qtbot.waitUntil(lambda: session.state == "running", timeout=WAIT)
    window.show_workspace("inspect")
    assert inspect.inspection.live
    assert inspect.bar.subject.currentText() == "The training that goes on"
    inspect.show_page("compare")
    sides = (inspect.compare.left, inspect.compare.right)
    qtbot.waitUntil(lambda: all(side.subject is not None for side in sides), timeout=WAIT)
    wanted = [(inspect.inspection.live_run, 0), (inspect.inspection.live_run, None)]
    assert [(side.subject.run, side.subject.epoch) for side in sides if side.subject] == wanted
    for side in sides:
        side._slow.stop()
    inspect.inspection.freshened.emit()
    assert [side._slow.isActive() for side in sides] == [False, True], "what it began with does not change"
    session.stop()
    qtbot.waitUntil(lambda: not session.active, timeout=WAIT)
