"""The canvas, with a mouse and keys."""

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core.document import Place, find, place_of, walk
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.card_item import BlockItem
from cnnstudio.ui.build.dragging import BLOCK_MIME
from cnnstudio.ui.build.frame_item import FrameItem
from tests.ui.build.conftest import small_residual

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def item_of(build: BuildWorkspace, block_id: str) -> BlockItem:
    item = build.canvas.network.item_of(block_id)
    assert item is not None
    return item


def point_of(build: BuildWorkspace, block_id: str, x: float = 60, y: float = 12) -> QPoint:
    """A point on a block, in pixels of the viewport."""
    return build.canvas.mapFromScene(item_of(build, block_id).mapToScene(QPointF(x, y)))


def click(
    qtbot: QtBot, build: BuildWorkspace, block_id: str, keys: Qt.KeyboardModifier = NONE, y: float = 12
) -> None:
    qtbot.mouseClick(build.canvas.viewport(), LEFT, keys, point_of(build, block_id, y=y))


def drag(qtbot: QtBot, build: BuildWorkspace, start: QPoint, end: QPoint) -> None:
    port = build.canvas.viewport()
    qtbot.mousePress(port, LEFT, NONE, start)
    for share in (0.2, 0.6, 1.0):
        qtbot.mouseMove(port, start + (end - start) * share)
        _move(build, start + (end - start) * share)
    qtbot.mouseRelease(port, LEFT, NONE, end)


