"""Blocks by mouse: out of the palette, within the network, several at once, over the clipboard, bypassed."""

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import INPUT_ID
from cnnstudio.core.document import Place, find, place_of, walk
from cnnstudio.ui.build.frame_item import FrameItem
from tests.e2e.person import CTRL, LEFT, NONE, SHIFT, Person

GAP = -10
"""So far above a card lies the gap before it, in pixels."""


@pytest.fixture
def first(person: Person) -> Person:
    person.window.load_preset("cifar10-first-cnn")
    return person


@pytest.fixture
def deep(person: Person) -> Person:
    person.window.load_preset("resnet152")
    return person


def test_a_block_from_the_palette_tells_its_shape_before_it_is_dropped(first: Person) -> None:
    relu = first.ids("ReLU")[0]
    first.take_from_palette("MaxPool2d")
    first.carry(first.point_of(relu, y=GAP))
    # Behind it a window of 5 finds 14 / 2 = 7 / 2 = 3 pixels only.
    assert first.preview() == "28×28×6 → 14×14×6"
    assert first.kinds().count("MaxPool2d") == 2
    first.let_go()
    assert first.kinds()[:3] == ["Conv2d", "MaxPool2d", "ReLU"]
    assert first.store.selection == (first.ids("MaxPool2d")[0],)
    assert first.text_of("inspectorTitle") == "Max pool"


def test_what_a_drop_would_break_is_said_before_it(first: Person) -> None:
    conv = first.ids("Conv2d")[1]
    first.take_from_palette("Flatten")
    first.carry(first.point_of(conv, y=GAP))
    assert first.preview() == (
        "14×14×6 → 1176, then Conv2d needs a map (height × width × channels), got 1176 flat features"
    )
    first.leave()
    assert first.preview() == ""
    assert "Flatten" in first.kinds()[6]


def test_a_block_that_cannot_stand_there_says_why(deep: Person) -> None:
    inner = deep.node(deep.ids("Residual")[0]).stacks[0][1].id
    deep.take_from_palette("AuxClassifier")
    deep.carry(deep.point_of(inner, y=-6))
    assert deep.preview() == "Auxiliary classifier can stand in the network's own stack only"
    deep.leave()


def test_every_stack_of_a_composite_has_gaps(deep: Person) -> None:
    """Body and shortcut of a residual inside a repeat of ResNet-152."""
    residual = deep.ids("Residual")[2]
    body, shortcut = deep.node(residual).stacks
    for stack, number in ((body, 0), (shortcut, 1)):
        deep.take_from_palette("Dropout2d")
        deep.carry(deep.point_of(stack[1].id, x=30, y=-6))
        assert deep.build.canvas._drag is not None
        assert deep.build.canvas._drag.place == Place(residual, number, 1)
        assert "→" in deep.preview()
        deep.let_go()
    assert place_of(deep.store.document, deep.ids("Dropout2d")[0]) == Place(residual, 0, 1)
    assert place_of(deep.store.document, deep.ids("Dropout2d")[1]) == Place(residual, 1, 1)


def test_gaps_are_shown_in_every_stack_that_is_to_be_seen(deep: Person) -> None:
    deep.click(deep.ids("Residual")[1])
    before = deep.port.grab().toImage()
    deep.take_from_palette("ReLU")
    deep.carry(deep.point_of(deep.node(deep.ids("Residual")[1]).stacks[0][1].id, y=-6))
    drag = deep.build.canvas._drag
    assert drag is not None
    near, far = drag._mark._others
    assert {slot.place.parent for slot in near} == {deep.ids("Residual")[1]}
    parents = {(slot.place.parent, slot.place.stack) for slot in far}
    assert {(deep.ids("Residual")[1], 0), (deep.ids("Residual")[1], 1), (deep.ids("Repeat")[1], 0)} <= parents
    assert deep.port.grab().toImage() != before
    deep.leave()


