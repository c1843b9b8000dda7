"""The inspector of several blocks at once, and resets."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from cnnstudio.core.document import Place
from cnnstudio.core.edits import change, change_first, insert
from cnnstudio.ui.build import BuildWorkspace
from tests.ui.build.conftest import make
from tests.ui.build.test_inspector import fact, field, node

CONVOLUTIONS = ("b1", "b5", "b8")


def filters(build: BuildWorkspace) -> list[int]:
    return [node(build, i).block.model_dump()["out_channels"] for i in CONVOLUTIONS]


def test_blocks_of_one_type_show_what_they_have_in_common(build: BuildWorkspace) -> None:
    build.store.apply("Filters", change(build.store.document, "b1", out_channels=8))
    build.store.select(CONVOLUTIONS)
    assert field(build, QSpinBox, "field-out_channels").text() == "mixed"
    assert field(build, QSpinBox, "field-kernel_size").text() == "3"
    bias = field(build, QCheckBox, "field-bias")
    assert bias.checkState() == Qt.CheckState.PartiallyChecked


def test_an_edit_applies_to_all_and_is_one_step_back(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.apply("Filters", change(build.store.document, "b1", out_channels=8))
    build.store.select(CONVOLUTIONS)
    spin = field(build, QSpinBox, "field-out_channels")
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "24")
    assert filters(build) == [24, 24, 24]
    assert spin.text() == "24"
    build.store.undo()
    assert filters(build) == [8, 16, 16]
    assert spin.text() == "mixed"
    field(build, QCheckBox, "field-bias").click()
    assert all(node(build, i).block.model_dump()["bias"] for i in CONVOLUTIONS)
    build.store.undo()
    assert not node(build, "b1").block.model_dump()["bias"]


def test_a_step_from_mixed_goes_on_from_the_first(build: BuildWorkspace) -> None:
    build.store.apply("Filters", change(build.store.document, "b1", out_channels=8))
    build.store.select(CONVOLUTIONS)
    field(build, QSpinBox, "field-out_channels").stepUp()
    assert filters(build) == [9, 9, 9]
    build.store.select(("b1",))
    assert field(build, QSpinBox, "field-out_channels").minimum() == 1


def test_mixed_pairs_numbers_and_choices(qtbot: QtBot, build: BuildWorkspace) -> None:
    document = change(build.store.document, "b5", kernel_size=(3, 5))
    document = change(document, "b2", momentum=0.5)
    build.store.apply("Change", insert(document, Place(None, 0, 4), [make("Residual", activation="none")]))
    build.store.select(CONVOLUTIONS)
    kernel, width = (field(build, QSpinBox, f"field-kernel_size{end}") for end in ("", "-width"))
    assert (kernel.text(), width.isVisible()) == ("mixed", False)
    assert not field(build, QToolButton, "field-kernel_size-link").isEnabled()
    kernel.setValue(7)
    assert [node(build, i).block.model_dump()["kernel_size"] for i in CONVOLUTIONS] == [7, 7, 7]
    assert field(build, QToolButton, "field-kernel_size-link").isEnabled()

    build.store.select(("b2", "b6"))
    line = field(build, QLineEdit, "field-momentum")
    assert (line.text(), line.placeholderText()) == ("", "mixed")
    line.setFocus()
    qtbot.keyClicks(line, "7")
    assert field(build, QLineEdit, "field-momentum").text() == "7"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == ""
    qtbot.keyClicks(line, "0.2")
    assert [node(build, i).block.model_dump()["momentum"] for i in ("b2", "b6")] == [0.2, 0.2]

    build.store.select(("b4", "b11"))
    combo = field(build, QComboBox, "field-activation")
    assert combo.currentIndex() == -1
    combo.setCurrentIndex(combo.findData("ReLU"))
    combo.activated.emit(combo.currentIndex())
    assert node(build, "b11").block.headline() == "ReLU(F(x) + x)"


def test_blocks_of_different_types_have_totals_and_actions(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1", "b2", "b3"))
    assert "parameters" in fact(build, "cost")
    page = build.inspector.page
    assert page is not None
    assert page.findChild(QSpinBox) is None
    bypass = field(build, QPushButton, "manyBypassButton")
    bypass.click()
    assert bypass.isChecked()
    assert all(node(build, i).disabled for i in ("b1", "b2", "b3"))
    assert fact(build, "cost").splitlines()[0] == "0 parameters"
    build.store.undo()
    assert not bypass.isChecked()
    menu = field(build, QPushButton, "manyWrapButton").menu()  # type: ignore[attr-defined]
    assert [a.objectName() for a in menu.actions()] == [a.objectName() for a in build.edit_actions.wraps]
    field(build, QPushButton, "manyDuplicateButton").click()
    assert len(build.store.document.body) == 7
    field(build, QPushButton, "manyDeleteButton").click()
    assert len(build.store.document.body) == 4


def test_what_lies_in_a_selected_composite_is_counted_once(build: BuildWorkspace) -> None:
    build.store.select(("b3",))
    (alone,) = [r for r in build.store.inference.body.reports if r.node.id == "b3"]
    build.store.select(("b3", "b4", "b5"))
    assert fact(build, "cost").splitlines()[0].replace(" ", "") == f"{alone.params}parameters"


def test_a_parameter_is_reset_to_its_default(build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    assert not build.inspector.page.findChildren(QToolButton, "fieldReset-kernel_size")  # type: ignore[union-attr]
    field(build, QToolButton, "fieldReset-padding").click()
    assert node(build, "b1").block.model_dump()["padding"] == 0
    assert not field(build, QToolButton, "fieldReset-padding").isVisible()
    build.store.undo()
    assert node(build, "b1").block.model_dump()["padding"] == 1


def test_a_block_is_reset_with_its_first_repetition(build: BuildWorkspace) -> None:
    build.store.apply("First", change_first(build.store.document, "b5", stride=2))
    build.store.select(("b5",))
    field(build, QPushButton, "resetAllButton").click()
    assert node(build, "b5").first is None
    assert node(build, "b5").block == type(node(build, "b5").block)()
    assert not field(build, QPushButton, "resetAllButton").isVisible()
    assert build.store.undo_stack.undoText() == "Reset Conv2d"


def test_mixed_parameters_are_reset_together(build: BuildWorkspace) -> None:
    build.store.select(CONVOLUTIONS)
    field(build, QToolButton, "fieldReset-bias").click()
    assert all(node(build, i).block.model_dump()["bias"] for i in CONVOLUTIONS)
    build.edit_actions.reset.trigger()
    assert len({node(build, i).block for i in CONVOLUTIONS}) == 1
