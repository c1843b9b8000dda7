"""The overview at the side of a tall network."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from cnnstudio.core.document import Document, Place, walk
from cnnstudio.core.edits import change, insert, move, remove, set_disabled
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.minimap import _INSET
from cnnstudio.ui.theme import mix, tokens
from cnnstudio.workspace.presets import load_preset
from tests.big_networks import residuals, unrolled
from tests.ui.build.conftest import make
from tests.ui.build.test_canvas import item_of


def test_a_tall_network_has_one_and_a_short_one_has_none(build: BuildWorkspace) -> None:
    build.store.load(load_preset("resnet50"))
    assert build.minimap.isVisible()
    build.edit_actions.fold_all.trigger()
    assert not build.minimap.isVisible()
    build.edit_actions.unfold_all.trigger()
    assert build.minimap.isVisible()
    build.zoom_to_fit()
    assert not build.minimap.isVisible()


def test_a_click_shows_the_place(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.load(load_preset("resnet50"))
    bar, strip = build.canvas.verticalScrollBar(), build.minimap
    bar.setValue(bar.minimum())
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(20, strip.height() // 2))
    share = (bar.value() - bar.minimum()) / (bar.maximum() - bar.minimum())
    assert 0.4 < share < 0.6
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(20, strip.height() - 2))
    assert bar.value() == bar.maximum()


def shown(build: BuildWorkspace) -> list[str]:
    """The colour in the middle of each block of the trunk, as the overview has it."""
    strip, scene = build.minimap, build.canvas.sceneRect()
    image = strip.grab().toImage()
    colours = []
    for node in build.store.document.body:
        item = item_of(build, node.id)
        area = item.mapRectToScene(item.rect())
        share = (area.center().y() - scene.top()) / scene.height()
        y = _INSET + share * (strip.height() - 2 * _INSET)
        x = _INSET + (area.left() + 4 - scene.left()) / scene.width() * (strip.width() - 2 * _INSET)
        colours.append(image.pixelColor(QPoint(round(x + 1), round(y)) * image.devicePixelRatio()).name())
    return colours


def wanted(build: BuildWorkspace) -> list[str]:
    """What each block of the trunk is drawn in."""
    found = []
    for node in build.store.document.body:
        words = item_of(build, node.id).card.words
        colour = tokens().danger if words.level == "fault" else words.colour
        found.append(mix(colour, tokens().surface, 0.2) if node.disabled else colour)
    return found


def seen_everywhere(build: BuildWorkspace) -> bool:
    # Below the frame that shows where one is, colours are others.
    build.canvas.verticalScrollBar().setValue(build.canvas.verticalScrollBar().maximum())
    upper = len(build.store.document.body) // 2
    return shown(build)[:upper] == wanted(build)[:upper]


def test_it_follows_every_edit(qtbot: QtBot, build: BuildWorkspace) -> None:
    store = build.store
    store.load(load_preset("vgg16"))
    qtbot.waitUntil(lambda: seen_everywhere(build))
    first, second = (node.id for node in store.document.body[:2])
    edits: tuple[Callable[[Document], Document], ...] = (
        lambda document: insert(document, Place(None, 0, 1), [make("MaxPool2d"), make("BatchNorm2d")]),
        lambda document: move(document, [second], Place(None, 0, 0)),
        lambda document: set_disabled(document, [first], True),
        lambda document: remove(document, [first]),
    )
    for edit in edits:
        before = wanted(build)
        store.apply("Edit", edit(store.document))
        assert wanted(build) != before
        qtbot.waitUntil(lambda: seen_everywhere(build))
    for _ in edits:
        store.undo()
        qtbot.waitUntil(lambda: seen_everywhere(build))


def test_a_fault_is_red_in_it(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.load(load_preset("vgg16"))
    first = build.store.document.body[0].id
    build.store.apply("Groups", change(build.store.document, first, groups=2))
    assert wanted(build)[0] == tokens().danger
    qtbot.waitUntil(lambda: seen_everywhere(build))


def test_thousands_of_blocks_are_drawn_with_a_few_strokes(build: BuildWorkspace) -> None:
    build.store.load(residuals(333))
    areas = build.minimap._areas()
    assert sum(map(len, areas.values())) > 333
    assert len(areas) < 12
    build.store.load(unrolled("resnet50"))
    assert sum(map(len, build.minimap._areas().values())) == sum(
        1 for _ in walk(build.store.document.body)
    ), "every block is in it"


def test_many_edits_are_drawn_once(
    qtbot: QtBot, build: BuildWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.store.load(load_preset("resnet50"))
    qtbot.wait(250)
    drawn: list[int] = []
    draw = build.minimap._drawn
    monkeypatch.setattr(build.minimap, "_drawn", lambda *size: (drawn.append(1), draw(*size))[1])
    first = build.store.document.body[0].id
    for filters in range(20, 40):
        build.store.apply("Filters", change(build.store.document, first, out_channels=filters))
        build.minimap.repaint()
    assert not drawn, "no edit waits for the overview"
    qtbot.waitUntil(lambda: bool(drawn))
    assert len(drawn) == 1
