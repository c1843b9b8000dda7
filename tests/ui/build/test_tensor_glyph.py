"""How large the little blocks beside the wires are."""

from PySide6.QtGui import QColor

from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.layout import ROOT_GAP
from cnnstudio.ui.build.tensor_glyph import MOST_WIDTH, glyph_of
from cnnstudio.workspace.presets import load_preset


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
        assert glyph.width + 0.85 * glyph.depth <= MOST_WIDTH
        assert 0 < glyph.height + 0.3 * glyph.depth <= ROOT_GAP
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
