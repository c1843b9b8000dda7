"""Each mistake that people make has a sentence with expected and got, and a way out: one click, one undo."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import read_document
from cnnstudio.core.quantity import grouped
from tests.e2e.person import CTRL, LEFT, NONE, Person

Key = Qt.Key
CONV = '{"block": "Conv2d", "out_channels": 16, "padding": 1}'
NARROW = '{"block": "Conv2d", "out_channels": 16}'
WIDER = '{"block": "Conv2d", "out_channels": 32, "padding": 1}'
SAME_SIZE = "which must have the same height and width."
POOLS = ", ".join(['{"block": "MaxPool2d"}'] * 6)
END = '{"block": "Flatten"}, {"block": "Linear", "out_features": 10}'


def network(body: str) -> Document:
    return read_document(
        f'{{"format": "cnnstudio", "version": 1, "classes": 10, "body": [{body}],'
        ' "input": {"height": 32, "width": 32, "channels": 3}}'
    )


MISTAKES = [
    (
        f'{CONV}, {{"block": "Linear", "out_features": 10}}',
        "Linear needs a flat input, got 32×32×16.",
        "Insert Flatten   32×32×16 → 16384",
    ),
    (
        f'{CONV}, {{"block": "Conv2d", "kernel_size": 40, "out_channels": 4}}, {END}',
        "Conv2d needs at least 40 pixels across, got 32 with its padding.",
        "Set Padding to 4   ? → 1×1×4",
    ),
    (
        f'{CONV}, {{"block": "Residual", "body": [{NARROW}, {NARROW}]}}, {END}',
        "Residual adds its body (28×28×16) to its shortcut (32×32×16), which must have the same shape.",
        "Adjust the padding of 2 blocks   28×28×16 → 32×32×16",
    ),
    (
        f'{CONV}, {{"block": "Residual", "body": [{WIDER}]}}, {END}',
        "Residual adds its body (32×32×32) to its shortcut (32×32×16), which must have the same shape.",
        "Add 1×1 Conv2d and Batch norm to the shortcut   32×32×16 → 32×32×32",
    ),
    (
        f'{CONV}, {{"block": "Conv2d", "out_channels": 24, "groups": 5}}, {END}',
        "Conv2d needs input channels and filters that 5 groups divide, got 16 channels and 24 filters.",
        "Set Groups to 4",
    ),
    (
        f'{CONV}, {{"block": "Flatten"}}, {{"block": "Linear", "out_features": 12}}',
        "Linear ends with 12, but the loss needs one number for each of the 10 classes.",
        "Set Features to 10   12 → 10",
    ),
    (
        f"{POOLS}, {END}",
        "Max pool needs at least 2 pixels across, got 1 with its padding.",
        "Remove Max pool   ? → 10",
    ),
    (
        f'{END}, {{"block": "Softmax"}}',
        "Softmax stands before the cross-entropy loss, which applies softmax itself: learning slows down.",
        "Remove Softmax",
    ),
    (
        f'{CONV}, {{"block": "Flatten"}}, {CONV}, {END}',
        "Conv2d needs a map (height × width × channels), got 16384 flat features.",
        "Remove Flatten above   16384 → 32×32×16",
    ),
    (
        f'{CONV}, {{"block": "Parallel", "branches": [[{CONV}], [{NARROW}]]}}, {END}',
        f"Parallel concatenates the channels of branches with 32×32×16 and 30×30×16, {SAME_SIZE}",
        "Set Padding to 1 in Conv2d   ? → 32×32×32",
    ),
    (
        f'{CONV}, {{"block": "GroupNorm", "num_groups": 5}}, {END}',
        "Group norm needs channels that 5 groups divide, got 16 channels.",
        "Set Groups to 4",
    ),
]


def rows(person: Person) -> dict[str, QWidget]:
    """The rows of the list of problems, by their sentences."""
    found = person.build.problem_list.findChildren(QWidget)
    return {w.accessibleName(): w for w in found if w.objectName().startswith("problem-") and w.isVisible()}


def test_a_mistake_is_mended_by_one_click_and_comes_back_by_one_undo(person: Person) -> None:
    for body, sentence, fix in MISTAKES:
        person.store.load(network(body))
        before = person.store.document
        person.build.show_problems()
        offers = {b.text(): b for b in rows(person)[sentence].findChildren(QPushButton)}
        assert fix in offers, sentence
        QTest.mouseClick(offers[fix], LEFT)
        assert sentence not in rows(person)
        assert person.store.inference.trainable, sentence
        assert person.store.undo_stack.count() == 1
        person.at_canvas()
        person.press(Key.Key_Z, CTRL)
        assert person.store.document is before
        assert sentence in rows(person)


def test_a_fix_on_the_card_is_one_click_in_a_network_of_five_hundred_blocks(person: Person) -> None:
    person.window.load_preset("resnet152")
    pool = person.ids("GlobalAvgPool2d")[0]
    person.click(pool)
    person.at_canvas()
    params = person.store.inference.params
    person.press(Key.Key_Delete)
    linear = person.ids("Linear")[0]
    # All but the faulty block is still counted.
    assert person.store.inference.params == params - (2048 + 1) * 1000
    assert person.text_of("statusProblems").strip().endswith("1 problem")
    link = person.card(linear).card.links[0]
    assert link.text == "Insert Flatten"
    x, y, wide, high = link.rect
    person.click(linear, x=x + wide / 2, y=y + high / 2)
    assert person.store.inference.problems == ()
    person.press(Key.Key_Z, CTRL)
    person.press(Key.Key_Z, CTRL)
    assert person.store.inference.params == params
    assert not person.store.inference.problems


def test_the_list_of_problems_leaves_the_faulty_block_to_be_seen(person: Person, qtbot: QtBot) -> None:
    """It opens below the canvas, where the block stands that the deletion has left at fault."""
    person.window.resize(1100, 700)
    person.window.load_preset("cifar10-first-cnn")
    flatten, (linear,) = person.ids("Flatten")[0], person.ids("Linear")
    person.click(flatten)
    person.at_canvas()
    person.press(Key.Key_Delete)
    assert person.store.selection == (linear,)

    def whole() -> bool:
        card, canvas = person.card(linear), person.build.canvas
        seen = canvas.mapToScene(person.port.rect()).boundingRect()
        return person.build.problem_list.isVisible() and seen.contains(card.mapRectToScene(card.rect()))

    qtbot.waitUntil(whole)
    texts = [b.text() for b in person.child("inspectorProblem").findChildren(QPushButton)]
    assert texts == ["Insert Flatten   5×5×16 → 400", "Insert Global average pool\n5×5×16 → 16"]


def test_totals_survive_an_error_in_the_middle(person: Person) -> None:
    """Groups that do not divide in the second stage of VGG-16 cost that layer, no more."""
    person.window.load_preset("vgg16")
    conv, params = person.ids("Conv2d")[5], person.store.inference.params
    own = next(r.params for r in person.store.inference.body.reports if r.node.id == conv)
    person.click(conv)
    person.child("field-groups").setValue(7)  # type: ignore[attr-defined]
    assert [p.node for p in person.store.inference.problems] == [conv]
    assert person.store.inference.params == params - own
    assert all(r.output is not None for r in person.store.inference.body.reports)
    assert person.text_of("statusParams").startswith(f"≥ {grouped(params - own)}")


def test_a_click_on_a_problem_leads_to_its_block(person: Person) -> None:
    person.window.load_preset("resnet152")
    conv = person.node(person.ids("Residual")[3]).stacks[0][0].id
    person.store.select((conv,))
    person.child("field-groups").setValue(7)  # type: ignore[attr-defined]
    person.build.edit_actions.fold_all.trigger()
    person.build.show_problems()
    (row,) = [w for sentence, w in rows(person).items() if "7 groups" in sentence]
    QTest.mouseClick(row, LEFT, NONE, row.rect().topLeft() + row.rect().topLeft())
    assert person.store.selection == (conv,)
    seen = person.build.canvas.mapToScene(person.port.rect()).boundingRect()
    assert seen.contains(person.card(conv).sceneBoundingRect().center())
    assert "7 groups" in person.child("inspectorProblem").findChildren(QWidget)[0].text()  # type: ignore[attr-defined]
