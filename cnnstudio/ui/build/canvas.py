"""The canvas: shows the network, and turns the mouse and the keys into edits."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core.document import Place, way_to
from cnnstudio.ui.build.canvas_keys import CanvasKeys
from cnnstudio.ui.build.canvas_links import follow, problem_after
from cnnstudio.ui.build.canvas_voice import CanvasVoice
from cnnstudio.ui.build.card_item import BlockItem
from cnnstudio.ui.build.commands import place_after_selection
from cnnstudio.ui.build.dragging import BLOCK_MIME, BlockDrag
from cnnstudio.ui.build.frame_item import FrameItem
from cnnstudio.ui.build.navigation import Gap, between
from cnnstudio.ui.build.rubber_band import RubberBand
from cnnstudio.ui.build.scene import NetworkScene
from cnnstudio.ui.build.viewport_input import PanZoomView
from cnnstudio.ui.build.words import whole
from cnnstudio.ui.theme import theme

_ENDS = (INPUT_ID, OUTPUT_ID)
_EDGE = 36
"""Dragging so near to an edge scrolls."""


class Canvas(PanZoomView):
    """Draws the document of a store and edits it by mouse and keyboard."""

    menuRequested = Signal(QPoint)
    """A context menu is wanted at a point of the screen."""

    editWanted = Signal()
    """The person wants to change the parameters of what is selected."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        self.network = NetworkScene(store)
        super().__init__(self.network, parent)
        self.network.setParent(self)
        self.setObjectName("canvas")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._store = store
        self._target: Gap | None = None
        self._keys = CanvasKeys(store, self)
        self._voice = CanvasVoice(store, self.network, self)
        self._hovered = ""
        self._pressed: QPoint | None = None
        self._pressed_on: BlockItem | None = None
        self._chosen_before: tuple[str, ...] = ()
        self._drag: BlockDrag | None = None
        self._band: RubberBand | None = None
        # The next frame has sharper pictures.
        self._refine = QTimer(self)
        self._refine.setSingleShot(True)
        self._refine.setInterval(0)
        self._refine.timeout.connect(self.viewport().update)
        store.loaded.connect(self._on_loaded)
        store.selectionChanged.connect(self._on_selected)
        store.documentChanged.connect(self._on_document)
        theme().changed.connect(self._on_theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.network.pictures.begin_frame()
        super().paintEvent(event)
        if self.network.pictures.missing:
            self._refine.start()

    # --- where the next block goes ---------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where a block that is clicked in the palette goes."""
        if self._target is not None:
            return Place(self._target.composite, self._target.stack, 0)
        return place_after_selection(self._store)

    @property
    def gap(self) -> Gap | None:
        """The empty stack that the next block goes into, if the person chose one."""
        return self._target

    def set_target(self, composite: str | None, stack: int = 0) -> None:
        """Marks an empty stack as the place of the next block."""
        old = self.network.item_of(self._target[0]) if self._target else None
        if isinstance(old, FrameItem):
            old.set_target(None)
        self._target = None
        item = self.network.item_of(composite) if composite else None
        if isinstance(item, FrameItem):
            self._target = Gap(item.block_id, stack)
            item.set_target(stack)
        self._voice.show_gap(self._target)

    def reveal(self, block_id: str, opened: bool = False) -> None:
        """Opens the composites around a block (and the block itself, if ``opened``) and scrolls to it."""
        around = [block_id] if opened else []
        if block_id not in _ENDS:
            around += [node.id for _, node in way_to(self._store.document, block_id)[:-1]]
        self.network.fold(around, False)
        item = self.network.item_of(block_id)
        if item is not None:
            self.ensureVisible(_head(item), 40, 40)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What opens below, the problems or the code, does not cover the block that it is about."""
        super().resizeEvent(event)
        low, high = event.size().height(), event.oldSize().height()
        if low >= high or not self._store.selection:
            return
        item = self.network.item_of(self._store.selection[-1])
        if item is not None:
            seen = self.mapFromScene(_head(item)).boundingRect()
            if seen.top() < high and seen.bottom() > low:
                self.ensureVisible(_head(item), 40, 12)

    def show_next_problem(self) -> None:
        """Selects the next block with a problem, wherever it is hidden; behind the last comes the first."""
        wanted = problem_after(self._store)
        if wanted is not None:
            self._store.select((wanted,))
            self.reveal(wanted)
            self.setFocus()

    @Slot()
    def _on_loaded(self) -> None:
        self.set_target(None)
        self.show_from_top()

    @Slot(object)
    def _on_selected(self, ids: tuple[str, ...]) -> None:
        if ids:
            self.set_target(None)

    @Slot()
    def _on_document(self) -> None:
        self._hovered = ""
        self._cancel_drag()  # what it carries may be gone
        if self._target is not None:
            item = self.network.item_of(self._target[0])
            box = item.box if isinstance(item, FrameItem) else None
            free = [c.stack for c in box.columns if not c.children] if box else []
            self.set_target(self._target[0] if self._target[1] in free else None, self._target[1])

    @Slot()
    def _on_theme(self) -> None:
        self.recolour()
        self.network.repaint_all()

    # --- mouse ------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        item = self.network.block_at(self.mapToScene(point)) if not self.space_held else None
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if item is None and shift and event.button() == Qt.MouseButton.LeftButton:
            self._band = RubberBand(self, point)
        elif (
            event.button() == Qt.MouseButton.MiddleButton
            or self.space_held
            or (item is None and event.button() == Qt.MouseButton.LeftButton)
        ):
            self._pressed = None if self.space_held else point
            self._pressed_on = None
            self.start_pan(event)
        elif event.button() == Qt.MouseButton.LeftButton and item is not None:
            if self._pressed_on is None:  # a second finger presses too
                self._chosen_before = self._store.selection
            self._pressed, self._pressed_on = point, item
            self._press(item, self._inside(item, point), event)
        event.accept()

    def _press(self, item: BlockItem, position: QPointF, event: QMouseEvent) -> None:
        if item.link_at(position) or item.sign_at(position):
            return
        if isinstance(item, FrameItem) and (empty := item.empty_stack_at(position)) is not None:
            self._store.select(())
            self.set_target(item.block_id, empty)
            return
        self.set_target(None)
        keys = event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self._toggle(item.block_id)
        elif keys & Qt.KeyboardModifier.ShiftModifier and self._store.selection:
            first = self._store.selection[0]
            ids = between(self._store, first, item.block_id)
            self._store.select(dict.fromkeys((first, *ids) if first in ids else ids))
        elif item.block_id not in self._store.selection:
            self._store.select((item.block_id,))

    def _toggle(self, block_id: str) -> None:
        chosen = [i for i in self._store.selection if i not in _ENDS]
        if block_id in chosen:
            chosen.remove(block_id)
        elif block_id not in _ENDS:
            chosen.append(block_id)
        self._store.select(chosen)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._band is not None:
            self._store.select(i for i in self._band.stretch(point) if i not in _ENDS)
        elif self._drag is not None:
            self._scroll_near_edge(point)
            self._drag.hover(self.mapToScene(point))
        elif self.pan(event):
            pass
        elif self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            if (point - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._begin_drag(point)
        else:
            self._hover(point)
        event.accept()

    def _begin_drag(self, point: QPoint) -> None:
        item = self._pressed_on
        if item is None or item.block_id in _ENDS or item.block_id not in self._store.selection:
            return
        moving = [i for i in self._store.selection if i not in _ENDS]
        self._drag = BlockDrag(self._store, self.network, moving=moving)
        self._drag.hover(self.mapToScene(point))
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        panned = self.end_pan()
        if self._band is not None:
            self._band.finish()
            self._band = None
        elif self._drag is not None:
            drag, self._drag = self._drag, None
            drag.drop()
        elif panned and self._pressed is not None:
            moved = (point - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if not moved and event.button() == Qt.MouseButton.LeftButton:
                self.set_target(None)
                self._store.select(())
        elif self._pressed_on is not None:
            self._click(self._pressed_on, point, event)
        self._pressed = self._pressed_on = None
        event.accept()

    def let_go(self) -> None:
        super().let_go()
        self._cancel_drag()
        if self._pressed_on is not None:  # it only seemed to choose that
            self._store.select(self._chosen_before)
        self._pressed = self._pressed_on = None
        if self._band is not None:
            self._band.finish()
            self._band = None

    def _click(self, item: BlockItem, point: QPoint, event: QMouseEvent) -> None:
        position = self._inside(item, point)
        link = item.link_at(position)
        if link is not None:
            follow(self._store, self, item, link)
        elif item.sign_at(position):
            self.network.fold([item.block_id], item.block_id not in self.network.folded)
        elif not event.modifiers() and len(self._store.selection) > 1:
            self._store.select((item.block_id,))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self.network.block_at(self.mapToScene(event.position().toPoint()))
        if item is None or item.card.words.folded is None:
            self.mousePressEvent(event)
        else:
            self.network.fold([item.block_id], item.block_id not in self.network.folded)
            event.accept()

    def _hover(self, point: QPoint) -> None:
        item = self.network.block_at(self.mapToScene(point))
        block_id = item.block_id if item else ""
        if block_id != self._hovered:
            old = self.network.item_of(self._hovered)
            if old is not None:
                old.set_state(hovered=False)
            if item is not None:
                item.set_state(hovered=True)
            self._hovered = block_id
        position = self._inside(item, point) if item else QPointF()
        if self.space_held:
            return
        active = item is not None and (item.link_at(position) or item.sign_at(position))
        if active:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.viewport().unsetCursor()

    def _inside(self, item: BlockItem, point: QPoint) -> QPointF:
        return item.mapFromScene(self.mapToScene(point))

    def _scroll_near_edge(self, point: QPoint) -> None:
        area, bar = self.viewport().rect(), self.verticalScrollBar()
        if point.y() < _EDGE:
            bar.setValue(bar.value() - 14)
        elif point.y() > area.height() - _EDGE:
            bar.setValue(bar.value() + 14)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self.network.block_at(self.mapToScene(event.pos()))
            text = whole(item.card.words) if item is not None and self._drag is None else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menuRequested.emit(self.viewport().mapToGlobal(self._spot()))
            return
        item = self.network.block_at(self.mapToScene(event.pos()))
        if item is not None and item.block_id not in self._store.selection:
            self._store.select((item.block_id,))
        self.menuRequested.emit(event.globalPos())

    def _spot(self) -> QPoint:
        """Where a menu about the selection belongs."""
        for block_id in self._store.selection:
            item = self.network.item_of(block_id)
            if item is not None:
                self.reveal(block_id)
                return self.mapFromScene(item.mapToScene(item.rect().topLeft())) + QPoint(24, 24)
        return self.viewport().rect().center()

    # --- blocks from the palette -------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(BLOCK_MIME):
            self._cancel_drag()
            kind = bytes(event.mimeData().data(BLOCK_MIME).data()).decode()
            self._drag = BlockDrag(self._store, self.network, kind=kind)
            self._drag.hover(self.mapToScene(event.position().toPoint()))
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._drag is not None:
            self._scroll_near_edge(event.position().toPoint())
            self._drag.hover(self.mapToScene(event.position().toPoint()))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._cancel_drag()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._drag is not None:
            drag, self._drag = self._drag, None
            drag.hover(self.mapToScene(event.position().toPoint()))
            drag.drop()
            event.acceptProposedAction()
            self.setFocus()

    def _cancel_drag(self) -> None:
        if self._drag is not None:
            self._drag.cancel()
            self._drag = None
            self.viewport().unsetCursor()

    # --- keys ---------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif not self._keys.press(event):
            super().keyPressEvent(event)

    def _escape(self) -> None:
        if self._drag is not None:
            self._cancel_drag()
            self._pressed = self._pressed_on = None
        else:
            self.set_target(None)
            self._store.select(())


def _head(item: BlockItem) -> QRectF:
    """A card, or the top of a frame, in the scene."""
    head = item.rect()
    head.setHeight(min(head.height(), 120))
    return item.mapRectToScene(head)
