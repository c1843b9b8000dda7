"""Cards as pictures: sharp on any screen, shared, never old."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.ui.build import BuildWorkspace, card_pictures
from cnnstudio.ui.build.card_item import CardItem
from cnnstudio.ui.build.card_pictures import Pictures
from cnnstudio.ui.theme import apply_theme
from tests.big_networks import residuals
from tests.ui.build.test_canvas import item_of


def painted(item: CardItem, pictures: Pictures | None, ratio: float, scale: float) -> QImage:
    """A card on a screen of this ratio, from its picture or stroke by stroke."""
    area = item.boundingRect()
    screen = QPixmap(round(area.width() * scale * ratio) + 8, round(area.height() * scale * ratio) + 8)
    screen.setDevicePixelRatio(ratio)
    screen.fill(Qt.GlobalColor.white)
    painter = QPainter(screen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(4 - area.left() * scale, 4 - area.top() * scale)
    painter.scale(scale, scale)
    if pictures is None:
        item.draw(painter)
    else:
        pictures.draw(painter, pictures.look(item.card), area, item.draw)
    painter.end()
    return screen.toImage().convertToFormat(QImage.Format.Format_Grayscale8)


def difference(first: QImage, second: QImage) -> float:
    """The mean over all pixels, 0 to 255."""
    assert first.size() == second.size()
    one, other = bytes(first.constBits()), bytes(second.constBits())
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7])
def test_a_picture_is_as_sharp_as_the_strokes(build: BuildWorkspace, ratio: float, scale: float) -> None:
    item = item_of(build, "b1")
    assert isinstance(item, CardItem)
    strokes = painted(item, None, ratio, scale)
    assert difference(painted(item, Pictures(), ratio, scale), strokes) < 2.5
    if ratio > 1:
        coarse = painted(item, None, 1.0, scale).scaled(strokes.size())
        assert difference(coarse, strokes) > 3.0, "what ignored the ratio would be seen"


def test_what_looks_alike_shares_a_picture(qtbot: QtBot, build: BuildWorkspace) -> None:
    build.store.load(residuals(20))
    build.canvas.set_zoom(40)
    qtbot.wait(50)
    pictures = build.canvas.network.pictures
    build.canvas.viewport().grab()
    items = [i for i in build.canvas.items(build.canvas.viewport().rect()) if isinstance(i, CardItem)]
    assert len(items) > 30
    assert len({key[0] for key in pictures._pictures}) < 15


def test_stretched_pictures_become_sharp_at_once(
    qtbot: QtBot, build: BuildWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = build.canvas.network.pictures
    build.canvas.viewport().grab()
    monkeypatch.setattr(card_pictures, "BUDGET_SECONDS", 0.0)
    build.canvas.set_zoom(80)
    build.canvas.viewport().repaint()
    assert pictures.missing
    qtbot.waitUntil(lambda: not pictures.missing)
    stepwise = build.canvas.viewport().grab().toImage()
    pictures.forget()
    assert build.canvas.viewport().grab().toImage() == stepwise


def test_no_picture_is_older_than_what_it_shows(qapp: QApplication, build: BuildWorkspace) -> None:
    def colour() -> str:
        image = build.canvas.viewport().grab().toImage()
        item = item_of(build, "b1")
        # Right of the title, above the numbers.
        point = build.canvas.mapFromScene(item.mapToScene(QPointF(item.card.width / 2, 5)))
        return image.pixelColor(point * image.devicePixelRatio()).name()

    light = colour()
    apply_theme(qapp, "dark")
    dark = colour()
    apply_theme(qapp, "light")
    assert (light, colour()) == ("#ffffff", "#ffffff")
    assert dark == "#1c222b"


def test_pictures_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> None:
    monkeypatch.setattr(card_pictures, "_MOST_BYTES", 40 * 40 * 4 * 10)
    monkeypatch.setattr(card_pictures, "_MOST_LOOKS", 30)
    pictures, screen = Pictures(), QPixmap(100, 100)
    painter = QPainter(screen)
    numbers = set()
    for number in range(100):
        look = pictures.look(f"card {number}")
        numbers.add(look)
        pictures.draw(painter, look, QRectF(0, 0, 40, 40), lambda p: None)
        painter.resetTransform()
    painter.end()
    assert len(numbers) == 100, "a number is never given twice"
    assert len(pictures._pictures) <= 10


_FINE_SCREEN = """
import sys
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from cnnstudio.ui.start import make_app
app = make_app()
from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.card_item import CardItem
from cnnstudio.workspace.presets import load_preset
build = BuildWorkspace(DocumentStore())
build.resize(1300, 800)
build.show()
build.store.load(load_preset("resnet50"))
QTest.qWait(300)
seen = build.canvas.viewport().grab().toImage()
for item in build.canvas.network.items():
    if isinstance(item, CardItem):
        item._pictures = None
build.canvas.viewport().update()
strokes = build.canvas.viewport().grab().toImage()
images = [i.convertToFormat(QImage.Format.Format_Grayscale8) for i in (seen, strokes)]
one, other = (bytes(image.constBits()) for image in images)
print(build.devicePixelRatioF(), seen.devicePixelRatio(), seen.width() / build.canvas.viewport().width())
print(sum(abs(a - b) for a, b in zip(one, other)) / len(one))
print(build.minimap.isVisible(), build.minimap._picture.width() / build.minimap.width())
icons = [b.icon() for b in build.findChildren(QToolButton) if not b.icon().isNull()]
print(len(icons), min(i.pixmap(16, 16).width() for i in icons))
build.close()
"""


def test_on_a_fine_screen_everything_is_sharp() -> None:
    environment = os.environ | {"QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", _FINE_SCREEN],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    ratios, blur, overview, icons = done.stdout.splitlines()
    assert ratios.split() == ["2.0", "2.0", "2.0"]
    assert float(blur) < 0.5
    assert overview.split() == ["True", "2.0"]
    count, pixels = icons.split()
    assert int(count) > 2
    assert int(pixels) >= 32
