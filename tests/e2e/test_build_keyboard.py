"""Everything without a mouse, a residual network from nothing included, and what a listener hears."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID
from cnnstudio.core.document import walk
from tests.e2e.person import ALT, CTRL, SHIFT, Person

Key = Qt.Key


def insert(person: Person, text: str, **fields: int) -> None:
    """``/``, the name, Enter; then Enter, Tab to each field, Escape back to the canvas."""
    person.press(Key.Key_Slash)
    person.write(text)
    person.press(Key.Key_Return)
    if fields:
        person.press(Key.Key_Return)
        for name, value in fields.items():
            person.tab_to(f"field-{name}")
            person.write(str(value))
        person.press(Key.Key_Escape)


def heard(person: Person) -> str:
    return person.build.canvas.accessibleName()


def run(person: Person, command: str) -> None:
    """Ctrl+K, some letters, Enter."""
    person.press(Key.Key_K, CTRL)
    person.write(command)
    person.press(Key.Key_Return)


def test_a_residual_network_by_keyboard_alone(person: Person) -> None:
    """A stem, a residual that is repeated, its shortcut's projection by a fix, and a classifier."""
    person.at_canvas()
    person.press(Key.Key_N, CTRL)
    insert(person, "conv", out_channels=16, padding=1)
    assert heard(person).startswith("Conv2d, 16 filters 3 by 3, output 32 by 32 by 16")
    insert(person, "residual")
    person.press(Key.Key_Right)
    assert heard(person) == "Residual, body, empty"
    insert(person, "conv", out_channels=32, padding=1)
    insert(person, "batch norm")
    person.press(Key.Key_Left)
    assert "problem: adds its body (32 by 32 by 32) to its shortcut" in heard(person)
    person.press(Key.Key_Return)
    for _ in range(4):  # the ways out stand above the fields
        if person.focused().objectName() != f"fixButton-{person.store.selection[0]}-0":
            person.press(Key.Key_Backtab, SHIFT)
    person.press(Key.Key_Space)
    (residual,) = person.ids("Residual")
    assert [type(n.block).__name__ for n in person.node(residual).stacks[1]] == ["Conv2d", "BatchNorm2d"]
    person.press(Key.Key_Escape)
    person.store.select((residual,))
    run(person, "wrap in repeat")
    person.press(Key.Key_Return)
    person.tab_to("field-times")
    person.write("3")
    person.press(Key.Key_Escape)
    assert heard(person).startswith("Repeat, 3 times, output 32 by 32 by 32")
    insert(person, "global")
    insert(person, "linear")
    assert heard(person) == "Linear, 10, output 10"
    assert person.store.inference.problems == ()
    assert person.kinds() == ["Conv2d", "Repeat", "GlobalAvgPool2d", "Linear"]
    assert person.store.inference.body.output == (10,)


def test_the_arrows_walk_along_and_into_the_stacks(person: Person) -> None:
    person.window.load_preset("resnet152")
    person.at_canvas()
    repeat, residual = person.ids("Repeat")[0], person.ids("Residual")[0]
    body, shortcut = person.node(residual).stacks
    person.press(Key.Key_Home)
    assert person.store.selection == (INPUT_ID,)
    for _ in range(5):
        person.press(Key.Key_Down)
    assert person.store.selection == (repeat,)
    way = [(Key.Key_Right, residual), (Key.Key_Right, body[0].id), (Key.Key_Down, body[1].id)]
    way += [(Key.Key_Right, shortcut[0].id), (Key.Key_Right, body[0].id), (Key.Key_Left, residual)]
    for key, wanted in way:
        person.press(key)
        assert person.store.selection == (wanted,)
        seen = person.build.canvas.mapToScene(person.port.rect()).boundingRect()
        item = person.card(wanted)
        assert seen.contains(item.mapToScene(item.rect().topLeft()))
    person.press(Key.Key_Space)
    assert heard(person).endswith("collapsed")
    person.press(Key.Key_Right)
    assert person.store.selection == (body[0].id,)
    person.press(Key.Key_End)
    assert person.store.selection == (OUTPUT_ID,)


