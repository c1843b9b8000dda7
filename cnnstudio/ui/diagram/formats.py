"""A diagram as the bytes of a file, SVG, PNG or PDF, and on the page of a printer; all in small steps."""

import re
from functools import partial
from html import unescape
from math import ceil, sqrt
from typing import cast

from PySide6.QtCore import QBuffer, QIODevice, QLocale, QMarginsF, QRect, QSize
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from cnnstudio.app.steps import Elsewhere, Steps
from cnnstudio.ui.diagram.paint import painting
from cnnstudio.ui.diagram.sheet import Diagram, Sheet, fitting_sheet, largest_sheet, sheet_of
from cnnstudio.ui.theme_fonts import MONO_FAMILY, UI_FAMILY, mono_font, ui_font

_DOTS_PER_INCH = 1200
_PIXELS_PER_INCH = 96
"""One pixel of the canvas on paper, at full size."""
_PAGE_MARGIN_MM = 8.0
PNG_SCALE = 2.0
PNG_LONGEST = 16_384
PNG_PIXELS = 40_000_000
"""A larger picture is scaled down: many programs open no larger one."""
_STRIP = 200
_TEXT = re.compile(
    r'(?P<start><text [^>]*font-family="(?P<family>[^"]+)" font-size="(?P<size>[\d.]+)"'
    r' font-weight="(?P<weight>\d+)"[^>]*?)\s*>(?P<text>[^<]+)</text>'
)
_MILLIMETRES = re.compile(r'width="[\d.]+mm" height="[\d.]+mm"')
_EMPTY_GROUP = re.compile(r"<g [^>]*>\s*</g>\n*")
_FALLBACK = {
    UI_FAMILY: f"{UI_FAMILY}, Helvetica, Arial, sans-serif",
    MONO_FAMILY: f"{MONO_FAMILY}, Menlo, Consolas, monospace",
}


def svg_steps(diagram: Diagram) -> Steps[bytes]:
    """One column, with text as text; a reader without the fonts takes similar ones."""
    from PySide6.QtSvg import QSvgGenerator

    sheet = sheet_of(diagram)
    size = QSize(ceil(sheet.width), ceil(sheet.height))
    buffer = _open_buffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(_PIXELS_PER_INCH)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(sheet.caption.title)
    generator.setDescription(sheet.caption.facts)
    painter = QPainter(generator)
    try:
        painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor("white"))
        yield from painting(painter, sheet)
    finally:
        painter.end()
    yield 1.0
    svg = yield from tidied(bytes(buffer.data().data()).decode("utf-8"))
    # Qt writes millimetres, which come out a pixel too wide.
    return _MILLIMETRES.sub(f'width="{size.width()}" height="{size.height()}"', svg, count=1).encode("utf-8")


def png_steps(diagram: Diagram) -> Steps[bytes]:
    """One column at twice the size of the canvas; a huge network in more, as large as programs open."""
    sheet, scale = largest_sheet(diagram, _png_scale)
    size = QSize(int(sheet.width * scale), int(sheet.height * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    try:
        for top in range(0, size.height(), _STRIP):  # filling it all at once takes a while
            painter.fillRect(QRect(0, top, size.width(), _STRIP), QColor("white"))
            yield 0.0
        painter.scale(scale, scale)
        yield from painting(painter, sheet)
    finally:
        painter.end()
    image.setText("Title", sheet.caption.title)
    return cast(bytes, (yield Elsewhere(partial(_encoded, image))))


def _encoded(image: QImage) -> bytes:
    buffer = _open_buffer()
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, PySide a str
    return bytes(buffer.data().data())


def _png_scale(sheet: Sheet) -> float:
    longest, pixels = max(sheet.width, sheet.height), sheet.width * sheet.height
    return min(PNG_SCALE, PNG_LONGEST / longest, sqrt(PNG_PIXELS / pixels))


def pdf_steps(diagram: Diagram) -> Steps[bytes]:
    """One page, upright or lying as it fills it better."""
    buffer = _open_buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    writer.setTitle(diagram.caption.title)
    writer.setCreator("CNN Studio")
    set_page(writer, diagram)
    yield 0.0
    yield from page_steps(writer, diagram)
    return bytes(buffer.data().data())


def set_page(device: QPagedPaintDevice, diagram: Diagram) -> None:
    """The paper of the country, turned so that the diagram becomes as large as it can."""
    letter = QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
    size = QPageSize(QPageSize.PageSizeId.Letter if letter else QPageSize.PageSizeId.A4)
    margins = QMarginsF(*[_PAGE_MARGIN_MM] * 4)
    pages = [
        QPageLayout(size, orientation, margins, QPageLayout.Unit.Millimeter)
        for orientation in (QPageLayout.Orientation.Portrait, QPageLayout.Orientation.Landscape)
    ]
    device.setPageLayout(max(pages, key=lambda page: _scale_on(page, diagram)))


def _scale_on(page: QPageLayout, diagram: Diagram) -> float:
    room = page.paintRectPixels(_PIXELS_PER_INCH)
    return round(fitting_sheet(diagram, room.width(), room.height())[1], 3)


def page_steps(device: QPagedPaintDevice, diagram: Diagram) -> Steps[bool]:
    """Fits the whole network on the device's page; False where the device does not take it."""
    dots = device.logicalDpiX()
    unit = dots / _PIXELS_PER_INCH
    room = device.pageLayout().paintRectPixels(dots)
    sheet, scale = fitting_sheet(diagram, room.width() / unit, room.height() / unit)
    painter = QPainter()
    if not painter.begin(device):
        return False
    try:
        painter.translate((room.width() - sheet.width * unit * scale) / 2, 0)
        painter.scale(unit * scale, unit * scale)
        yield from painting(painter, sheet)
    finally:
        ended = painter.end()
    return ended


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def tidied(svg: str) -> Steps[str]:
    """Without Qt's empty groups; with other fonts named, and each text's length, for where ours are not."""
    parts: list[str] = []
    end = 0
    for found in _TEXT.finditer(svg):
        parts += (_EMPTY_GROUP.sub("", svg[end : found.start()]), _with_length(found))
        end = found.end()
        yield 1.0
    return "".join((*parts, _EMPTY_GROUP.sub("", svg[end:])))


def _with_length(found: re.Match[str]) -> str:
    family, size, weight, text = found["family"], float(found["size"]), int(found["weight"]), found["text"]
    make = mono_font if family == MONO_FAMILY else ui_font
    length = QFontMetricsF(make(size, QFont.Weight(weight))).horizontalAdvance(unescape(text))
    start = found["start"].replace(f'"{family}"', f'"{_FALLBACK.get(family, family)}"')
    return f'{start} textLength="{length:.4g}" lengthAdjust="spacingAndGlyphs">{text}</text>'
