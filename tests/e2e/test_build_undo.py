"""Every step back and forward: two hundred of all kinds, merged spins, saved files, the title."""

import random
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QSpinBox

from cnnstudio.core.document import walk
from cnnstudio.core.fileformat import write_document
from cnnstudio.core.registry import block_types
from tests.e2e.person import ALT, CTRL, SHIFT, Person

Key = Qt.Key
STEPS = 200


def any_edit(person: Person, chance: random.Random) -> None:
    """Something that a person may do with the network, wherever the selection is."""
    ids = [node.id for node in walk(person.store.document.body)]
    if ids:
        person.store.select(chance.sample(ids, min(len(ids), chance.choice((1, 1, 1, 2, 3)))))
    actions = person.build.edit_actions
    what = chance.randrange(9)
    if what <= 2 or len(ids) < 4:
        person.build.insert(chance.choice(block_types()).__name__)
    elif what == 3:
        chance.choice([*actions.wraps, actions.duplicate, actions.bypass]).trigger()
    elif what == 4:
        key, held = chance.choice(
            [(Key.Key_Up, ALT), (Key.Key_Down, ALT), (Key.Key_Left, ALT), (Key.Key_Right, ALT)]
        )
        QTest.keyClick(person.build.canvas, key, held)
    elif what == 5:
        chance.choice([actions.delete, actions.unwrap, actions.cut, actions.paste, actions.reset]).trigger()
    elif what == 6 and person.store.inference.problems:
        fixes = [f for p in person.store.inference.problems for f in person.store.fixes(p)]
        if fixes:
            person.store.apply("Fix", chance.choice(fixes).document)
    else:
        _change_a_field(person, chance)


def _change_a_field(person: Person, chance: random.Random) -> None:
    spins = [s for s in person.build.inspector.findChildren(QSpinBox) if s.isVisible() and s.isEnabled()]
    boxes = person.build.inspector.findChildren(QAbstractButton)
    boxes = [b for b in boxes if b.objectName().startswith("field-") and b.isVisible() and b.isEnabled()]
    if spins and chance.random() < 0.7:
        chance.choice(spins).setValue(chance.randrange(1, 9))
    elif boxes:
        chance.choice(boxes).click()


def test_two_hundred_edits_are_undone_and_redone_to_the_letter(person: Person) -> None:
    chance = random.Random(7)
    person.window.load_preset("cifar10-first-cnn")
    person.at_canvas()
    start, stack = person.store.document, person.store.undo_stack
    for _ in range(STEPS):
        any_edit(person, chance)
        if sum(1 for _ in walk(person.store.document.body)) >= 40:  # pasting doubles it now and then
            person.build.edit_actions.select_all.trigger()
            person.build.edit_actions.delete.trigger()
    end, steps = write_document(person.store.document), stack.count()
    assert steps > STEPS / 3
    undo, redo = (person.window.findChild(QAction, name) for name in ("undoAction", "redoAction"))
    while undo.isEnabled():
        undo.trigger()
    assert person.store.document is start
    assert not person.window.isWindowModified()
    while redo.isEnabled():
        redo.trigger()
    assert write_document(person.store.document) == end
    assert stack.count() == steps


def test_the_steps_of_one_spin_box_are_one_step_back(person: Person) -> None:
    person.window.load_preset("resnet152")
    conv = person.ids("Conv2d")[0]
    person.click(conv)
    person.at_canvas()
    person.press(Key.Key_Return)
    for _ in range(7):
        person.press(Key.Key_Up)
    assert person.text_of("field-out_channels") == "71"
    person.tab_to("field-kernel_size")
    person.press(Key.Key_Up)
    assert person.store.undo_stack.count() == 2
    person.press(Key.Key_Z, CTRL)
    person.press(Key.Key_Z, CTRL)
    assert person.card(conv).card.words.headline == "64 filters 7×7"
    assert not person.window.isWindowModified()
    person.press(Key.Key_Y, CTRL)
    assert person.card(conv).card.words.headline == "71 filters 7×7"


def test_redo_works_after_a_save_and_the_title_tells_what_is_unsaved(person: Person, tmp_path: Path) -> None:
    path = tmp_path / "mine.cnn.json"
    person.window.work.dialogs.file = path  # type: ignore[attr-defined]
    person.window.load_preset("cifar10-first-cnn")
    person.at_canvas()
    assert person.window.windowTitle() == "First CNN for CIFAR-10[*]"
    assert not person.window.isWindowModified()
    person.click(person.ids("ReLU")[1])
    person.press(Key.Key_Delete)
    assert person.window.isWindowModified()
    person.press(Key.Key_Delete)
    person.press(Key.Key_Z, CTRL)
    person.press(Key.Key_S, CTRL)
    assert (person.window.windowTitle(), person.window.isWindowModified()) == ("mine.cnn.json[*]", False)
    person.press(Key.Key_Z, CTRL | SHIFT)
    assert person.window.isWindowModified()
    assert len(person.kinds()) == 6
    person.press(Key.Key_Z, CTRL)
    assert not person.window.isWindowModified()
    person.press(Key.Key_Z, CTRL)
    assert person.window.isWindowModified()
    assert len(person.kinds()) == 8


def test_an_undo_shows_what_was_selected_and_says_what_it_is(person: Person) -> None:
    person.window.load_preset("resnet50")
    residual = person.ids("Residual")[1]
    person.click(residual)
    person.at_canvas()
    person.press(Key.Key_Delete)
    assert person.child("undoButton").toolTip() == "Undo Delete Residual (Ctrl+Z)"
    person.press(Key.Key_Z, CTRL)
    assert person.store.selection == (residual,)
    assert person.text_of("inspectorTitle") == "Residual"


def test_undo_in_a_text_of_the_network_is_the_window_s(person: Person) -> None:
    person.window.load_preset("cifar10-first-cnn")
    person.store.select(())
    summary, before = person.child("documentSummary"), person.store.document.summary
    summary.setFocus()
    person.write("Mine. ")
    assert person.store.document.summary == f"{before}Mine. "
    person.press(Key.Key_Z, CTRL)
    assert person.store.document.summary == before
    assert summary.toPlainText() == before  # type: ignore[attr-defined]
    assert not person.window.isWindowModified()
