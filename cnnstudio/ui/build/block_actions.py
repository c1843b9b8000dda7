"""The actions of the Build workspace, with their keys; the menus and the canvas's own menu show them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core.document import Node, find, walk
from cnnstudio.core.edits import EditError
from cnnstudio.core.fileformat import FileError
from cnnstudio.core.registry import block_type
from cnnstudio.ui.build import commands
from cnnstudio.ui.build.canvas import Canvas
from cnnstudio.ui.build.say import block_title

WRAPPERS = ("Residual", "Parallel", "Repeat", "Group")


class BlockActions(QObject):
    """Everything that can be done to the selected blocks."""

    refused = Signal(str)
    """An edit makes no sense; carries a sentence that says why."""
    explainWanted = Signal(str)
    """The id of a block whose arithmetic somebody wants to see."""

    def __init__(self, store: DocumentStore, canvas: Canvas, owner: QWidget) -> None:
        super().__init__(owner)
        self._store = store
        self._canvas = canvas
        self._owner = owner
        keys = QKeySequence.StandardKey
        self.delete = self._action("deleteAction", self.tr("Delete"), keys.Delete, self._delete)
        self.duplicate = self._action("duplicateAction", self.tr("Duplicate"), "Ctrl+D", self._duplicate)
        self.cut = self._action("cutAction", self.tr("Cut"), keys.Cut, self._cut)
        self.copy = self._action("copyAction", self.tr("Copy"), keys.Copy, self._copy)
        self.paste = self._action("pasteAction", self.tr("Paste"), keys.Paste, self._paste)
        self.select_all = self._action("selectAllAction", self.tr("Select all"), keys.SelectAll, self._all)
        self.up = self._action("moveUpAction", self.tr("Move up"), "Alt+Up", partial(self._step, -1))
        self.down = self._action("moveDownAction", self.tr("Move down"), "Alt+Down", partial(self._step, 1))
        self.out = self._action(
            "moveOutAction", self.tr("Move out of the block around"), "Alt+Left", partial(self._across, False)
        )
        self.into = self._action(
            "moveIntoAction", self.tr("Move into the next block"), "Alt+Right", partial(self._across, True)
        )
        self.bypass = self._action("bypassAction", self.tr("Bypass"), "Ctrl+B", self._bypass)
        self.bypass.setCheckable(True)
        self.explain = self._action("explainAction", self.tr("Explain this block"), "Ctrl+L", self._explain)
        self.reset = self._action("resetAction", self.tr("Reset to the defaults"), "", self._reset)
        self.unwrap = self._action("unwrapAction", self.tr("Unwrap"), "Ctrl+Shift+U", self._unwrap)
        self.fold = self._action("foldAction", self.tr("Collapse or expand"), "Space", self._fold)
        self.fold_all = self._action(
            "foldAllAction", self.tr("Collapse all"), "Ctrl+Shift+Up", partial(self._fold_all, True)
        )
        self.unfold_all = self._action(
            "unfoldAllAction", self.tr("Expand all"), "Ctrl+Shift+Down", partial(self._fold_all, False)
        )
        self.wraps = [self._wrap_action(kind) for kind in WRAPPERS]
        store.selectionChanged.connect(self._enable)
        store.documentChanged.connect(self._enable)
        canvas.menuRequested.connect(self._show_menu)
        self._enable()

    def _action(
        self, name: str, text: str, key: str | QKeySequence.StandardKey, act: Callable[[], None]
    ) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(key))
        # Only while the canvas has the keys: in a field, Delete and Ctrl+C are the field's.
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(partial(self._run, act))
        self._canvas.addAction(action)
        return action

    def _wrap_action(self, kind: str) -> QAction:
        text = self.tr("Wrap in {block}").format(block=block_title(block_type(kind)))
        keys = "Ctrl+G" if kind == "Group" else ""
        return self._action(f"wrap{kind}Action", text, keys, partial(self._wrap, kind))

    def _run(self, act: Callable[[], None], _checked: bool = False) -> None:
        try:
            act()
        except (EditError, FileError) as error:
            self.refused.emit(QCoreApplication.translate("Edit", str(error)))

    @Slot()
    def _enable(self) -> None:
        chosen = commands.blocks_in(self._store)
        always = (
            self.delete,
            self.duplicate,
            self.cut,
            self.copy,
            self.up,
            self.down,
            self.out,
            self.into,
            self.bypass,
            self.reset,
        )
        for action in (*always, *self.wraps):
            action.setEnabled(bool(chosen))
        self.bypass.setChecked(commands.bypassed(self._store))
        self.explain.setEnabled(len(chosen) == 1)
        composite = self._composite(chosen)
        self.unwrap.setEnabled(composite is not None)
        self.fold.setEnabled(composite is not None)
        holding = any(node.stacks for node in self._store.document.body)
        self.fold_all.setEnabled(holding)
        self.unfold_all.setEnabled(holding)

    def _composite(self, chosen: tuple[str, ...]) -> Node | None:
        if len(chosen) != 1:
            return None
        node = find(self._store.document, chosen[0])
        return node if node.stacks else None

    def _delete(self) -> None:
        commands.delete_selection(self._store)

    def _duplicate(self) -> None:
        commands.duplicate_selection(self._store)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(commands.selection_text(self._store))

    def _cut(self) -> None:
        self._copy()
        commands.delete_selection(self._store)

    def _paste(self) -> None:
        commands.paste_text(self._store, QGuiApplication.clipboard().text(), self._canvas.place)

    def _all(self) -> None:
        self._store.select(node.id for node in self._store.document.body)

    def _step(self, by: int) -> None:
        commands.step_selection(self._store, by)

    def _across(self, inwards: bool) -> None:
        (commands.move_in if inwards else commands.move_out)(self._store)
        for block_id in self._store.selection[:1]:
            self._canvas.reveal(block_id)

    def _wrap(self, kind: str) -> None:
        commands.wrap_selection(self._store, kind)

    def _bypass(self) -> None:
        commands.bypass_selection(self._store, not commands.bypassed(self._store))
        self.bypass.setChecked(commands.bypassed(self._store))

    def _explain(self) -> None:
        self.explainWanted.emit(commands.blocks_in(self._store)[0])

    def _reset(self) -> None:
        commands.reset_selection(self._store)

    def _unwrap(self) -> None:
        commands.unwrap_selection(self._store)

    def _fold(self) -> None:
        chosen = commands.blocks_in(self._store)
        self._canvas.network.fold(chosen, chosen[0] not in self._canvas.network.folded)

    def _fold_all(self, folded: bool) -> None:
        """The selection goes to what is still to be seen of it."""
        self._canvas.network.fold_all(folded)
        if folded:
            chosen = set(self._store.selection)
            body = self._store.document.body
            around = [n.id for n in body if n.stacks and any(i.id in chosen for i in walk((n,)))]
            ends = [i for i in self._store.selection if i in (INPUT_ID, OUTPUT_ID)]
            self._store.select([*ends, *(n.id for n in body if n.id in chosen or n.id in around)])
            for block_id in self._store.selection[:1]:
                self._canvas.reveal(block_id)

    @Slot("QPoint")
    def _show_menu(self, point: object) -> None:
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(point)  # type: ignore[arg-type]

    def make_menu(self) -> QMenu:
        """The canvas's own menu for what is selected now."""
        menu = QMenu(self._owner)
        menu.setObjectName("canvasMenu")
        chosen = commands.blocks_in(self._store)
        if chosen:
            menu.addActions([self.duplicate, self.cut, self.copy])
        menu.addAction(self.paste)
        if self.fold_all.isEnabled() and not chosen:
            menu.addActions([self.fold_all, self.unfold_all])
        if chosen:
            menu.addSeparator()
            menu.addActions(self.wraps)
            composite = self._composite(chosen)
            if composite is not None:
                self.unwrap.setText(self.tr("Unwrap {block}").format(block=block_title(composite.block)))
                menu.addActions([self.unwrap, self.fold])
            menu.addSeparator()
            menu.addActions([self.up, self.down, self.out, self.into])
            menu.addSeparator()
            menu.addActions([self.explain, self.bypass, self.reset, self.delete])
        return menu