def test_a_collapsed_block_opens_under_what_is_held_over_it(deep: Person, qtbot: QtBot) -> None:
    repeat, residual = deep.ids("Repeat")[0], deep.ids("Residual")[0]
    deep.build.edit_actions.fold_all.trigger()
    deep.take_from_palette("ReLU")
    deep.carry(deep.point_of(repeat, y=20))
    qtbot.waitUntil(lambda: deep.build.canvas.network.item_of(residual) is not None, timeout=30_000)
    assert deep.preview()
    assert deep.store.undo_stack.count() == 0
    deep.leave()


def test_what_is_said_about_a_drop_is_not_covered(first: Person) -> None:
    """The label stands beside the buttons that float over the canvas, in a small window too."""
    first.window.resize(1100, 700)
    QApplication.processEvents()
    buttons = first.child("zoomInButton").parentWidget()
    assert buttons is not None
    place = QRect(buttons.mapTo(first.build.canvas, QPoint(0, 0)), buttons.size())
    first.take_from_palette("Linear")
    first.carry(QPoint(first.port.width() // 2, place.center().y()))
    assert "needs a flat input" in first.preview()
    drag = first.build.canvas._drag
    assert drag is not None
    canvas = first.build.canvas
    label = canvas.mapFromScene(drag._mark._box).boundingRect()
    assert abs(label.center().y() - place.center().y()) < place.height()
    assert not label.translated(first.port.pos()).intersects(place)
    assert first.port.rect().contains(label)
    first.leave()


def test_an_empty_shortcut_takes_a_block(first: Person) -> None:
    first.click(first.ids("ReLU")[1])
    first.window.work.build.insert("Residual")
    residual = first.ids("Residual")[0]
    frame = first.card(residual)
    assert isinstance(frame, FrameItem)
    assert frame.box is not None
    column = frame.box.columns[1]
    first.take_from_palette("Identity")
    first.carry(first.point_of(residual, column.x + column.width / 2, column.y + column.height / 2))
    first.let_go()
    assert [type(n.block).__name__ for n in first.node(residual).stacks[1]] == ["Identity"]


def test_blocks_move_within_the_network_and_into_composites(deep: Person) -> None:
    pool, residual = deep.ids("MaxPool2d")[0], deep.ids("Residual")[0]
    target = deep.node(residual).stacks[0][2].id
    deep.lift(pool)
    deep.carry(deep._point(target, 40, -6))
    assert "→" in deep.preview()
    deep.let_go()
    assert place_of(deep.store.document, pool).parent == residual
    assert deep.store.undo_stack.undoText() == "Move Max pool"
    deep.store.undo()
    assert place_of(deep.store.document, pool) == Place(None, 0, 3)


def test_a_composite_does_not_go_into_itself(deep: Person) -> None:
    residual, before = deep.ids("Residual")[0], deep.store.document
    deep.lift(residual)
    deep.carry(deep._point(deep.node(residual).stacks[0][3].id, 40, 10))
    deep.let_go()
    assert place_of(deep.store.document, residual) == place_of(before, residual)


def test_a_rubber_band_and_clicks_with_keys_select_several(first: Person) -> None:
    ids = [node.id for node in first.store.document.body]
    first.click(ids[0])
    first.click(ids[3], SHIFT)
    assert set(first.store.selection) == set(ids[:4])
    first.click(ids[1], CTRL)
    first.click(ids[6], CTRL)
    assert set(first.store.selection) == {ids[0], ids[2], ids[3], ids[6]}
    assert first.text_of("inspectorTitle") == "4 blocks"

    first.build.zoom_to_fit()
    top, bottom = first._point(ids[1], -40, -5), first._point(ids[2], 400, 60)
    QTest.mousePress(first.port, LEFT, SHIFT, top)
    first._at = top
    first.carry(bottom)
    QTest.mouseRelease(first.port, LEFT, SHIFT, bottom)
    assert set(first.store.selection) == {ids[1], ids[2]}


def test_several_blocks_move_together(first: Person) -> None:
    ids = [node.id for node in first.store.document.body]
    first.click(ids[0])
    first.click(ids[1], SHIFT)
    first.lift(ids[0])
    first.carry(first._point(ids[6], 60, GAP))
    first.let_go()
    assert [node.id for node in first.store.document.body][4:6] == ids[:2]


def test_blocks_travel_between_windows_and_into_a_chat(
    first: Person, other_window: Callable[[], Person]
) -> None:
    clipboard, other = QGuiApplication.clipboard(), other_window()
    other.window.load_preset("resnet152")
    other.click(other.ids("Repeat")[1])
    other.at_canvas()
    other.press(Qt.Key.Key_C, CTRL)
    (copied,) = json.loads(clipboard.text())
    assert (copied["block"], copied["times"]) == ("Repeat", 8)

    first.click(first.ids("MaxPool2d")[0])
    first.at_canvas()
    first.press(Qt.Key.Key_V, CTRL)
    (pasted,) = first.store.selection
    assert first.kinds()[3] == "Repeat"
    assert len(list(walk((first.node(pasted),)))) == 12
    first.press(Qt.Key.Key_X, CTRL)
    assert "Repeat" not in first.kinds()

    clipboard.setText(f"Look at this stage:\n```json\n{clipboard.text()}```\n(from ResNet-152)")
    first.press(Qt.Key.Key_V, CTRL)
    assert "Repeat" in first.kinds()
    clipboard.setText("hello")
    first.press(Qt.Key.Key_V, CTRL)
    assert first.build.overlay.toast.text().startswith('The clipboard holds no blocks: it says "hello"')


def test_duplicate_wrap_unwrap_and_bypass(first: Person) -> None:
    params = first.store.inference.params
    ids = [node.id for node in first.store.document.body]
    first.click(ids[3])
    first.click(ids[4], SHIFT)
    first.at_canvas()
    first.press(Qt.Key.Key_D, CTRL)
    assert first.kinds()[3:7] == ["Conv2d", "ReLU"] * 2
    first.store.undo()
    for action in first.build.edit_actions.wraps:
        first.store.select(ids[3:5])
        action.trigger()
        (wrapper,) = first.store.selection
        assert [n.id for n in first.node(wrapper).stacks[0]] == ids[3:5]
        first.press(Qt.Key.Key_U, CTRL | SHIFT)
        assert [n.id for n in first.store.document.body] == ids
    # An ablation: the second convolution stays in its place, but the network does without it.
    first.click(ids[3])
    first.press(Qt.Key.Key_B, CTRL)
    assert first.card(ids[3]).card.words.bypassed
    assert first.store.inference.params < params
    assert find(first.store.document, ids[3]).disabled
    first.press(Qt.Key.Key_B, CTRL)
    assert first.store.inference.params == params


def test_the_canvas_s_own_menu_is_about_the_block_under_the_pointer(first: Person) -> None:
    conv = first.ids("Conv2d")[1]
    first.click(INPUT_ID)
    first.click(conv)
    names = [a.objectName() for a in first.build.edit_actions.make_menu().actions()]
    wanted = ("duplicate", "cut", "copy", "paste", "wrapResidual", "wrapGroup", "moveUp", "bypass", "delete")
    assert [n for n in wanted if f"{n}Action" not in names] == []


def test_a_click_on_the_palette_adds_behind_the_selection(first: Person) -> None:
    first.click(first.ids("ReLU")[0])
    view = first.build.palette_panel.list
    first.build.palette_panel.search.setText("dropout2d")
    index = first.build.palette_panel.model.best_block()
    QTest.mouseClick(view.viewport(), LEFT, NONE, view.visualRect(index).center())
    assert first.kinds()[:3] == ["Conv2d", "ReLU", "Dropout2d"]
    assert first.card(first.ids("Dropout2d")[0]).mapToScene(QPointF()) is not None
    assert first.port.rect().contains(first._point(first.ids("Dropout2d")[0], 10, 10) + QPoint(0, 0))
