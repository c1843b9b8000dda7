"""The inspector: edits, what it tells, what it refuses."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID
from cnnstudio.core.document import Node, Place, find
from cnnstudio.core.edits import insert
from cnnstudio.core.registry import block_types
from cnnstudio.ui.build import BuildWorkspace
from tests.ui.build.conftest import make


def field(build: BuildWorkspace, kind: type, name: str) -> QWidget:
    page = build.inspector.page
    assert page is not None
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def fact(build: BuildWorkspace, name: str) -> str:
    """What a box says, without its markup."""
    from PySide6.QtGui import QTextDocument

    label = field(build, QLabel, f"fact-{name}")
    document = QTextDocument()
    document.setHtml(label.text())
    return document.toPlainText() if not label.isHidden() else ""


def offers(build: BuildWorkspace) -> list[QPushButton]:
    """The buttons under "What if"."""
    page = build.inspector.page
    assert page is not None
    return [
        b for b in page.findChildren(QPushButton) if b.objectName().startswith("whatIf") and b.isVisible()
    ]


def node(build: BuildWorkspace, block_id: str) -> Node:
    return find(build.store.document, block_id)


def test_it_shows_how_everything_comes_about(build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    assert fact(build, "output") == "(32 + 2·1 − 3) / 1 + 1 = 32\n32×32×3 → 32×32×16"
    assert fact(build, "parameters") == "16 · (3·3·3) = 432"
    assert fact(build, "cost").splitlines()[1:] == ["activations 64 KiB/image", "receptive field 3×3"]
    assert "nn.Conv2d(3, 16, 3, padding=1, bias=False)" in fact(build, "code")


def test_a_spin_box_edits_live_and_is_one_step_back(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    spin = field(build, QSpinBox, "field-out_channels")
    for value in (17, 18, 19):
        spin.setValue(value)
    assert str(node(build, "b1").block.headline()) == "19 filters 3×3"
    assert fact(build, "parameters") == "19 · (3·3·3) = 513"
    build.store.undo()
    assert str(node(build, "b1").block.headline()) == "16 filters 3×3"
    assert spin.value() == 16


def test_a_pair_can_be_taken_apart_and_linked_again(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    link = field(build, QToolButton, "field-kernel_size-link")
    width = field(build, QSpinBox, "field-kernel_size-width")
    assert not width.isVisible()
    link.click()
    assert width.isVisible()
    width.setValue(5)
    assert str(node(build, "b1").block.headline()) == "16 filters 3×5"
    link.click()
    assert str(node(build, "b1").block.headline()) == "16 filters 3×3"


def test_the_padding_that_keeps_the_size_is_one_click(build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    kernel, padding = (field(build, QSpinBox, f"field-{name}") for name in ("kernel_size", "padding"))
    assert padding.text() == "1 (same)"
    kernel.setValue(7)
    offer = field(build, QPushButton, "fieldOffer-padding")
    assert offer.isVisible()
    assert offer.text() == "same: 3"
    offer.click()
    assert padding.text() == "3 (same)"
    assert not offer.isVisible()


def test_switches_choices_and_names(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    box = field(build, QCheckBox, "field-bias")
    box.click()
    assert "no bias" not in map(str, node(build, "b1").block.details())
    build.store.select(("b4",))
    combo = field(build, QComboBox, "field-activation")
    combo.setCurrentIndex(combo.findData("none"))
    combo.activated.emit(combo.currentIndex())
    assert str(node(build, "b4").block.headline()) == "F(x) + x"


def test_a_number_out_of_range_gives_a_sentence_at_the_field(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b2",))
    before = build.store.document
    line, error = field(build, QLineEdit, "field-momentum"), field(build, QLabel, "fieldError-momentum")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "7")
    assert error.isVisible()
    assert error.text() == "Expected a number from 0 to 1."
    assert build.store.document is before
    line.selectAll()
    qtbot.keyClicks(line, "x")
    assert error.isVisible()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not error.isVisible()
    assert line.text() == "0.1"
    line.selectAll()
    qtbot.keyClicks(line, "0,25")
    assert not error.isVisible()
    assert node(build, "b2").block.model_dump()["momentum"] == 0.25


def test_a_stride_of_0_gives_a_sentence_while_it_stands_there(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    before, error = build.store.document, field(build, QLabel, "fieldError-stride")
    spin = field(build, QSpinBox, "field-stride")
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "0")
    assert error.isVisible()
    assert error.text() == "Expected a whole number from 1 to 1024."
    assert build.store.document is before
    spin.selectAll()
    qtbot.keyClicks(spin, "1")  # what it was: no change, and nothing wrong any more
    assert not error.isVisible()
    assert build.store.document is before
    spin.selectAll()
    qtbot.keyClicks(spin, "0")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert not error.isVisible()
    assert spin.text() == "1"
    spin.selectAll()
    qtbot.keyClicks(spin, "0")
    spin.selectAll()
    qtbot.keyClicks(spin, "2")
    assert not error.isVisible()
    assert node(build, "b1").block.model_dump()["stride"] == 2


def test_a_name_that_is_none_of_python_s_is_refused(qtbot: QtBot, build: BuildWorkspace) -> None:
    group = make("Group", ((make("ReLU"),),), name="stem")
    build.store.apply("Insert", insert(build.store.document, Place(None, 0, 0), [group]), select=["b11"])
    line = field(build, QLineEdit, "field-name")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "class")
    assert field(build, QLabel, "fieldError-name").isVisible()
    assert str(node(build, "b11").block.headline()) == "clas"
    qtbot.keyClicks(line, "ic")
    assert not field(build, QLabel, "fieldError-name").isVisible()
    assert str(node(build, "b11").block.headline()) == "classic"


def test_the_first_repetition_can_have_parameters_of_its_own(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(("b5",))
    field(build, QPushButton, "firstSwitchFirst").click()
    spin = field(build, QSpinBox, "field-stride")
    spin.setValue(2)
    first = node(build, "b5").first
    assert first is not None
    assert first.model_dump()["stride"] == 2
    assert node(build, "b5").block.model_dump()["stride"] == 1
    item = build.canvas.network.item_of("b5")
    assert item is not None
    assert item.card.words.badge == "first: stride 2"
    field(build, QPushButton, "sameAsOthersButton").click()
    assert node(build, "b5").first is None
    assert spin.value() == 1


def test_a_block_can_exist_in_the_first_repetition_only(build: BuildWorkspace) -> None:
    build.store.select(("b7",))
    field(build, QCheckBox, "onlyFirstBox").click()
    assert node(build, "b7").only_first
    build.store.select(("b1",))
    assert not field(build, QCheckBox, "onlyFirstBox").isVisible()


def test_branches_can_be_added_and_removed(build: BuildWorkspace) -> None:
    parallel = make("Parallel")
    build.store.apply("Insert", insert(build.store.document, Place(None, 0, 0), [parallel]), select=["b11"])
    field(build, QPushButton, "addBranchButton").click()
    assert len(node(build, "b11").stacks) == 3
    field(build, QToolButton, "removeBranchButton-0").click()
    assert len(node(build, "b11").stacks) == 2


def test_the_input_and_the_classes(build: BuildWorkspace) -> None:
    build.store.select((INPUT_ID,))
    field(build, QSpinBox, "field-height").setValue(64)
    assert build.store.document.input.height == 64
    build.store.select((OUTPUT_ID,))
    field(build, QSpinBox, "field-classes").setValue(5)
    assert build.store.document.classes == 5
    assert str(node(build, "b10").block.headline()) == "5"


def test_nothing_selected_shows_the_network(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.select(())
    name = field(build, QLineEdit, "documentName")
    name.selectAll()
    qtbot.keyClicks(name, "My net")
    assert build.store.document.name == "My net"
    assert build.store.undo_stack.count() == 1
    assert "432" not in fact(build, "parameters")


def test_a_long_name_is_read_from_its_beginning_and_never_empty(qtbot: QtBot, build: BuildWorkspace) -> None:
    long = "학생 첫 번째 합성곱 신경망: CIFAR-10 과제, 두 번째 시도 (아주 긴 이름의 네트워크)"
    build.store.load(build.store.document.changed(name=long))
    name = field(build, QLineEdit, "documentName")
    assert name.text() == name.toolTip() == long
    assert name.cursorPosition() == 0
    name.setFocus()
    name.selectAll()
    qtbot.keyClick(name, Qt.Key.Key_Delete)
    build.canvas.setFocus()
    assert build.store.document.name == name.text() == long
    assert name.cursorPosition() == 0


def test_many_different_repetitions_are_not_all_told(build: BuildWorkspace) -> None:
    grow = make("Parallel", ((), (make("Conv2d", out_channels=4, kernel_size=1),)))
    repeat = make("Repeat", ((grow,),), times=60)
    build.store.apply("Insert", insert(build.store.document, Place(None, 0, 1), [repeat]), select=["b11"])
    assert len(fact(build, "output").splitlines()) == 6
    assert len(fact(build, "parameters").splitlines()) == 6
    build.store.select(("b12",))
    assert "256 channels" in fact(build, "output")


def test_several_blocks_show_what_they_cost_together(build: BuildWorkspace) -> None:
    build.store.select(("b1", "b2"))
    assert "464 parameters" in fact(build, "cost")


def test_the_problem_stands_on_top_with_its_fixes(build: BuildWorkspace) -> None:
    build.store.select(("b10",))
    button = field(build, QPushButton, "fixButton-b10-0")
    assert button.text() == "Insert Flatten   32×32×16 → 16384"
    assert button.toolTip() == "Insert Flatten   32×32×16 → 16384"
    button.click()
    assert build.store.inference.problems == ()
    build.store.select(("b10",))
    assert not field(build, QWidget, "inspectorProblem").isVisible()


@pytest.mark.parametrize("kind", [block.__name__ for block in block_types()])
def test_every_block_type_has_a_page(build: BuildWorkspace, kind: str) -> None:
    build.store.apply("Insert", insert(build.store.document, Place(None, 0, 1), [make(kind)]), select=["b11"])
    title = field(build, QLabel, "inspectorTitle")
    assert title.text()
    page = build.inspector.page
    assert page is not None
    editors = [w for w in page.findChildren(QWidget) if w.objectName().startswith("field-")]
    assert all(w.accessibleName() for w in editors)
    assert len({w.objectName() for w in editors}) == len(editors)


def test_the_wheel_scrolls_the_panel_and_not_the_number(qtbot: QtBot, build: BuildWorkspace) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    build.store.select(("b1",))
    build.canvas.setFocus()
    spin = field(build, QSpinBox, "field-out_channels")
    at, none, _none_held = QPointF(5, 5), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at,
        at,
        QPoint(),
        QPoint(0, 120),
        none,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(spin, event)
    assert spin.value() == 16


def test_what_if_says_what_would_come_and_a_click_takes_it(build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    assert [b.text() for b in offers(build)] == [
        "Kernel 5 → 30×30×16 · 1.2 K params",
        "Stride 2 → 16×16×16",
        "Filters 32 → 32×32×32 · 864 params",
    ]
    offers(build)[1].click()
    assert node(build, "b1").block.model_dump()["stride"] == 2
    assert build.store.inference.body.reports[0].output == (16, 16, 16)
    build.store.undo()
    assert node(build, "b1").block.model_dump()["stride"] == 1
    build.store.select(("b2",))
    assert offers(build) == []


def test_the_shapes_of_every_repetition_stand_beside_an_inner_block(build: BuildWorkspace) -> None:
    from cnnstudio.workspace.presets import load_preset

    build.store.load(load_preset("resnet50"))
    repeats = [n for n in build.store.document.body if n.stacks]
    residual = repeats[1].stacks[0][0]
    build.store.select((residual.stacks[0][0].id,))
    assert fact(build, "repetitions").splitlines() == [
        "1: 56×56×256 → 56×56×128",
        "2–4: 28×28×512 → 28×28×128",
    ]
    build.store.select((residual.stacks[1][0].id,))
    assert fact(build, "repetitions").splitlines() == ["1: 56×56×256 → 28×28×512", "2–4: left out"]
    build.store.select((repeats[0].stacks[0][0].stacks[0][1].id,))
    assert fact(build, "repetitions") == "each: 56×56×64 → 56×56×64"
    build.store.select((build.store.document.body[0].id,))
    assert not fact(build, "repetitions")
