"""The keys of the canvas that are no actions: the selection along and into the stacks, and further."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.ui.build.navigation import Gap, between, step

if TYPE_CHECKING:
    from cnnstudio.ui.build.canvas import Canvas

_WAYS = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "out",
    Qt.Key.Key_Right: "in",
}
_ENDS = {Qt.Key.Key_Home: INPUT_ID, Qt.Key.Key_End: OUTPUT_ID}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CanvasKeys:
    """Arrows walk, Shift and an arrow takes more blocks along, Home and End go to the ends, Enter edits."""

    def __init__(self, store: DocumentStore, canvas: "Canvas") -> None:
        self._store = store
        self._canvas = canvas

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key was one of these."""
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held == Qt.KeyboardModifier.ShiftModifier and _WAYS.get(key) in ("up", "down"):
            self._stretch(_WAYS[key])
        elif held:
            return False
        elif key in _WAYS:
            self._go(_WAYS[key])
        elif key in _ENDS:
            self._show(_ENDS[key])
        elif key in _ENTER:
            self._canvas.editWanted.emit()
        else:
            return False
        return True

    def _go(self, way: str) -> None:
        wanted = step(self._store, way, self._canvas.gap)
        if isinstance(wanted, Gap):
            self._canvas.reveal(wanted.composite, opened=True)
            self._store.select(())
            self._canvas.set_target(*wanted)
        elif wanted is not None:
            self._show(wanted)

    def _show(self, block_id: str) -> None:
        self._canvas.set_target(None)
        self._store.select((block_id,))
        self._canvas.reveal(block_id)

    def _stretch(self, way: str) -> None:
        """From the block that was selected first to one more, or one less; in one stack."""
        chosen = [i for i in self._store.selection if i not in (INPUT_ID, OUTPUT_ID)]
        if not chosen:
            self._go(way)
            return
        wanted = step(self._store, way)
        if not isinstance(wanted, str) or wanted in (INPUT_ID, OUTPUT_ID):
            return
        ids = between(self._store, chosen[0], wanted)
        if chosen[0] in ids:  # not out of the stack
            self._store.select(dict.fromkeys((chosen[0], *(i for i in ids if i != wanted), wanted)))
            self._canvas.reveal(wanted)
