"""The open document, what is known about it, what is selected, and every step back.

The document is immutable, so an edit is a pair (before, after) and undo has one command class.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from weakref import finalize, ref

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from shiboken6 import isValid

from cnnstudio.core.document import Document, InputSize, pick
from cnnstudio.core.fixes import Fix, fixes
from cnnstudio.core.infer import Inference, Problem, infer

INPUT_ID = "input"
"""Selects the network's input; ids of blocks are ``b1``, ``b2`` and so on."""
OUTPUT_ID = "output"
"""Selects the network's output."""

_COMMAND_ID = 1


def empty_document() -> Document:
    """What a new window starts with: colour images of 32 × 32 pixels, ten classes, no blocks."""
    return Document(InputSize(32, 32, 3), classes=10)


class _Edit(QUndoCommand):
    """One edit: the document and the selection before and after it."""

    def __init__(
        self,
        text: str,
        store: "DocumentStore",
        before: tuple[Document, tuple[str, ...]],
        after: tuple[Document, tuple[str, ...]],
        merge_key: tuple[int, str] | None,
    ) -> None:
        super().__init__(text)
        self._store = ref(store)  # weakly, or the stack would keep its own store alive
        self._before = before
        self._after = after
        self._merge_key = merge_key

    def id(self) -> int:
        """Qt tries to merge commands of one id; a negative one is left alone."""
        return -1 if self._merge_key is None else _COMMAND_ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Takes a following change of the same thing in; a change that came back is no change."""
        if not isinstance(other, _Edit) or other._merge_key != self._merge_key:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        """Shows the document after the edit."""
        self._show(self._after)

    def undo(self) -> None:
        """Shows the document before the edit."""
        self._show(self._before)

    def _show(self, state: tuple[Document, tuple[str, ...]]) -> None:
        if (store := self._store()) is not None:
            store._show(*state)


def _forget_commands(stack: QUndoStack) -> None:
    if isValid(stack):
        stack.blockSignals(True)  # nobody is left to hear them
        stack.clear()


class DocumentStore(QObject):
    """Holds one document; whoever wants to change it calls :meth:`apply` with the changed one."""

    documentChanged = Signal(object)
    selectionChanged = Signal(object)
    modifiedChanged = Signal(bool)
    aboutToLoad = Signal(object, object)
    """Another document will be shown at once (carries it and its path)."""
    saved = Signal()
    """The document lies in :attr:`path` as it is now."""
    loaded = Signal(object)
    """Another document was opened (views forget what they remembered of the last one)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = empty_document()
        self._inference = infer(self._document)
        self._selection: tuple[str, ...] = ()
        self._fixes: dict[Problem, tuple[Fix, ...]] = {}
        self._session = 0
        self.path: Path | None = None
        self.origin = ""
        """The run whose document this one began as."""
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        # Commands go before Python's garbage collector takes a cycle with them apart: that crashes.
        finalize(self, _forget_commands, self.undo_stack)

    @property
    def document(self) -> Document:
        """What is open."""
        return self._document

    @property
    def inference(self) -> Inference:
        """What is known about :attr:`document`, computed once."""
        return self._inference

    @property
    def selection(self) -> tuple[str, ...]:
        """The ids of the selected blocks, or ``INPUT_ID`` or ``OUTPUT_ID``."""
        return self._selection

    @property
    def modified(self) -> bool:
        """Whether there are changes since the last load or save."""
        return not self.undo_stack.isClean()

    def fixes(self, problem: Problem) -> tuple[Fix, ...]:
        """The verified ways out of one of the current problems, worked out when first asked for."""
        if problem not in self._fixes:
            self._fixes[problem] = fixes(self._inference, problem)
        return self._fixes[problem]

    def load(
        self, document: Document, path: Path | None = None, *, saved: bool = True, origin: str = ""
    ) -> None:
        """Opens another document; its history begins here. One that is not ``saved`` counts as modified.

        ``origin`` is the run that the document comes from, if it does.
        """
        self.path = path
        self.origin = origin
        self.end_session()
        self.undo_stack.clear()
        self.aboutToLoad.emit(document, path)
        self._show(document, ())
        if not saved:
            self.undo_stack.resetClean()
        self.loaded.emit(document)

    def mark_saved(self, path: Path) -> None:
        """The document as it is now lies in this file."""
        self.path = path
        self.end_session()
        self.undo_stack.setClean()
        self.saved.emit()

    def apply(
        self,
        text: str,
        document: Document,
        merge_key: str | None = None,
        select: Sequence[str] | None = None,
    ) -> None:
        """Makes an edit that can be undone.

        Args:
            text: what the edit is, for the undo menu ("Delete Conv2d").
            document: the changed document; the same one is no edit.
            merge_key: consecutive edits of one key become one step back, until :meth:`end_session`.
            select: what is selected afterwards; without it, what is selected now and still exists.
        """
        selection = self._selection if select is None else tuple(select)
        if document is self._document:
            self.select(selection)
            return
        key = None if merge_key is None else (self._session, merge_key)
        before = (self._document, self._selection)
        if merge_key is None:
            self._session += 1
        self.undo_stack.push(_Edit(text, self, before, (document, selection), key))

    def end_session(self) -> None:
        """What comes now is a step of its own (the person left the field, or selected something else)."""
        self._session += 1

    def undo(self) -> None:
        """One step back."""
        self.end_session()
        self.undo_stack.undo()

    def redo(self) -> None:
        """One step forward again."""
        self.end_session()
        self.undo_stack.redo()

    def select(self, ids: Iterable[str]) -> None:
        """Selects blocks; ids that do not exist are left out."""
        chosen = self._existing(ids)
        if chosen != self._selection:
            self.end_session()
            self._selection = chosen
            self.selectionChanged.emit(chosen)

    def _show(self, document: Document, selection: tuple[str, ...]) -> None:
        old_selection = self._selection
        self._document = document
        self._inference = infer(document)
        self._fixes = {}
        self._selection = self._existing(selection)
        self.documentChanged.emit(document)
        if self._selection != old_selection:
            self.selectionChanged.emit(self._selection)

    def _existing(self, ids: Iterable[str]) -> tuple[str, ...]:
        wanted = dict.fromkeys(ids)
        known = {INPUT_ID, OUTPUT_ID, *(node.id for node in pick(self._document.body, wanted))}
        return tuple(i for i in wanted if i in known)

    def _on_clean_changed(self, clean: bool) -> None:
        self.modifiedChanged.emit(not clean)
