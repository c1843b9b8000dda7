"""The overview at the side of a tall network."""

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.workspace.presets import load_preset


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


def test_it_follows_an_edit(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.load(load_preset("resnet50"))
    before = build.minimap.grab().toImage()
    build.store.select([node.id for node in build.store.document.body[:4]])
    build.edit_actions.delete.trigger()
    qtbot.waitUntil(lambda: build.minimap.grab().toImage() != before)
