"""The files that a diagram becomes, as other programs see them."""

import re
import zlib
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from cnnstudio.app.steps import at_once
from cnnstudio.core.document import Document, InputSize
from cnnstudio.core.infer import infer
from cnnstudio.ui.build import card_item, frame_item
from cnnstudio.ui.build.card_item import CardItem
from cnnstudio.ui.build.tensor_glyph import Glyph
from cnnstudio.ui.build.texts import Face, width
from cnnstudio.ui.diagram import paint
from cnnstudio.ui.diagram.formats import PNG_LONGEST, PNG_PIXELS, pdf_steps, png_steps, svg_steps
from cnnstudio.ui.diagram.sheet import Diagram, diagram_of, fitting_sheet, sheet_of
from cnnstudio.ui.theme import apply_theme
from cnnstudio.ui.theme_tokens import DARK
from cnnstudio.workspace.presets import load_preset

SVG = "{http://www.w3.org/2000/svg}"
PRESETS = ("resnet50", "googlenet", "cifar10-first-cnn")


def diagram(preset: str, folded: tuple[str, ...] = ()) -> Diagram:
    return diagram_of(infer(load_preset(preset)), folded)


def svg_bytes(made: Diagram) -> bytes:
    return at_once(svg_steps(made))


def png_bytes(made: Diagram) -> bytes:
    return at_once(png_steps(made))


def pdf_bytes(made: Diagram) -> bytes:
    return at_once(pdf_steps(made))


