"""How large the little blocks beside the wires are."""

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import InputSize, Place, walk
from cnnstudio.core.edits import insert, set_input
from cnnstudio.ui.build import BuildWorkspace, card_item, card_text
from cnnstudio.ui.build.card import COMPACT_HEIGHT
from cnnstudio.ui.build.card_item import CardItem
from cnnstudio.ui.build.layout import ROOT_GAP
from cnnstudio.ui.build.tensor_glyph import MOST_WIDTH, Glyph, glyph_of
from cnnstudio.ui.build.texts import Face, width
from cnnstudio.ui.theme import Mode, apply_theme
from cnnstudio.workspace.presets import load_preset
from tests.ui.build.conftest import make
from tests.ui.build.test_canvas import item_of


def test_maps_shrink_and_channels_grow() -> None:
    glyphs = [glyph_of((c, s, s), 224) for c, s in ((3, 224), (64, 112), (256, 56), (512, 28), (2048, 7))]
    sizes = [(g.height, g.depth) for g in glyphs if g is not None]
    assert len(sizes) == 5
    assert sizes == sorted(sizes, key=lambda size: (-size[0], size[1]))
    assert len({height for height, _ in sizes}) == 5


def test_any_shape_fits_its_place() -> None:
    for shape in ((65_536, 224, 224), (1, 1, 1), (3, 4096, 1), (1_000_000,)):
        glyph = glyph_of(shape, 224)
        assert glyph is not None
        assert glyph.across <= MOST_WIDTH
        assert 0 < glyph.tall <= ROOT_GAP
    assert glyph_of(None, 224) is None


def test_they_are_to_be_seen_beside_the_wires(build: BuildWorkspace, store: DocumentStore) -> None:
    store.load(load_preset("cifar10-first-cnn"))
    store.select(())
    item = build.canvas.network.item_of(store.document.body[0].id)
    assert item is not None
    corner = build.canvas.mapFromScene(item.sceneBoundingRect().center())
    top = build.canvas.mapFromScene(item.mapToScene(0, 0)).y()
    image = build.canvas.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    seen = [
        QColor(image.pixel(round((corner.x() - x) * ratio), round((top - y) * ratio)))
        for x in range(10, 40)
        for y in range(4, 22)
    ]
    assert any(colour.blue() > colour.red() + 30 for colour in seen)


def test_cards_inside_composites_show_what_leaves_them(build: BuildWorkspace, store: DocumentStore) -> None:
    store.load(load_preset("resnet50"))
    convs = [i.card for i in _cards(build) if i.card.size == "compact" and i.card.words.title == "Conv2d"]
    sizes = [(c.words.glyph.height, c.words.glyph.depth) for c in convs if c.words.glyph is not None]
    assert len(sizes) == len(convs) > 12
    main = [size for card, size in zip(convs, sizes, strict=True) if "1×1" in card.words.headline]
    assert main[0][0] > main[-1][0]
    assert main[0][1] < main[-1][1]


@pytest.mark.parametrize("preset", ["resnet50", "googlenet", "cifar10-resnet"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_a_small_card_overlaps(
    qapp: QApplication, build: BuildWorkspace, monkeypatch: pytest.MonkeyPatch, preset: str, theme: Mode
) -> None:
    apply_theme(qapp, theme)
    drawn: list[tuple[float, float, str]] = []

    def put(painter: object, x: float, y: float, text: str, ink: tuple[Face, str]) -> float:
        end = x + width(text, ink[0])
        drawn.append((x, end, text))
        return end

    def glyph(painter: object, right: float, middle: float, what: Glyph) -> None:
        assert what.tall <= COMPACT_HEIGHT - 4
        drawn.append((right - what.across, right, "glyph"))

    monkeypatch.setattr(card_item, "put", put)
    monkeypatch.setattr(card_text, "put", put)
    monkeypatch.setattr(card_item, "paint_glyph", glyph)
    build.store.load(load_preset(preset))
    picture = QPixmap(10, 10)
    painter = QPainter(picture)
    shown = 0
    for item in _cards(build):
        if item.card.size != "compact":
            continue
        drawn.clear()
        item.draw(painter)
        spans = sorted(span for span in drawn if span[2])
        assert spans[0][0] >= 0
        assert spans[-1][1] <= item.card.width
        for left, right in pairwise(spans):
            assert left[1] <= right[0], (item.card.words, spans)
        shown += any(text == "glyph" for _, _, text in spans)
    painter.end()
    assert shown > 0.8 * sum(item.card.size == "compact" for item in _cards(build))
    apply_theme(qapp, "light")


def test_another_input_resizes_them(build: BuildWorkspace, store: DocumentStore) -> None:
    pool = make("AdaptiveAvgPool2d", output_size=4)
    store.apply("Insert", insert(store.document, Place("b4", 0, 0), [pool]))
    before = item_of(build, "b11").card.words.glyph
    store.apply("Input", set_input(store.document, InputSize(256, 256, 3)))
    after = item_of(build, "b11").card.words.glyph
    assert before is not None
    assert after is not None
    assert after.height < before.height


def _cards(build: BuildWorkspace) -> list[CardItem]:
    found = (build.canvas.network.item_of(node.id) for node in walk(build.store.document.body))
    return [item for item in found if isinstance(item, CardItem)]
