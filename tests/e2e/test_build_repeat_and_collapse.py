"""Editing inside what is repeated, with the shapes of every repetition; composites as single cards."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnnstudio.core.document import walk
from cnnstudio.core.fileformat import read_document
from cnnstudio.core.infer import infer
from cnnstudio.ui.build.card_item import BlockItem
from cnnstudio.workspace.presets import load_preset
from tests.e2e.person import CTRL, LEFT, NONE, SHIFT, Person

Key = Qt.Key


def cards(person: Person) -> list[BlockItem]:
    return [item for item in person.build.canvas.network.items() if isinstance(item, BlockItem)]


def fact(person: Person, name: str) -> list[str]:
    """The lines of a box of the inspector."""
    from PySide6.QtGui import QTextDocument

    document = QTextDocument()
    document.setHtml(person.text_of(f"fact-{name}"))
    return document.toPlainText().splitlines()


def test_the_shapes_of_all_repetitions_are_to_be_seen_while_one_is_edited(person: Person) -> None:
    """The third stage of ResNet-152 has 36 repetitions, the first with a stride and a projection."""
    person.window.load_preset("resnet152")
    repeat = person.ids("Repeat")[2]
    residual = person.node(repeat).stacks[0][0]
    (body, shortcut), (first, later) = residual.stacks, ("28×28×512", "14×14×1024")
    person.click(repeat)
    assert fact(person, "output")[:2] == [f"first: {first} → {later}", f"35 ×: {later} → {later}"]
    person.click(body[0].id)
    assert fact(person, "repetitions") == [f"1: {first} → 28×28×256", f"2–36: {later} → 14×14×256"]
    person.click(body[3].id)
    assert fact(person, "repetitions") == ["1: 28×28×256 → 14×14×256", "2–36: 14×14×256 → 14×14×256"]
    assert person.card(body[3].id).card.words.badge == "first: stride 2"
    person.click(shortcut[0].id)
    assert fact(person, "repetitions") == [f"1: {first} → {later}", "2–36: left out"]
    assert person.card(shortcut[0].id).card.words.badge == "first only"


def test_an_edit_inside_changes_every_repetition_or_only_the_first(person: Person) -> None:
    person.window.load_preset("resnet50")
    before = person.store.inference.params
    conv = person.node(person.ids("Residual")[0]).stacks[0][0].id
    person.click(conv)
    person.push("firstSwitchFirst")
    spin = person.child("field-kernel_size")
    spin.setFocus()
    spin.selectAll()  # type: ignore[attr-defined]
    person.write("3")
    person.tab_to("field-padding")
    person.write("1")
    assert person.card(conv).card.words.badge == "first: kernel 3, padding 1"
    assert person.store.inference.params == before + 64 * 64 * 8
    person.push("sameAsOthersButton")
    assert person.store.inference.params == before


def test_the_number_of_repetitions_carries_through_shapes_and_totals(person: Person) -> None:
    person.window.load_preset("resnet50")
    repeat = person.ids("Repeat")[1]
    person.click(repeat)
    person.press(Key.Key_Return)
    person.tab_to("field-times")
    person.write("6")
    report = next(r for r in person.store.inference.body.reports if r.node.id == repeat)
    assert sum(part.times for part in report.rounds) == 6
    assert fact(person, "output")[1] == "5 ×: 28×28×512 → 28×28×512"
    assert "6" in person.card(repeat).card.words.headline


@pytest.mark.parametrize(("preset", "most"), [("resnet101", 12), ("resnet152", 12), ("googlenet", 30)])
def test_a_deep_network_reads_as_a_few_cards(person: Person, preset: str, most: int) -> None:
    person.window.load_preset(preset)
    total = infer(load_preset(preset)).params
    person.at_canvas()
    person.press(Key.Key_Up, CTRL | SHIFT)
    shown = cards(person)
    assert len(shown) <= most
    folded = [item.card.words for item in shown if item.card.words.folded]
    assert folded
    for words in folded:
        assert words.paths in ("skip", "branches", "side")
        assert words.shape
        assert any(text.endswith("params") for text in words.right)
    params = sum(r.params for r in person.store.inference.body.reports)
    assert params == total
    height = person.build.canvas.network.network.height  # type: ignore[union-attr]
    assert height < 110 * len(shown)


def test_one_click_collapses_and_a_double_click_opens(person: Person) -> None:
    person.window.load_preset("resnet101")
    repeat = person.ids("Repeat")[2]
    person.click(repeat, x=15, y=15)
    assert person.card(repeat).card.words.folded
    assert person.card(repeat).card.words.shape == "14×14×1024"
    QTest.mouseDClick(person.port, LEFT, NONE, person.point_of(repeat))
    assert person.build.canvas.network.item_of(person.ids("Residual")[2]) is not None


def test_a_problem_inside_is_seen_from_outside(person: Person) -> None:
    person.window.load_preset("resnet152")
    conv = person.node(person.ids("Residual")[3]).stacks[0][6].id
    person.click(conv)
    person.build.edit_actions.fold_all.trigger()
    person.store.select((conv,))
    spin = person.child("field-out_channels")
    spin.setValue(512)  # type: ignore[attr-defined]
    repeat = person.ids("Repeat")[3]
    words = person.card(repeat).card.words
    assert words.level == "fault"
    assert words.fault.startswith("inside: ")
    assert "512" in words.fault
    outside = [r for r in person.store.inference.body.reports if r.node.id != repeat]
    assert all(r.params or not r.faults for r in outside)


def test_what_was_collapsed_is_so_the_next_time(person: Person, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "mine.cnn.json"
    person.window.load_preset("resnet50")
    person.window.work.dialogs.file = path  # type: ignore[attr-defined]
    person.press(Key.Key_S, CTRL)
    assert read_document(path.read_text("utf-8")).name
    repeat = person.ids("Repeat")[1]
    person.click(repeat, x=15, y=15)
    person.window.load_preset("vgg16")
    person.window.open_document(path)
    assert [i.block_id for i in cards(person) if i.card.words.folded] == [person.ids("Repeat")[1]]
    assert len(list(walk(person.store.document.body))) > len(cards(person))