def test_shift_takes_more_blocks_along_and_alt_moves_them(person: Person) -> None:
    person.window.load_preset("cifar10-first-cnn")
    person.at_canvas()
    ids = [node.id for node in person.store.document.body]
    person.press(Key.Key_Home)
    person.press(Key.Key_Down)
    person.press(Key.Key_Down, SHIFT)
    person.press(Key.Key_Down, SHIFT)
    assert person.store.selection == (ids[0], ids[1], ids[2])
    person.press(Key.Key_Up, SHIFT)
    assert set(person.store.selection) == {ids[0], ids[1]}
    assert heard(person) == "2 blocks"
    person.press(Key.Key_Down, ALT)
    assert [node.id for node in person.store.document.body][:3] == [ids[2], ids[0], ids[1]]
    run(person, "wrap in residual")
    (residual,) = person.store.selection
    assert person.kinds()[1] == "Residual"
    person.press(Key.Key_Up)
    person.press(Key.Key_Right, ALT)
    assert [n.id for n in person.node(residual).stacks[0]] == [ids[2], ids[0], ids[1]]
    person.press(Key.Key_Left, ALT)
    assert person.kinds()[:2] == ["Residual", "MaxPool2d"]
    person.press(Key.Key_Left, ALT)
    assert person.build.overlay.toast.text() == "There is no block around to move out of."


def test_the_search_box_stands_at_the_point_of_insertion(person: Person) -> None:
    person.window.load_preset("resnet50")
    inner = person.node(person.ids("Residual")[3]).stacks[0][1].id
    person.click(inner)
    person.press(Key.Key_Slash)
    box = person.child("insertBox")
    card = person.card(inner)
    bottom = person.build.canvas.mapFromScene(card.mapRectToScene(card.rect()).bottomLeft())
    assert abs(box.y() - bottom.y()) < 40
    person.write("drop2")
    assert person.text_of("insertPreview").split(" → ")[0] == person.text_of("insertPreview").split(" → ")[1]
    person.press(Key.Key_Escape)
    assert not box.isVisible()
    assert person.focused() is person.build.canvas
    insert(person, "dropout2")
    assert person.node(person.store.selection[0]).block.headline() == "0.5"


def test_ctrl_k_has_every_action(person: Person) -> None:
    from cnnstudio.ui.commands.gather import gather

    person.window.load_preset("cifar10-first-cnn")
    person.click(person.ids("ReLU")[0])
    known = {command.text for command in gather(person.window)}
    for action in person.window.findChildren(QAction):
        name = action.objectName()
        if name.endswith("Action") and action.isEnabled() and action.isVisible() and name != "commandsAction":
            said = action.text().replace("&", "").partition("\t")[0]
            assert any(text.endswith(said) for text in known) or name.startswith(("recent", "clear")), name


@pytest.mark.parametrize("preset", ["cifar10-first-cnn", "resnet152"])
def test_every_block_reads_as_a_sentence(person: Person, preset: str) -> None:
    person.window.load_preset(preset)
    canvas = person.build.canvas
    for node in walk(person.store.document.body):
        person.store.select((node.id,))
        name = canvas.accessibleName()
        assert ", output " in name
        assert "×" not in name
        assert "×" not in canvas.accessibleDescription()
    person.store.select((person.ids("Conv2d")[0],))
    wanted = {
        "cifar10-first-cnn": "Conv2d, 6 filters 5 by 5, output 28 by 28 by 6",
        "resnet152": "Conv2d, 64 filters 7 by 7, output 112 by 112 by 64",
    }
    assert canvas.accessibleName() == wanted[preset]


def test_tab_reaches_every_control_and_shows_where_it_is(person: Person) -> None:
    person.window.load_preset("cifar10-first-cnn")
    person.click(person.ids("Conv2d")[0])
    person.build.show_code()
    person.at_canvas()
    reached: dict[str, bool] = {}
    for _ in range(80):
        person.press(Key.Key_Tab)
        widget = person.focused()
        name = widget.objectName()
        if name in reached:
            break
        focused = widget.grab().toImage()
        widget.clearFocus()
        QApplication.processEvents()
        reached[name] = focused != widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert [name for name, seen in reached.items() if not seen] == []
    wanted = {
        "canvas",
        "codeText",
        "field-kernel_size",
        "field-bias",
        "whatIfButton-0",
        "trainButton",
        "saveButton",
    }
    assert wanted - reached.keys() == set()
    assert {"paletteSearch", "paletteList"} - reached.keys() == set()
