"""Light and dark, zoom, pan, the overview of tall networks, sizes that can be seen."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.theme import apply_theme, tokens
from cnnstudio.workspace.settings import load_settings
from tests.e2e.person import CTRL, LEFT, NONE, Person

Key = Qt.Key


def wheel(person: Person, turns: int, keys: Qt.KeyboardModifier = NONE) -> None:
    at = QPointF(person.port.rect().center())
    event = QWheelEvent(
        at,
        person.port.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(person.port, event)


def lightness(image: QImage) -> float:
    points = [(x, y) for x in range(5, image.width(), 40) for y in range(5, image.height(), 40)]
    return sum(image.pixelColor(x, y).lightness() for x, y in points) / len(points)


@pytest.mark.parametrize("preset", ["cifar10-first-cnn", "resnet152"])
def test_light_and_dark_can_be_set_and_are_kept(person: Person, preset: str) -> None:
    person.window.load_preset(preset)
    for mode, low, high in (("dark", 0, 90), ("light", 200, 255)):
        action = person.window.findChild(QAction, f"{mode}ThemeAction")
        assert action is not None
        action.trigger()
        QApplication.processEvents()
        assert low <= lightness(person.window.grab().toImage()) <= high
        assert tokens().dark == (mode == "dark")
        assert load_settings().theme == mode


def test_as_the_system_is_a_choice(person: Person) -> None:
    action = person.window.findChild(QAction, "systemThemeAction")
    assert action is not None
    action.trigger()
    assert load_settings().theme == "system"
    apply_theme(QApplication.instance(), "light")  # type: ignore[arg-type]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1100, 700)])
def test_nothing_is_cut_or_covered(person: Person, qtbot: QtBot, theme: str, size: tuple[int, int]) -> None:
    apply_theme(QApplication.instance(), theme)  # type: ignore[arg-type]
    person.window.load_preset("resnet50")
    person.window.resize(*size)
    person.click(person.node(person.ids("Residual")[1]).stacks[0][3].id)
    QTest.qWait(60)
    for kind in (QPushButton, QLabel):
        for widget in person.window.findChildren(kind):
            if widget.isVisible() and widget.text() and not _wrapped(widget):
                assert widget.width() >= min(widget.sizeHint().width(), widget.maximumWidth()) - 1, (
                    widget.text()
                )
    person.push("field-kernel_size-link")
    for spin in person.window.findChildren(QAbstractSpinBox):
        if spin.isVisible():
            assert _room(spin) >= spin.fontMetrics().horizontalAdvance(spin.text()), spin.objectName()
    pair = person.child("field-kernel_size-width", QAbstractSpinBox)
    assert _room(pair) >= pair.fontMetrics().horizontalAdvance("224")
    panes = [person.child(name) for name in ("palette", "canvas", "inspector")]
    edges = [(p.mapToGlobal(QPoint(0, 0)).x(), p.mapToGlobal(QPoint(p.width(), 0)).x()) for p in panes]
    assert all(left[1] <= right[0] for left, right in pairwise(edges))
    assert panes[1].width() > 400


def _room(spin: QWidget) -> int:
    """The pixels that a number may take; Qt's line of text keeps two free at each side."""
    line = spin.findChild(QLineEdit)
    return line.width() - line.textMargins().left() - line.textMargins().right() - 4


def _wrapped(widget: QWidget) -> bool:
    """Whether a label may be narrower than its text, since it wraps or says so with dots."""
    return isinstance(widget, QLabel) and (widget.wordWrap() or "…" in widget.text())


@pytest.mark.parametrize("preset", ["cifar10-first-cnn", "resnet152"])
def test_zoom_by_wheel_and_keys_fit_and_back(person: Person, preset: str) -> None:
    person.window.load_preset(preset)
    person.at_canvas()
    canvas = person.build.canvas
    assert canvas.zoom == 100
    middle = canvas.mapToScene(person.port.rect().center())
    wheel(person, 2, CTRL)
    assert canvas.zoom > 100
    now = canvas.mapToScene(person.port.rect().center())
    assert abs(now.y() - middle.y()) < 40
    person.push("zoomFitButton")
    seen = canvas.mapToScene(person.port.rect()).boundingRect()
    network = canvas.network.network
    assert network is not None
    if preset == "cifar10-first-cnn":
        assert seen.height() >= network.height
    person.push("zoomFullButton")
    assert canvas.zoom == 100
    assert person.text_of("statusZoom") == "100 %"


def test_from_far_a_card_has_the_colour_of_its_kind(person: Person) -> None:
    """Words cannot be read there; the whole of a tall network shows what it is made of nevertheless."""
    person.window.load_preset("googlenet")
    person.push("zoomFitButton")
    assert person.build.canvas.zoom < 30
    picture, scale = person.port.grab().toImage(), person.port.devicePixelRatio()
    seen = set()
    for kind in ("Conv2d", "LocalResponseNorm", "ReLU", "MaxPool2d"):
        card = person.card(person.ids(kind)[0])
        at = person.build.canvas.mapFromScene(card.sceneBoundingRect().center()) * scale
        colour = picture.pixelColor(at)
        assert colour.hslSaturation() > 60, kind
        seen.add(colour.name())
    assert len(seen) == 4


def test_the_ground_is_dragged_and_the_wheel_scrolls(person: Person) -> None:
    person.window.load_preset("resnet152")
    bar = person.build.canvas.verticalScrollBar()
    start = bar.value()
    wheel(person, -3)
    assert bar.value() > start
    at = QPoint(20, person.port.height() // 2)
    if person.sees("minimap"):
        at = QPoint(person.child("minimap").geometry().right() + 12, at.y())
    before = bar.value()
    QTest.mousePress(person.port, LEFT, NONE, at)
    person._at = at
    person.carry(at - QPoint(0, 150))
    QTest.mouseRelease(person.port, LEFT, NONE, at - QPoint(0, 150))
    assert bar.value() - before > 100


def test_a_tall_network_has_an_overview_that_leads_everywhere(person: Person, qtbot: QtBot) -> None:
    person.window.load_preset("cifar10-first-cnn")
    person.window.resize(1440, 900)
    QTest.qWait(50)
    assert not person.sees("minimap")
    person.window.load_preset("resnet152")
    qtbot.waitUntil(lambda: person.sees("minimap"), timeout=30_000)
    overview = person.child("minimap")
    QTest.mouseClick(overview, LEFT, NONE, QPoint(overview.width() // 2, overview.height() - 6))
    bar = person.build.canvas.verticalScrollBar()
    assert bar.value() > 0.8 * bar.maximum()


def test_sizes_can_be_seen(person: Person) -> None:
    """The picture beside each wire gets smaller as the map shrinks, and deeper as the channels grow."""
    from cnnstudio.ui.build.section_item import SectionItem

    person.window.load_preset("vgg16")
    sections = [i for i in person.build.canvas.network.items() if isinstance(i, SectionItem)]
    sections.sort(key=lambda section: section.pos().y())
    glyphs = [wire.glyph for section in sections for wire in section.wires]
    maps = [g for g in glyphs[:-4] if g is not None]
    assert len(maps) > 20
    heights, depths = [g.height for g in maps], [g.depth for g in maps]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > 1.5 * heights[-1]
    assert max(depths) > 2 * depths[0]
