"""Paints a sheet with the strokes of the canvas, but never from the pictures that the canvas keeps."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from cnnstudio.ui.build.card import Card
from cnnstudio.ui.build.card_item import DIMMED, CardItem
from cnnstudio.ui.build.card_text import put
from cnnstudio.ui.build.frame_item import FrameItem
from cnnstudio.ui.build.layout import Box
from cnnstudio.ui.build.tensor_glyph import paint_glyph
from cnnstudio.ui.build.texts import Face, elided
from cnnstudio.ui.diagram.sheet import MARGIN, Sheet, Wire
from cnnstudio.ui.theme import light_colours, tokens, ui_font


def paint_sheet(painter: QPainter, sheet: Sheet) -> None:
    """Draws a sheet with its corner at the painter's origin; in light colours, whatever the window shows."""
    with light_colours():
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_caption(painter, sheet)
        for wire in sheet.wires:
            _paint_wire(painter, wire)
        for block in sheet.blocks:
            _paint_block(painter, block.x, block.y, block.what, block.block_id)


def _paint_caption(painter: QPainter, sheet: Sheet) -> None:
    t, room = tokens(), sheet.width - 2 * MARGIN
    painter.setFont(ui_font(17, QFont.Weight.DemiBold))
    painter.setPen(QColor(t.text))
    # Measured at the size of a card's title, which is 1.3 times smaller.
    painter.drawText(QPointF(MARGIN, MARGIN + 14), elided(sheet.caption.title, Face.TITLE, room / 1.3))
    put(painter, MARGIN, MARGIN + 33, elided(sheet.caption.facts, Face.SMALL, room), (Face.SMALL, t.muted))


def _paint_wire(painter: QPainter, wire: Wire) -> None:
    colour = tokens().muted
    painter.setPen(QPen(QColor(colour), 1.0))
    painter.drawPolyline([QPointF(x, y) for x, y in wire.points])
    put(painter, *wire.at, wire.shape, (Face.SHAPE, colour))
    if wire.glyph is not None:
        paint_glyph(painter, *wire.glyph_at, wire.glyph)


def _paint_block(painter: QPainter, x: float, y: float, what: Box | Card, block_id: str = "") -> None:
    painter.save()
    painter.translate(x, y)
    option = QStyleOptionGraphicsItem()
    card = what if isinstance(what, Card) else what.card
    if card.words.bypassed:
        painter.setOpacity(painter.opacity() * DIMMED)
    if isinstance(what, Card):
        CardItem(block_id, what).paint(painter, option)
    elif not what.framed:
        CardItem(what.node.id, what.card).paint(painter, option)
    else:
        frame = FrameItem(what.node.id, what.card)
        frame.set_box(what)
        frame.paint(painter, option)
        for column in what.columns:
            for child in column.children:
                _paint_block(painter, child.x, child.y, child.box)
    painter.restore()