def _move(build: BuildWorkspace, point: QPoint) -> None:
    """QTest's own moves carry no pressed button on the offscreen platform."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    at = QPointF(point)
    event = QMouseEvent(QEvent.Type.MouseMove, at, build.canvas.viewport().mapToGlobal(at), LEFT, LEFT, NONE)
    QApplication.sendEvent(build.canvas.viewport(), event)


def order(store: DocumentStore) -> list[str]:
    return [type(node.block).__name__ for node in store.document.body]


def test_a_click_selects_and_one_on_the_ground_selects_nothing(qtbot: QtBot, build: BuildWorkspace) -> None:
    click(qtbot, build, "b1")
    assert build.store.selection == ("b1",)
    assert item_of(build, "b1").chosen
    click(qtbot, build, "b5")
    assert build.store.selection == ("b5",)
    click(qtbot, build, OUTPUT_ID)
    assert build.store.selection == (OUTPUT_ID,)
    qtbot.mouseClick(build.canvas.viewport(), LEFT, NONE, QPoint(8, 300))
    assert build.store.selection == ()


def test_ctrl_adds_and_shift_selects_what_is_between(qtbot: QtBot, build: BuildWorkspace) -> None:
    click(qtbot, build, "b1")
    click(qtbot, build, "b10", Qt.KeyboardModifier.ShiftModifier)
    assert set(build.store.selection) == {"b1", "b2", "b3", "b10"}
    click(qtbot, build, "b2", Qt.KeyboardModifier.ControlModifier)
    assert set(build.store.selection) == {"b1", "b3", "b10"}
    click(qtbot, build, "b1")
    assert build.store.selection == ("b1",)


def test_shift_and_a_drag_on_the_ground_selects_what_lies_in_it(build: BuildWorkspace) -> None:
    shift, port = Qt.KeyboardModifier.ShiftModifier, build.canvas.viewport()
    start, end = point_of(build, "b2", -60, -10), point_of(build, "b3", 440, 400)
    QTest.mousePress(port, LEFT, shift, start)
    _move(build, end)
    QTest.mouseRelease(port, LEFT, shift, end)
    assert build.store.selection == ("b2", "b3")


def test_delete_takes_the_selection_away_and_undo_brings_it_back(qtbot: QtBot, build: BuildWorkspace) -> None:
    click(qtbot, build, "b2")
    qtbot.keyClick(build.canvas, Qt.Key.Key_Delete)
    assert order(build.store) == ["Conv2d", "Repeat", "Linear"]
    assert build.canvas.network.item_of("b2") is None
    assert build.store.selection == ("b3",)
    build.store.undo()
    assert order(build.store) == ["Conv2d", "BatchNorm2d", "Repeat", "Linear"]
    assert item_of(build, "b2").scene() is build.canvas.network


def test_ctrl_d_duplicates_with_all_inside(qtbot: QtBot, build: BuildWorkspace) -> None:
    click(qtbot, build, "b3", y=10)
    qtbot.keyClick(build.canvas, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert order(build.store) == ["Conv2d", "BatchNorm2d", "Repeat", "Repeat", "Linear"]
    (copy,) = build.store.selection
    assert len(list(walk((find(build.store.document, copy),)))) == 7


def test_cut_copy_and_paste_travel_as_text(qtbot: QtBot, build: BuildWorkspace) -> None:
    click(qtbot, build, "b1")
    build.edit_actions.cut.trigger()
    assert '"block": "Conv2d"' in QApplication.clipboard().text()
    assert order(build.store) == ["BatchNorm2d", "Repeat", "Linear"]
    build.store.select((OUTPUT_ID,))
    build.edit_actions.paste.trigger()
    assert order(build.store) == ["BatchNorm2d", "Repeat", "Linear", "Conv2d"]


def test_pasting_what_is_no_block_says_so(build: BuildWorkspace) -> None:
    QApplication.clipboard().setText("hello")
    build.edit_actions.paste.trigger()
    assert build.overlay.toast.isVisible()
    assert "clipboard" in build.overlay.toast.text()
    build.store.load(small_residual())
    assert not build.overlay.toast.isVisible()


def test_a_block_is_dragged_within_its_stack(qtbot: QtBot, build: BuildWorkspace) -> None:
    start = point_of(build, "b2")
    drag(qtbot, build, start, point_of(build, "b1", y=-10))
    assert order(build.store) == ["BatchNorm2d", "Conv2d", "Repeat", "Linear"]


def test_a_block_is_dragged_into_a_composite_and_back(qtbot: QtBot, build: BuildWorkspace) -> None:
    drag(qtbot, build, point_of(build, "b2"), point_of(build, "b7", y=-6))
    assert place_of(build.store.document, "b2") == Place("b4", 0, 2)
    assert item_of(build, "b2").parentItem() is item_of(build, "b4")
    drag(qtbot, build, point_of(build, "b2"), point_of(build, "b3", y=-10))
    assert order(build.store) == ["Conv2d", "BatchNorm2d", "Repeat", "Linear"]
    assert not isinstance(item_of(build, "b2").parentItem(), BlockItem)


def test_a_composite_cannot_be_dropped_into_itself(qtbot: QtBot, build: BuildWorkspace) -> None:
    before = build.store.document
    drag(qtbot, build, point_of(build, "b3", y=10), point_of(build, "b7"))
    assert build.store.document.body == before.body


def test_escape_gives_a_drag_up(qtbot: QtBot, build: BuildWorkspace) -> None:
    before = build.store.document
    port, start = build.canvas.viewport(), point_of(build, "b2")
    qtbot.mousePress(port, LEFT, NONE, start)
    _move(build, start + QPoint(0, 150))
    qtbot.keyClick(build.canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(port, LEFT, NONE, start + QPoint(0, 150))
    assert build.store.document is before


def test_undo_during_a_drag_gives_it_up(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b2",))
    build.edit_actions.duplicate.trigger()
    port, start = build.canvas.viewport(), point_of(build, build.store.selection[0])
    qtbot.mousePress(port, LEFT, NONE, start)
    _move(build, start + QPoint(0, 150))
    build.store.undo()
    before = build.store.document
    qtbot.mouseRelease(port, LEFT, NONE, start + QPoint(0, 150))
    assert build.store.document is before


def palette_drag(build: BuildWorkspace, kind: str, *points: QPoint) -> QMimeData:
    """Enters the canvas with a block from the palette and moves along the points."""
    data = QMimeData()
    data.setData(BLOCK_MIME, kind.encode())
    action, canvas = Qt.DropAction.CopyAction, build.canvas
    canvas.dragEnterEvent(QDragEnterEvent(points[0], action, data, LEFT, NONE))
    for point in points:
        canvas.dragMoveEvent(QDragMoveEvent(point, action, data, LEFT, NONE))
    return data


def test_a_block_from_the_palette_previews_its_shape_and_drops(build: BuildWorkspace) -> None:
    point = point_of(build, "b2", y=-10)
    data = palette_drag(build, "MaxPool2d", QPoint(5, 5), point)
    drag = build.canvas._drag
    assert drag is not None
    assert drag.place == Place(None, 0, 1)
    assert drag.label.startswith("32×32×16 → 16×16×16")
    event = QDropEvent(QPointF(point), Qt.DropAction.CopyAction, data, LEFT, NONE)
    build.canvas.dropEvent(event)
    assert order(build.store) == ["Conv2d", "MaxPool2d", "BatchNorm2d", "Repeat", "Linear"]
    assert build.store.selection == ("b11",)


def test_a_drop_that_would_be_wrong_says_why_beforehand(build: BuildWorkspace) -> None:
    palette_drag(build, "Flatten", point_of(build, "b2", y=-10))
    drag = build.canvas._drag
    assert drag is not None
    assert "Batch norm needs a map" in drag.label
    build.canvas.dragLeaveEvent(QDragLeaveEvent())
    assert build.canvas._drag is None


def test_the_identity_shortcut_takes_a_block(qtbot: QtBot, build: BuildWorkspace) -> None:
    frame = item_of(build, "b4")
    assert isinstance(frame, FrameItem)
    assert frame.box is not None
    shortcut = frame.box.columns[1]
    point = point_of(build, "b4", shortcut.x + 20, shortcut.y + 40)
    qtbot.mouseClick(build.canvas.viewport(), LEFT, NONE, point)
    assert build.canvas.place == Place("b4", 1, 0)
    build.palette_panel.blockChosen.emit("Identity")
    assert place_of(build.store.document, "b11") == Place("b4", 1, 0)
    assert build.canvas.place == Place("b4", 1, 1)


def test_a_fix_on_the_card_is_one_click(qtbot: QtBot, build: BuildWorkspace) -> None:
    link = item_of(build, "b10").card.links[0]
    assert link.text == "Insert Flatten"
    assert item_of(build, "b10").card.words.offers[0] == "Insert Flatten   32×32×16 → 16384"
    x, y, wide, high = link.rect
    point = point_of(build, "b10", x + wide / 2, y + high / 2)
    qtbot.mouseClick(build.canvas.viewport(), LEFT, NONE, point)
    assert order(build.store) == ["Conv2d", "BatchNorm2d", "Repeat", "Flatten", "Linear"]
    assert build.store.inference.problems == ()
    assert item_of(build, "b10").card.words.level == "fine"


def test_a_composite_collapses_to_a_card_and_opens_again(qtbot: QtBot, build: BuildWorkspace) -> None:
    qtbot.mouseClick(build.canvas.viewport(), LEFT, NONE, point_of(build, "b3", 15, 15))
    card = item_of(build, "b3").card
    assert build.canvas.network.item_of("b4") is None
    assert card.words.details == "contains Residual ReLU(F(x) + x)"
    assert card.words.paths == "skip"
    assert card.words.right[0] == "9.4 K params"
    build.canvas.reveal("b6")
    assert item_of(build, "b6").parentItem() is item_of(build, "b4")


def test_the_arrow_keys_walk_through_the_network(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.canvas.setFocus()
    down, up, right, left = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left
    seen = []
    for key in (down, down, down, down, right, right, down, up, up, left, down):
        qtbot.keyClick(build.canvas, key)
        seen.append(build.store.selection[0])
    assert seen == [INPUT_ID, "b1", "b2", "b3", "b4", "b5", "b6", "b5", "b4", "b3", "b10"]


def test_alt_and_arrow_moves_the_block(qtbot: QtBot, build: BuildWorkspace) -> None:
    click(qtbot, build, "b2")
    build.edit_actions.up.trigger()
    assert order(build.store) == ["BatchNorm2d", "Conv2d", "Repeat", "Linear"]
    build.edit_actions.up.trigger()
    build.edit_actions.down.trigger()
    assert order(build.store) == ["Conv2d", "BatchNorm2d", "Repeat", "Linear"]


def test_wrap_and_unwrap(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1", "b2"))
    wrap = next(a for a in build.edit_actions.wraps if a.objectName() == "wrapGroupAction")
    wrap.trigger()
    assert order(build.store) == ["Group", "Repeat", "Linear"]
    build.edit_actions.unwrap.trigger()
    assert order(build.store) == ["Conv2d", "BatchNorm2d", "Repeat", "Linear"]


def test_blocks_of_different_stacks_cannot_be_wrapped_together(build: BuildWorkspace) -> None:
    build.store.select(("b1", "b5"))
    build.edit_actions.wraps[0].trigger()
    assert "neighbouring" in build.overlay.toast.text()


def test_the_menu_offers_what_makes_sense(build: BuildWorkspace) -> None:
    build.store.select(())
    names = [a.objectName() for a in build.edit_actions.make_menu().actions()]
    assert names == ["pasteAction", "foldAllAction", "unfoldAllAction"]
    build.store.select(("b4",))
    names = [a.objectName() for a in build.edit_actions.make_menu().actions()]
    assert {"unwrapAction", "foldAction", "wrapResidualAction", "deleteAction"} <= set(names)


def test_the_wheel_with_ctrl_zooms(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.canvas.set_zoom(100)
    at, control = QPointF(200, 200), Qt.KeyboardModifier.ControlModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    with qtbot.waitSignal(build.statusChanged):
        event = QWheelEvent(at, at, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, control, phase, False)
        QApplication.sendEvent(build.canvas.viewport(), event)
    assert build.status.zoom == 120
    build.zoom_to_fit()
    whole = build.canvas.mapFromScene(build.canvas.sceneRect()).boundingRect()
    assert build.canvas.viewport().rect().adjusted(-2, -2, 2, 2).contains(whole)


def test_dragging_the_ground_pans(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.canvas.set_zoom(180)
    bar = build.canvas.verticalScrollBar()
    bar.setValue(300)
    drag(qtbot, build, QPoint(5, 400), QPoint(5, 340))
    assert bar.value() == 360


def test_shapes_on_the_wires_follow_an_edit(build: BuildWorkspace) -> None:
    from cnnstudio.core.edits import change

    assert build.canvas.network.network is not None
    assert build.canvas.network.network.shapes == ("32×32×3", "32×32×16", "32×32×16", "32×32×16", "10")
    build.store.apply("Filters", change(build.store.document, "b1", stride=2))
    assert build.canvas.network.network.shapes[1:] == ("16×16×16", "16×16×16", "16×16×16", "10")


def test_an_edit_touches_only_the_boxes_it_changed(build: BuildWorkspace) -> None:
    from cnnstudio.core.edits import change

    frame, conv = item_of(build, "b3"), item_of(build, "b1")
    assert isinstance(frame, FrameItem)
    box, card = frame.box, conv.card
    build.store.apply("Bias", change(build.store.document, "b1", bias=True))
    assert item_of(build, "b3") is frame
    assert frame.box is box
    assert item_of(build, "b1") is conv
    assert conv.card != card
