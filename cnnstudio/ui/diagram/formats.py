"""A diagram as the bytes of a file, SVG, PNG or PDF, and on the page of a printer."""

import re
from html import unescape
from math import ceil, sqrt

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

from cnnstudio.ui.diagram.paint import paint_sheet
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


def svg_bytes(diagram: Diagram) -> bytes:
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
    painter.fillRect(QRect(0, 0, size.width(), size.height()), QColor("white"))
    paint_sheet(painter, sheet)
    painter.end()
    svg = _tidy(bytes(buffer.data().data()).decode("utf-8"))
    # Qt writes millimetres, which come out a pixel too wide.
    return _MILLIMETRES.sub(f'width="{size.width()}" height="{size.height()}"', svg, count=1).encode("utf-8")


def png_bytes(diagram: Diagram) -> bytes:
    """One column at twice the size of the canvas; a huge network in more, as large as programs open."""
    sheet, scale = largest_sheet(diagram, _png_scale)
    image = QImage(int(sheet.width * scale), int(sheet.height * scale), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.scale(scale, scale)
    paint_sheet(painter, sheet)
    painter.end()
    image.setText("Title", sheet.caption.title)
    buffer = _open_buffer()
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, PySide a str
    return bytes(buffer.data().data())


def _png_scale(sheet: Sheet) -> float:
    longest, pixels = max(sheet.width, sheet.height), sheet.width * sheet.height
    return min(PNG_SCALE, PNG_LONGEST / longest, sqrt(PNG_PIXELS / pixels))


def pdf_bytes(diagram: Diagram) -> bytes:
    """One page, upright or lying as it fills it better."""
    buffer = _open_buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    writer.setTitle(diagram.caption.title)
    writer.setCreator("CNN Studio")
    set_page(writer, diagram)
    paint_page(writer, diagram)
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


def paint_page(device: QPagedPaintDevice, diagram: Diagram) -> bool:
    """Fits the whole network on the device's page; False where the device does not take it."""
    dots = device.logicalDpiX()
    unit = dots / _PIXELS_PER_INCH
    room = device.pageLayout().paintRectPixels(dots)
    sheet, scale = fitting_sheet(diagram, room.width() / unit, room.height() / unit)
    painter = QPainter()
    if not painter.begin(device):
        return False
    painter.translate((room.width() - sheet.width * unit * scale) / 2, 0)
    painter.scale(unit * scale, unit * scale)
    paint_sheet(painter, sheet)
    return painter.end()


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _tidy(svg: str) -> str:
    """Without Qt's empty groups; with other fonts named, and each text's length, for where ours are not."""
    svg = _TEXT.sub(_with_length, _EMPTY_GROUP.sub("", svg))
    for family, families in _FALLBACK.items():
        svg = svg.replace(f'font-family="{family}"', f'font-family="{families}"')
    return svg


def _with_length(found: re.Match[str]) -> str:
    family, size, weight, text = found["family"], float(found["size"]), int(found["weight"]), found["text"]
    make = mono_font if family == MONO_FAMILY else ui_font
    length = QFontMetricsF(make(size, QFont.Weight(weight))).horizontalAdvance(unescape(text))
    return f'{found["start"]} textLength="{length:.4g}" lengthAdjust="spacingAndGlyphs">{text}</text>'
