"""Paints a sheet with the strokes of the canvas, but never from the pictures that the canvas keeps."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from cnnstudio.app.steps import Steps
from cnnstudio.ui.build.card import Card
from cnnstudio.ui.build.card_item import DIMMED, CardItem
from cnnstudio.ui.build.card_text import put
from cnnstudio.ui.build.frame_item import FrameItem
from cnnstudio.ui.build.layout import Box
from cnnstudio.ui.build.tensor_glyph import paint_glyph
from cnnstudio.ui.build.texts import Face, elided
from cnnstudio.ui.diagram.sheet import MARGIN, Block, Sheet, Wire
from cnnstudio.ui.theme import light_colours, tokens, ui_font

_Stroke = Callable[[QPainter], None]


def painting(painter: QPainter, sheet: Sheet) -> Steps[None]:
    """Draws a sheet with its corner at the painter's origin; in light colours, whatever the window shows.

    Each step draws a block or a wire, and leaves the painter as it was.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    strokes = list(_strokes(sheet))
    for number, stroke in enumerate(strokes):
        painter.save()
        # Only now: between two steps the window paints itself.
        with light_colours():
            stroke(painter)
        painter.restore()
        yield number / len(strokes)


def _strokes(sheet: Sheet) -> Iterator[_Stroke]:
    yield partial(_paint_caption, sheet)
    for wire in sheet.wires:
        yield partial(_paint_wire, wire)
    for block in sheet.blocks:
        yield from _block_strokes(block, 1.0)


def _paint_caption(sheet: Sheet, painter: QPainter) -> None:
    t, room = tokens(), sheet.width - 2 * MARGIN
    painter.setFont(ui_font(17, QFont.Weight.DemiBold))
    painter.setPen(QColor(t.text))
    # Measured at the size of a card's title, which is 1.3 times smaller.
    painter.drawText(QPointF(MARGIN, MARGIN + 14), elided(sheet.caption.title, Face.TITLE, room / 1.3))
    put(painter, MARGIN, MARGIN + 33, elided(sheet.caption.facts, Face.SMALL, room), (Face.SMALL, t.muted))


def _paint_wire(wire: Wire, painter: QPainter) -> None:
    colour = tokens().muted
    painter.setPen(QPen(QColor(colour), 1.0))
    painter.drawPolyline([QPointF(x, y) for x, y in wire.points])
    put(painter, *wire.at, wire.shape, (Face.SHAPE, colour))
    if wire.glyph is not None:
        paint_glyph(painter, *wire.glyph_at, wire.glyph)


def _block_strokes(block: Block, opacity: float) -> Iterator[_Stroke]:
    """A block, then all inside it."""
    what = block.what
    card = what if isinstance(what, Card) else what.card
    if card.words.bypassed:
        opacity *= DIMMED
    yield partial(_paint_block, block, opacity)
    if isinstance(what, Box):
        for column in what.columns:
            for child in column.children:
                inner = Block(block.x + child.x, block.y + child.y, child.box.node.id, child.box)
                yield from _block_strokes(inner, opacity)


def _paint_block(block: Block, opacity: float, painter: QPainter) -> None:
    """The block alone, without what is inside."""
    painter.translate(block.x, block.y)
    painter.setOpacity(opacity)
    what, option = block.what, QStyleOptionGraphicsItem()
    if isinstance(what, Box) and what.framed:
        frame = FrameItem(block.block_id, what.card)
        frame.set_box(what)
        frame.paint(painter, option)
    else:
        card = what if isinstance(what, Card) else what.card
        CardItem(block.block_id, card).paint(painter, option)
