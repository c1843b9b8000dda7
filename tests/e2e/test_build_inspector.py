"""The inspector: editors out of the block's definition, defaults, formulas, what if, many blocks at once."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from cnnstudio.core.registry import block_types
from cnnstudio.ui.formula import FormulaView
from tests.big_networks import unrolled
from tests.e2e.person import CTRL, Person

Key = Qt.Key
EDITORS = {
    "whole": QAbstractSpinBox,
    "pair": QAbstractSpinBox,
    "real": QLineEdit,
    "switch": QCheckBox,
    "choice": QComboBox,
    "name": QLineEdit,
}


@pytest.mark.parametrize("preset", ["cifar10-first-cnn", "resnet152"])
def test_every_parameter_of_every_block_has_its_editor_with_help(person: Person, preset: str) -> None:
    person.window.load_preset(preset)
    person.click(person.ids("Conv2d")[0])
    for block in block_types():
        person.build.insert(block.__name__)
        for field in block.fields():
            editor = person.child(f"field-{field.name}")
            assert isinstance(editor, EDITORS[field.kind]), (block.__name__, field.name)
            assert editor.accessibleName() == field.label
            assert editor.toolTip() == field.help
            if isinstance(editor, QSpinBox) and field.minimum is not None and not field.optional:
                assert editor.minimum() == field.minimum
            if isinstance(editor, QSpinBox) and field.maximum is not None:
                assert editor.maximum() == field.maximum
        person.store.undo()


def test_pairs_are_linked_or_apart(person: Person) -> None:
    person.window.load_preset("cifar10-first-cnn")
    conv = person.ids("Conv2d")[0]
    person.click(conv)
    person.push("field-kernel_size-link")
    width = person.child("field-kernel_size-width", QSpinBox)
    width.setFocus()
    width.selectAll()  # type: ignore[attr-defined]
    person.write("3")
    assert person.card(conv).card.words.headline == "6 filters 5×3"
    person.click(person.ids("ReLU")[0])
    person.click(conv)
    assert person.sees("field-kernel_size-width")  # what differs is shown apart
    person.push("field-kernel_size-link")
    assert person.card(conv).card.words.headline == "6 filters 5×5"


def test_what_keeps_the_size_is_offered_beside_the_padding(person: Person) -> None:
    person.window.load_preset("resnet152")
    stem = person.ids("Conv2d")[0]
    person.click(stem)
    assert "fieldOffer-padding" not in [
        w.objectName() for w in person.window.findChildren(QPushButton) if w.isVisible()
    ]
    person.child("field-stride", QSpinBox).setValue(1)  # type: ignore[attr-defined]
    assert person.child("field-padding", QSpinBox).text() == "3 (same)"  # type: ignore[attr-defined]
    person.child("field-kernel_size", QSpinBox).setValue(11)  # type: ignore[attr-defined]
    assert person.text_of("fieldOffer-padding") == "same: 5"
    person.push("fieldOffer-padding")
    assert person.store.inference.body.reports[0].output == (64, 224, 224)


def test_what_if_lines_tell_and_do(person: Person) -> None:
    person.window.load_preset("cifar10-first-cnn")
    person.click(person.ids("MaxPool2d")[1])
    lines = [b.text() for b in person.window.findChildren(QPushButton) if b.objectName().startswith("whatIf")]
    assert lines[:2] == ["Window 3 → 3×3×16", "Stride 1 → 9×9×16"]
    person.push("whatIfButton-1")
    assert person.card(person.ids("MaxPool2d")[1]).card.words.details == "stride 1"
    person.at_canvas()
    person.press(Key.Key_Z, CTRL)
    assert not person.store.undo_stack.canUndo()


def test_defaults_come_back_one_by_one_and_all_at_once(person: Person) -> None:
    person.window.load_preset("resnet152")
    stem = person.ids("Conv2d")[0]
    person.click(stem)
    button = person.child("fieldReset-padding", QToolButton)
    assert button.toolTip() == "Back to the default, 0"
    person.push("fieldReset-padding")
    assert "padding 0" in person.card(stem).card.words.details
    assert not person.sees("fieldReset-padding")
    person.push("resetAllButton")
    assert person.card(stem).card.words.headline == "16 filters 3×3"
    person.store.undo()
    person.store.undo()
    assert person.card(stem).card.words.headline == "64 filters 7×7"


def test_the_formula_is_set_and_not_written_in_a_line(person: Person, qtbot: QtBot) -> None:
    person.window.load_preset("cifar10-first-cnn")
    for kind in ("Conv2d", "MaxPool2d"):
        person.click(person.ids(kind)[0])
        view = person.child("fact-formula", FormulaView)
        assert isinstance(view, FormulaView)
        assert " / stride⌋ + 1" in view.text()
        # A fraction is higher than a line of text, and everything fits.
        ((line, _), *_) = view.lines(view.width() - 24)[-1:]
        qtbot.waitUntil(lambda view=view: view.height() == view.heightForWidth(view.width()))
        assert view.height() > 1.6 * view.fontMetrics().height()
        assert line.width * 0.7 < view.width()


def test_a_number_out_of_range_is_told_at_its_field(person: Person) -> None:
    person.window.load_preset("resnet152")
    person.click(person.ids("BatchNorm2d")[0])
    before = person.store.document
    line = person.child("field-momentum", QLineEdit)
    line.setFocus()
    line.selectAll()  # type: ignore[attr-defined]
    person.write("7")
    assert person.text_of("fieldError-momentum") == "Expected a number from 0 to 1."
    assert person.store.document is before
    person.press(Key.Key_Return)
    assert not person.sees("fieldError-momentum")


def test_hundreds_of_blocks_are_changed_at_once_quickly(person: Person) -> None:
    """All convolutions of ResNet-152 with its repetitions written out: over 150 of over 500 blocks."""
    person.store.load(unrolled("resnet152"))
    convs = person.ids("Conv2d")
    assert len(convs) > 150
    person.store.select(convs)
    assert person.text_of("inspectorTitle") == f"{len(convs)} × Conv2d"
    assert person.child("field-kernel_size", QSpinBox).text() == "mixed"  # type: ignore[attr-defined]
    box = person.child("field-bias", QCheckBox)
    before, start = person.store.inference.params, time.perf_counter()
    box.click()  # type: ignore[attr-defined]
    took = time.perf_counter() - start
    assert all(person.node(i).block.model_dump()["bias"] for i in convs)
    assert person.store.inference.params > before
    assert took < 1.0  # 0.07 s on a quiet machine; it was quadratic once
    person.at_canvas()
    person.press(Key.Key_Z, CTRL)
    assert person.store.inference.params == before


def test_mixed_values_say_so_until_one_is_given(person: Person) -> None:
    person.window.load_preset("cifar10-first-cnn")
    person.store.select(person.ids("Conv2d"))
    spin = person.child("field-out_channels", QSpinBox)
    assert spin.text() == "mixed"  # type: ignore[attr-defined]
    assert person.child("field-kernel_size", QSpinBox).text() == "5"  # type: ignore[attr-defined]
    spin.setFocus()
    spin.selectAll()  # type: ignore[attr-defined]
    person.write("12")
    assert [person.card(i).card.words.headline for i in person.ids("Conv2d")] == ["12 filters 5×5"] * 2
    person.push("fieldReset-kernel_size")
    assert [person.card(i).card.words.headline for i in person.ids("Conv2d")] == ["12 filters 3×3"] * 2


def test_what_a_network_is_for_can_be_read_whole(person: Person, qtbot: QtBot) -> None:
    person.window.load_preset("googlenet-cifar")
    summary = person.child("documentSummary")
    assert isinstance(summary, QPlainTextEdit)
    qtbot.waitUntil(lambda: summary.isVisible() and not summary.verticalScrollBar().isVisible())
    before = summary.height()
    assert before > 3 * summary.fontMetrics().lineSpacing()
    person.store.apply("Describe", person.store.document.changed(summary="word " * 2000))
    qtbot.waitUntil(lambda: summary.verticalScrollBar().isVisible())
    assert summary.verticalScrollBar().value() == 0
    assert before < summary.height() < 2.5 * before
