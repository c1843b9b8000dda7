"""Collapsed composites: what their cards say, and that they are collapsed again next time."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Place
from cnnstudio.core.edits import change, insert, set_disabled
from cnnstudio.core.fileformat import read_document, write_document
from cnnstudio.ui.build import BuildWorkspace, card_item, card_text
from cnnstudio.ui.build.card_item import BlockItem
from cnnstudio.workspace.folded import LIMIT, recall_folded, remember_folded
from cnnstudio.workspace.paths import config_dir
from cnnstudio.workspace.presets import load_preset
from tests.ui.build.conftest import make, small_residual
from tests.ui.build.test_canvas import item_of, point_of


def test_resnet101_collapsed_reads_as_ten_cards(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.load(load_preset("resnet101"))
    build.canvas.setFocus()
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(build.canvas, Qt.Key.Key_Up, control_shift)
    cards = [item for item in build.canvas.network.items() if isinstance(item, BlockItem)]
    assert len(cards) == 10 + 2
    repeats = [c.card.words for c in cards if c.card.words.folded]
    assert {words.paths for words in repeats} == {"skip"}
    assert "× 23" in {words.headline for words in repeats}
    assert all(words.right[0].endswith("params") and words.shape for words in repeats)
    qtbot.keyClick(build.canvas, Qt.Key.Key_Down, control_shift)
    assert build.canvas.network.folded == frozenset()


def test_collapsing_takes_the_selection_along(build: BuildWorkspace) -> None:
    build.store.select(("b1", "b6"))
    build.edit_actions.fold_all.trigger()
    assert build.store.selection == ("b1", "b3")


def test_a_problem_inside_is_told_outside(build: BuildWorkspace) -> None:
    build.store.apply("Filters", change(build.store.document, "b5", groups=5))
    build.edit_actions.fold_all.trigger()
    words = item_of(build, "b3").card.words
    assert words.level == "fault"
    assert words.fault.startswith("inside: Conv2d ")
    build.store.apply("Bypass", set_disabled(build.store.document, ["b3"], True))
    assert item_of(build, "b3").card.words.level == "fine"


def test_the_sentence_stands_beside_the_picture_of_the_paths(
    build: BuildWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.store.apply("Filters", change(build.store.document, "b5", groups=5))
    build.edit_actions.fold_all.trigger()
    boxes: list[QRectF] = []
    lines: list[tuple[float, float, str]] = []
    monkeypatch.setattr(card_item, "paint_paths", lambda painter, box, kind: boxes.append(box))

    def put(painter: object, x: float, y: float, text: str, ink: object) -> float:
        lines.append((x, y, text))
        return x

    monkeypatch.setattr(card_text, "put", put)
    picture = QPixmap(10, 10)
    painter = QPainter(picture)
    item_of(build, "b3").draw(painter)
    painter.end()
    (box,) = boxes
    assert any(text.startswith("inside: ") for _, _, text in lines)
    assert all(x > box.right() for x, y, _ in lines if box.top() < y < box.bottom() + 12)


def test_a_click_outside_leads_to_the_problem_or_mends_it(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.apply("Filters", change(build.store.document, "b5", groups=5))
    build.canvas.network.fold(["b3", "b4"], True)
    broken = build.store.document
    links = {link.text: link for link in item_of(build, "b3").card.links}
    assert list(links)[-1] == "Show it"
    _click_link(qtbot, build, "b3", "Show it")
    assert build.canvas.network.folded == frozenset()
    assert build.store.selection == ("b5",)
    seen = build.canvas.mapToScene(build.canvas.viewport().rect()).boundingRect()
    inner = item_of(build, "b5")
    assert seen.contains(inner.mapRectToScene(inner.rect()))
    build.canvas.network.fold(["b3"], True)
    fix = next(iter(links))
    assert fix != "Show it"
    _click_link(qtbot, build, "b3", fix)
    assert build.store.document is not broken
    assert all(problem.node != "b5" for problem in build.store.inference.problems)
    assert item_of(build, "b3").card.words.level == "fine"
    assert build.canvas.network.folded == {"b3"}, "nothing had to be unfolded"


def test_pointing_at_a_collapsed_card_tells_the_whole_problem(build: BuildWorkspace) -> None:
    build.store.apply("Filters", change(build.store.document, "b5", groups=5))
    beside = make("Conv2d", out_channels=16, kernel_size=1, groups=7)
    build.store.apply("Insert", insert(build.store.document, Place("b4", 1, 0), [beside]))
    build.edit_actions.fold_all.trigger()
    _point_at(build, "b3")
    words = item_of(build, "b3").card.words
    assert words.fault.endswith(", and 1 more")
    assert words.fault in QToolTip.text()
    QToolTip.hideText()


def test_a_warning_inside_is_told_as_a_warning(build: BuildWorkspace) -> None:
    head = make("AuxClassifier", ((make("Flatten"), make("Linear", out_features=10), make("Softmax")),))
    document = insert(small_residual(), Place(None, 0, 2), [head])
    build.store.load(insert(document, Place(None, 0, 4), [make("Flatten")]))
    (problem,) = build.store.inference.problems
    assert problem.warning
    top = build.store.document.body[2].id
    build.canvas.network.fold([top], True)
    words = item_of(build, top).card.words
    assert words.level == "warning"
    assert words.fault.startswith("inside: Softmax")
    assert (words.culprit, words.lead) == (problem.node, "Show it")


def test_a_key_goes_from_problem_to_problem(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.apply("Filters", change(build.store.document, "b5", groups=5))
    beside = make("Conv2d", out_channels=16, kernel_size=1, groups=7)
    build.store.apply("Insert", insert(build.store.document, Place("b4", 1, 0), [beside]))
    build.edit_actions.fold_all.trigger()
    build.canvas.setFocus()
    wrong = [problem.node for problem in build.store.inference.problems]
    assert len(wrong) > 1
    visited = []
    for _ in range(len(wrong) + 1):
        qtbot.keyClick(build.canvas, Qt.Key.Key_F8)
        visited += build.store.selection
    assert visited[0] == visited[-1] == "b5"
    assert set(visited) == set(wrong)
    assert build.canvas.network.item_of("b5") is not None


def _click_link(qtbot: QtBot, build: BuildWorkspace, block_id: str, text: str) -> None:
    (link,) = (link for link in item_of(build, block_id).card.links if link.text == text)
    x, y, wide, high = link.rect
    point = point_of(build, block_id, x + wide / 2, y + high / 2)
    qtbot.mouseClick(build.canvas.viewport(), Qt.MouseButton.LeftButton, pos=point)


def _point_at(build: BuildWorkspace, block_id: str) -> None:
    point, port = point_of(build, block_id), build.canvas.viewport()
    QApplication.sendEvent(port, QHelpEvent(QEvent.Type.ToolTip, point, port.mapToGlobal(point)))


def test_a_small_card_says_its_paths_and_its_cost(build: BuildWorkspace) -> None:
    side = make("Parallel", ((make("Conv2d", out_channels=4, kernel_size=1),), ()))
    build.store.apply("Insert", insert(build.store.document, Place("b4", 0, 5), [side]))
    build.canvas.network.fold(["b11"], True)
    words = item_of(build, "b11").card.words
    assert (words.paths, words.brief) == ("branches", "68 params")


def test_what_is_collapsed_is_so_again(build: BuildWorkspace, store: DocumentStore, tmp_path: Path) -> None:
    path = tmp_path / "net.cnn.json"
    path.write_text(write_document(small_residual()), encoding="utf-8")
    store.load(read_document(path.read_text("utf-8"), path.name), path)
    build.canvas.network.fold(["b4"], True)
    store.load(load_preset("resnet18"))
    assert build.canvas.network.folded == frozenset()
    store.load(read_document(path.read_text("utf-8"), path.name), path)
    assert build.canvas.network.folded == {"b4"}
    assert build.canvas.network.item_of("b5") is None
    build.canvas.network.fold(["b4"], False)
    assert str(path) not in json.loads((config_dir() / "folded.json").read_text("utf-8"))["networks"]


def test_places_follow_the_edits_that_are_saved(
    build: BuildWorkspace, store: DocumentStore, tmp_path: Path
) -> None:
    path = tmp_path / "net.cnn.json"
    store.load(small_residual(), path)
    build.canvas.network.fold(["b3"], True)
    assert recall_folded(str(path)) == {"body[2]"}
    store.apply("Insert", insert(store.document, Place(None, 0, 0), [make("ReLU")]))
    build.canvas.network.fold(["b4"], True)
    assert recall_folded(str(path)) == {"body[2]"}
    store.mark_saved(path)
    assert recall_folded(str(path)) == {"body[3]", "body[3].body[0]"}


def test_a_preset_is_remembered_by_name_and_a_new_network_not_at_all(build: BuildWorkspace) -> None:
    build.store.load(load_preset("resnet18"))
    build.edit_actions.fold_all.trigger()
    first = build.canvas.network.folded
    build.store.load(small_residual().changed(name="Untitled network"))
    build.canvas.network.fold(["b3"], True)
    build.store.load(small_residual().changed(name="Untitled network"))
    assert build.canvas.network.folded == frozenset()
    build.store.load(load_preset("resnet18"))
    assert build.canvas.network.folded == first


def test_the_memory_stays_small_and_survives_a_damaged_file() -> None:
    for number in range(LIMIT + 5):
        remember_folded(f"net {number}", ["body[0]"])
    assert recall_folded("net 0") == frozenset()
    assert recall_folded(f"net {LIMIT + 4}") == {"body[0]"}
    (config_dir() / "folded.json").write_text('{"networks": {"a": 5, "b": [1, "body[1]"]}}', encoding="utf-8")
    assert recall_folded("a") == frozenset()
    assert recall_folded("b") == {"body[1]"}
