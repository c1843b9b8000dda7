"""A block in the air: which gap it is over, what would come of dropping it there, and the drop."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtWidgets import QFrame, QGraphicsView

from cnnstudio.app.store import DocumentStore
from cnnstudio.core import edits
from cnnstudio.core.document import Document, Place
from cnnstudio.core.infer import infer
from cnnstudio.core.registry import block_type
from cnnstudio.ui.build.commands import insert_block, move_blocks
from cnnstudio.ui.build.occurrences import find_occurrences
from cnnstudio.ui.build.say import about, block_title, fault_text, shape
from cnnstudio.ui.build.scene import NetworkScene
from cnnstudio.ui.build.slot_item import SlotItem
from cnnstudio.ui.build.slots import Slot, nearest, slots_in, slots_near
from cnnstudio.ui.build.spring_fold import SpringFold

_tr = QCoreApplication.translate
BLOCK_MIME = "application/x-cnnstudio-block"
"""A block dragged from the palette; the data is the name of its type."""


class BlockDrag:
    """Either a new block of some kind, or blocks of the network on the move."""

    def __init__(
        self, store: DocumentStore, scene: NetworkScene, kind: str = "", moving: Sequence[str] = ()
    ) -> None:
        self._store = store
        self._scene = scene
        self._kind = kind
        self._moving = tuple(moving)
        self._mark = SlotItem()
        self._slot: Slot | None = None
        self._told: dict[Place, tuple[str, bool]] = {}
        self._at = QPointF()
        self._spring = SpringFold(scene, self._hover_again)
        scene.addItem(self._mark)

    @property
    def place(self) -> Place | None:
        """The gap that the pointer means."""
        return self._slot.place if self._slot else None

    @property
    def label(self) -> str:
        """What is said about the gap: the shape that would leave it, or what would be wrong."""
        return self._mark.label

    def hover(self, position: QPointF) -> None:
        """The pointer is at a point of the scene."""
        if self._scene.network is None:
            return
        self._at = position
        self._spring.hover(position, self._moving)
        slots = slots_near(self._scene.network, position, self._moving)
        self._slot = nearest(slots, position)
        if self._slot.place not in self._told:
            self._told[self._slot.place] = self._tell(self._slot.place)
        view = self._scene.views()[0]
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        far = slots_in(self._scene.network, seen, self._moving)
        told = self._told[self._slot.place]
        self._mark.show_slot(self._slot, (slots, far), *told, seen, _covered(view))

    def _hover_again(self) -> None:
        self.hover(self._at)

    def drop(self) -> None:
        """Puts the block where the pointer is."""
        self.cancel()
        if self._slot is None:
            return
        if self._kind:
            insert_block(self._store, self._kind, self._slot.place)
        else:
            move_blocks(self._store, self._moving, self._slot.place)

    def cancel(self) -> None:
        """Leaves the network as it is."""
        self._spring.end()
        if self._mark.scene() is not None:
            self._scene.removeItem(self._mark)

    def _tell(self, place: Place) -> tuple[str, bool]:
        """What would come of a drop there, and whether it would be wrong."""
        return told(self._store, *self._dropped(place))

    def _dropped(self, place: Place) -> tuple[Document, str]:
        document = self._store.document
        if self._kind:
            fresh = edits.node(block_type(self._kind)())
            return edits.insert(document, place, [fresh]), f"b{document.serial}"
        return edits.move(document, self._moving, place), self._moving[0]


def _covered(view: QGraphicsView) -> list[QRectF]:
    """Where controls float over the scene."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    at = view.viewport().pos()
    return [
        view.mapToScene(widget.geometry().translated(-at)).boundingRect()
        for widget in view.findChildren(QFrame, options=direct)
        if widget.property("role") == "float" and widget.isVisible()
    ]


def told(store: DocumentStore, document: Document, node_id: str) -> tuple[str, bool]:
    """What would come of an edit for a block and for those behind it, and whether it would be wrong."""
    result = infer(document)
    found = find_occurrences(result, node_id)
    if found is None:
        return "", False
    last = found.occurrences[-1]
    if last.fault is not None and not found.bypassed:
        return about(block_title(last.block), fault_text(last.fault)), True
    text = f"{shape(last.input)} → {shape(last.input if last.node.disabled else last.output)}"
    before = {problem.node for problem in store.inference.problems}
    for problem in result.problems:
        if problem.node not in before and problem.node is not None:
            other = find_occurrences(result, problem.node)
            title = block_title(other.occurrences[0].block) if other else ""
            behind = _tr("Drag", "then {block} {problem}")
            return f"{text}, " + behind.format(block=title, problem=fault_text(problem.fault)), True
    return text, False