def texts(svg: bytes) -> list[str]:
    root = ET.fromstring(svg)
    return [(element.text or "").strip() for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("preset", PRESETS)
def test_svg_holds_the_names_as_text_and_no_picture(qapp: QApplication, preset: str) -> None:
    svg = svg_bytes(diagram(preset))
    document = load_preset(preset)
    found = texts(svg)
    assert {"Input", "Output", "Conv2d", document.name} <= set(found)
    assert "input {1}×{2}×{0}".format(*document.input.shape) in " ".join(found)
    root = ET.fromstring(svg)
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert not kinds & {"image", "clipPath"}, "vector only, and nothing that simple readers cannot show"
    assert root.get("viewBox") == "0 0 {width} {height}".format(**root.attrib)
    assert QSvgRenderer(QByteArray(svg)).isValid()
    assert all(float(e.get("textLength", 0)) > 0 for e in root.iter(f"{SVG}text"))


def test_svg_escapes_what_a_person_wrote(qapp: QApplication) -> None:
    document = Document(InputSize(8, 8, 1), 2, name="a <b> & “c” 합성곱")
    svg = svg_bytes(diagram_of(infer(document), ()))
    assert "".join(texts(svg)[:2]).startswith("a <b> & “c”")


@pytest.mark.parametrize("preset", PRESETS)
def test_pdf_is_one_page_of_text(qapp: QApplication, preset: str) -> None:
    pdf = pdf_bytes(diagram(preset))
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert b"/FontFile" in pdf, "text is text, in embedded fonts"
    assert not re.search(rb"/Subtype\s*/Image", pdf)
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    painted = b"".join(_unpacked(stream) for stream in streams)
    assert painted.count(b"Tj") > 20
    assert painted.count(b"begincmap") == painted.lower().count(b"00d7>"), "each font can be searched for ×"


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


@pytest.mark.parametrize("preset", PRESETS)
def test_png_is_twice_the_canvas(qapp: QApplication, preset: str) -> None:
    made = diagram(preset)
    sheet, image = sheet_of(made), QImage.fromData(png_bytes(made))
    assert (image.width(), image.height()) == (int(sheet.width * 2), int(sheet.height * 2))


def test_png_of_a_huge_network_stays_within_bounds(qapp: QApplication) -> None:
    small = diagram("cifar10-first-cnn")
    trunk = (small.trunk[0], *small.trunk[1:-1] * 80, small.trunk[-1])
    huge = Diagram(
        small.caption, trunk, small.shapes[:1] * (len(trunk) - 1), small.glyphs[:1] * (len(trunk) - 1)
    )
    assert sheet_of(huge).height > PNG_LONGEST
    image = QImage.fromData(png_bytes(huge))
    assert max(image.width(), image.height()) <= PNG_LONGEST
    assert 0.9 * PNG_PIXELS <= image.width() * image.height() <= PNG_PIXELS


def test_the_colours_are_light_whatever_the_window_shows(qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    light = svg_bytes(diagram("cifar10-first-cnn"))
    apply_theme(qapp, "dark")
    assert svg_bytes(diagram("cifar10-first-cnn")) == light
    assert DARK.surface.encode() not in light
    apply_theme(qapp, "light")


def test_svg_shows_what_the_png_shows(qapp: QApplication) -> None:
    """The stripe of a card is its left end, also where a reader of SVG cannot clip."""
    made = diagram("cifar10-first-cnn")
    sheet = sheet_of(made)
    image = QImage(int(sheet.width), int(sheet.height), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg_bytes(made))).render(painter)
    painter.end()
    conv = sheet.blocks[1]
    y = int(conv.y + conv.what.height - 5)
    assert image.pixelColor(int(conv.x + 2), y).name() == "#2f6fed"
    assert image.pixelColor(int(conv.x + 200), y).name() == "#ffffff"


def test_collapsed_composites_stay_collapsed(qapp: QApplication) -> None:
    document = load_preset("resnet50")
    repeats = tuple(node.id for node in document.body if node.stacks)
    folded = texts(svg_bytes(diagram("resnet50", repeats)))
    assert "Residual" not in folded
    assert folded.count("Repeat") == len(repeats) == 4


def test_a_fault_is_shown_but_no_fix_is_offered(qapp: QApplication) -> None:
    from cnnstudio.core.document import Place
    from cnnstudio.core.edits import insert, node
    from cnnstudio.core.registry import block_type

    broken = insert(
        Document(InputSize(32, 32, 3), 10), Place(None, 0, 0), [node(block_type("Linear")(out_features=10))]
    )
    found = " ".join(texts(svg_bytes(diagram_of(infer(broken), ()))))
    assert "needs a flat input" in found
    assert "Insert" not in found


@pytest.mark.parametrize("preset", ["resnet50", "googlenet", "resnet152"])
def test_a_sheet_overlaps_nowhere_and_wires_all(qapp: QApplication, preset: str) -> None:
    made = diagram(preset)
    for columns in range(1, 5):
        sheet = sheet_of(made, columns)
        assert len(sheet.blocks) == len(made.trunk)
        assert len(sheet.wires) == len(made.trunk) - 1
        for upper, lower in pairwise(sheet.blocks):
            below = lower.y >= upper.y + upper.what.height
            beside = lower.x >= upper.x + upper.what.width
            assert below or beside
        for block in sheet.blocks:
            assert min(block.x, block.y) >= 0
            assert block.x + block.what.width <= sheet.width
            assert block.y + block.what.height <= sheet.height
        for wire, upper, lower in zip(sheet.wires, sheet.blocks, sheet.blocks[1:]):
            assert wire.points[0][1] == upper.y + upper.what.height
            assert wire.points[-1][1] == lower.y


def test_columns_make_a_tall_network_larger_on_a_page(qapp: QApplication) -> None:
    made = diagram("resnet50")
    one = sheet_of(made, 1)
    sheet, scale = fitting_sheet(made, 733, 1062)
    assert scale > 1.4 * min(733 / one.width, 1062 / one.height)
    assert sheet.width * scale <= 733.01
    assert sheet.height * scale <= 1062.01


def test_nothing_is_painted_from_a_cached_picture(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[str] = []
    paint = CardItem.paint
    monkeypatch.setattr(
        CardItem, "paint", lambda item, *rest: (painted.append(item.block_id), paint(item, *rest))
    )
    made = diagram("cifar10-first-cnn")
    svg_bytes(made)
    assert len(painted) == len(made.trunk)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_size_can_be_seen_and_nothing_be_pressed(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, preset: str
) -> None:
    seen: list[Glyph] = []
    for module in (paint, card_item):
        monkeypatch.setattr(module, "paint_glyph", lambda painter, right, middle, glyph: seen.append(glyph))
    for module in (card_item, frame_item):
        monkeypatch.setattr(module, "paint_sign", lambda *rest: pytest.fail("a sign to press on paper"))
    made = diagram(preset)
    svg_bytes(made)
    assert len(seen) >= len(made.trunk) - 1
    document = load_preset(preset)
    folded = diagram(preset, tuple(node.id for node in document.body if node.stacks))
    svg_bytes(folded)


def test_the_size_stands_free_at_the_head_of_a_column(qapp: QApplication) -> None:
    sheet = sheet_of(diagram("resnet50"), 2)
    climbing = [wire for wire in sheet.wires if len(wire.points) > 2]
    assert len(climbing) == 1
    for wire in climbing:
        assert wire.glyph is not None
        text_end = wire.at[0] + width(wire.shape, Face.SHAPE)
        assert max(x for x, _ in wire.points) < wire.at[0] < text_end < wire.glyph_at[0] - wire.glyph.across
        assert wire.glyph_at[0] < sheet.width
