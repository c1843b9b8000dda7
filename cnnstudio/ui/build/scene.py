"""The items of the canvas, kept in step with the document: only what changed is touched."""

from collections.abc import Iterable, Set

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core.document import walk
from cnnstudio.core.shape import Shape
from cnnstudio.ui.build.card import FULL_WIDTH, Card
from cnnstudio.ui.build.card_item import BlockItem, CardItem
from cnnstudio.ui.build.card_pictures import Pictures
from cnnstudio.ui.build.frame_item import FrameItem
from cnnstudio.ui.build.layout import ROOT_GAP, START_HEIGHT, Box, Layout, Layouter, Placed, Section
from cnnstudio.ui.build.say import shape
from cnnstudio.ui.build.section_item import SectionItem, Wire
from cnnstudio.ui.build.start_item import StartItem
from cnnstudio.ui.build.tensor_glyph import glyph_of
from cnnstudio.ui.build.words import Trouble

MARGIN = 46.0
_MOST_EXPLAINED = 20
"""Fixes are looked for at so many problems; more are hidden by these anyway."""


class NetworkScene(QGraphicsScene):
    """Draws the store's document; nothing here changes it."""

    laidOut = Signal()
    foldedChanged = Signal()

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._store = store
        self._layouter = Layouter()
        self.pictures = Pictures()
        self._items: dict[str, BlockItem] = {}
        self._outdated: list[BlockItem] = []
        self._chosen: frozenset[str] = frozenset()
        self._sections: dict[str, SectionItem] = {}
        """By where each starts."""
        self._start = StartItem()
        self.addItem(self._start)
        self._end = SectionItem(self.pictures)
        """The wire into the output, below all sections."""
        self.addItem(self._end)
        self._folded: frozenset[str] = frozenset()
        self.network: Layout | None = None
        store.documentChanged.connect(self.refresh)
        store.selectionChanged.connect(self._show_selection)
        store.aboutToLoad.connect(self._forget_folded)
        self.refresh()

    @property
    def folded(self) -> frozenset[str]:
        """The ids of the collapsed composites."""
        return self._folded

    def fold(self, ids: Iterable[str], folded: bool) -> None:
        """Collapses composites, or opens them."""
        new = self._folded | set(ids) if folded else self._folded - set(ids)
        if new != self._folded:
            self._folded = frozenset(new)
            self._layouter.forget()
            self.refresh()
            self.foldedChanged.emit()

    def fold_all(self, folded: bool) -> None:
        """Collapses all composites, those inside others too, or opens them all."""
        self.fold(
            [n.id for n in walk(self._store.document.body) if n.stacks] if folded else self._folded, folded
        )

    def start_folded(self, ids: Iterable[str]) -> None:
        """These are collapsed in the document that is loaded next."""
        self._folded = frozenset(ids)

    def item_of(self, block_id: str) -> BlockItem | None:
        """The item of a block, of the input or of the output; None inside a collapsed composite."""
        return self._items.get(block_id)

    def block_at(self, position: QPointF) -> BlockItem | None:
        """The innermost block at a point of the scene."""
        for item in self.items(position):
            if isinstance(item, BlockItem) and item.rect().contains(item.mapFromScene(position)):
                return item
        return None

    def repaint_all(self) -> None:
        """Colours or fonts changed."""
        self._layouter.forget()
        self.pictures.forget()
        for item in (*self._items.values(), *self._sections.values(), self._end):
            item.update()
        self.refresh()

    def refresh(self) -> None:
        """Shows the document as it is now."""
        network = self._layouter.layout(self._store.inference, self._troubles(), self._folded)
        self.network = network
        self._end_card(INPUT_ID, network.input, 0)
        self._show_sections(network)
        self._end_card(OUTPUT_ID, network.output, network.output_y)
        self._wire_output(network)
        side = network.width / 2 + MARGIN
        area = QRectF(-side, -MARGIN / 2, 2 * side, network.height + MARGIN * 1.5)
        if area != self.sceneRect():
            self.setSceneRect(area)
        self._show_selection()
        self.laidOut.emit()

    def _troubles(self) -> dict[str, Trouble]:
        found: dict[str, Trouble] = {}
        for number, problem in enumerate(self._store.inference.problems):
            fixes = self._store.fixes(problem) if number < _MOST_EXPLAINED else ()
            found.setdefault(problem.node or "", Trouble(problem, fixes))
        return found

    def _end_card(self, block_id: str, card: Card, y: float) -> None:
        """The card of the input or of the output."""
        item = self._items.get(block_id)
        if not isinstance(item, CardItem):
            item = self._items[block_id] = CardItem(block_id, card, self.pictures)
            self.addItem(item)
        item.set_card(card)
        item.setPos(-card.width / 2, y)

    def _show_sections(self, network: Layout) -> None:
        """Brings what changed in step; of a section that is as it was, nothing but the place changes."""
        shown = {section.start: (y, section) for y, section in network.sections}
        before = {item.section for item in self._sections.values() if item.section is not None}
        for start, (y, section) in shown.items():
            item = self._sections.get(start)
            if item is None:
                item = self._sections[start] = SectionItem(self.pictures)
                self.addItem(item)
            item.setPos(0, y)
            if item.section is not section:
                self._fill(item, section)
        self._clear_away(before, {section for _, section in network.sections})
        for start in self._sections.keys() - shown.keys():
            self.removeItem(self._sections.pop(start))

    def _fill(self, item: SectionItem, section: Section) -> None:
        item.section = section
        tops = (placed.y - ROOT_GAP for placed in section.boxes)
        item.set_wires(tuple(map(self._wire, tops, section.flows)), section.width, section.height)
        for placed in section.boxes:
            self._place(item, placed)

    def _wire(self, y: float, flow: Shape | None) -> Wire:
        size = self._store.document.input
        return Wire(y, shape(flow), glyph_of(flow, max(size.height, size.width)))

    def _wire_output(self, network: Layout) -> None:
        wires, y = [self._wire(0, network.leaving)], network.output_y - ROOT_GAP
        self._start.setVisible(not network.sections)
        if not network.sections:
            below = ROOT_GAP + START_HEIGHT
            self._start.setPos(-FULL_WIDTH / 2, network.input.height + ROOT_GAP)
            wires, y = [*wires, Wire(below, "?", None)], y - below
        self._end.set_wires(tuple(wires), FULL_WIDTH, wires[-1].y + ROOT_GAP)
        self._end.setPos(0, y)

    def _place(self, parent: QGraphicsItem, placed: Placed) -> None:
        """Brings a box and all inside in step; an unchanged one is only moved."""
        box = placed.box
        item = self._items.get(box.node.id)
        if item is None or isinstance(item, FrameItem) != box.framed:
            item = self._replaced(box, item)
        if item.parentItem() is not parent:
            item.setParentItem(parent)
        item.setPos(placed.x, placed.y)
        if isinstance(item, CardItem):
            item.set_card(box.card)
        elif isinstance(item, FrameItem) and item.box is not box:
            item.set_box(box)
            for column in box.columns:
                for child in column.children:
                    self._place(item, child)

    def _replaced(self, box: Box, old: BlockItem | None) -> BlockItem:
        if old is not None:
            self._outdated.append(old)
        if box.framed:
            new: BlockItem = FrameItem(box.node.id, box.card, self.pictures)
        else:
            new = CardItem(box.node.id, box.card, self.pictures)
        self._items[box.node.id] = new
        return new

    def _clear_away(self, before: Set[Section], now: Set[Section]) -> None:
        """Takes items of blocks away that are gone or hidden, after what stays has found its place."""
        gone = [self._items.pop(i) for i in _ids_in(before - now) - _ids_in(now - before)] + self._outdated
        self._outdated = []
        together = set(gone)
        for item in gone:
            if item.parentItem() not in together and item.scene() is self:
                self.removeItem(item)

    def _show_selection(self) -> None:
        before, self._chosen = self._chosen, frozenset(self._store.selection)
        for block_id in before | self._chosen:
            item = self._items.get(block_id)
            if item is not None:
                item.set_state(chosen=block_id in self._chosen)

    def _forget_folded(self) -> None:
        self._folded = frozenset()


def _ids_in(sections: Set[Section]) -> frozenset[str]:
    return frozenset().union(*(section.ids for section in sections))
