"""The Build workspace as one widget: palette, canvas, inspector, problems, code."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from cnnstudio.app.store import OUTPUT_ID, DocumentStore
from cnnstudio.ui.build.block_actions import BlockActions
from cnnstudio.ui.build.canvas import Canvas
from cnnstudio.ui.build.canvas_overlay import CanvasOverlay
from cnnstudio.ui.build.code_model import CodeModel
from cnnstudio.ui.build.code_pane import CodePane
from cnnstudio.ui.build.commands import insert_block
from cnnstudio.ui.build.fold_memory import FoldMemory
from cnnstudio.ui.build.gestures import INSERT_HERE, SEARCH, TO_CANVAS
from cnnstudio.ui.build.insert_box import InsertBox
from cnnstudio.ui.build.inspector import Inspector
from cnnstudio.ui.build.minimap import Minimap
from cnnstudio.ui.build.palette import Palette
from cnnstudio.ui.build.problem_list import ProblemList
from cnnstudio.ui.build.status import BuildStatus, status_of
from cnnstudio.ui.keys_home import KeysHome, focused_in
from cnnstudio.ui.widgets.focus_line import FocusLine

_PALETTE_WIDTH, _INSPECTOR_WIDTH = 205, 329
_IDLE_MS = 1200
"""So long after the first look at the network nobody has clicked yet, and nothing else is being prepared."""
_NARROW = 1180
"""Below this width of the window's content, palette and inspector are narrower."""
_BESIDE = 760
"""From this width on the code stands beside the canvas, else below it."""


class BuildWorkspace(QWidget):
    """Shows and edits the store's document."""

    statusChanged = Signal(object)
    """The totals for the status bar became others (carries :class:`BuildStatus`)."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.setObjectName("buildWorkspace")
        self.code = CodeModel(store, self)
        self.palette_panel = Palette(self)
        self.canvas = Canvas(store, self)
        self.fold_memory = FoldMemory(store, self.canvas.network)
        self.overlay = CanvasOverlay(self.canvas)
        self.minimap = Minimap(self.canvas)
        self.focus_line = FocusLine(self.canvas)
        self.insert_box = InsertBox(store, self.canvas)
        self.code_pane = CodePane(store, self.code, self)
        self.problem_list = ProblemList(store, self)
        self.edit_actions = BlockActions(store, self.canvas, self)
        self.inspector = Inspector(store, self.code, self.edit_actions, self)
        self._middle = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._arrange()
        self._connect()
        self.home = self.canvas
        """What the keys come back to; as a focus proxy it would keep Tab from the rest."""
        self._resized_by_hand = self._seen = False
        self.code_pane.hide()

    def _arrange(self) -> None:
        self._middle.setObjectName("codeSplitter")
        self._middle.setChildrenCollapsible(False)
        self._middle.addWidget(self.canvas)
        self._middle.addWidget(self.code_pane)
        self._middle.setStretchFactor(0, 1)
        self._middle.setHandleWidth(1)
        self._splitter.setHandleWidth(1)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._middle, 1)
        column.addWidget(self.problem_list)
        self._splitter.setObjectName("buildSplitter")
        self._splitter.setChildrenCollapsible(False)
        for widget in (self.palette_panel, centre, self.inspector):
            self._splitter.addWidget(widget)
        self._splitter.setStretchFactor(1, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._splitter)

    def _connect(self) -> None:
        self.palette_panel.blockChosen.connect(self.insert)
        self.edit_actions.refused.connect(self.overlay.say)
        self.store.loaded.connect(self.overlay.toast.hide)  # it was about another network
        self.problem_list.chosen.connect(self._show_block)
        self.overlay.code.toggled.connect(self.show_code)
        self.code_pane.closed.connect(self._hide_code)
        self.code_pane.chosen.connect(self.canvas.reveal)
        self.canvas.zoomChanged.connect(self._tell)
        self.store.documentChanged.connect(self._tell)
        self._splitter.splitterMoved.connect(self._on_moved)
        self.canvas.editWanted.connect(self.inspector.focus_first)
        home = KeysHome(lambda: self, self)
        home.watch(self.problem_list)
        home.watch_what_goes(self.inspector)
        self._shortcut(INSERT_HERE, self, self.insert_here)
        self._shortcut(SEARCH, self, self.focus_search)
        self._shortcut(TO_CANVAS, self.inspector, self.canvas.setFocus)

    def _shortcut(
        self, keys: str | QKeySequence.StandardKey, where: QWidget, act: Callable[[], object]
    ) -> None:
        shortcut = QShortcut(QKeySequence(keys), where)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)

    @property
    def status(self) -> BuildStatus:
        """The totals now."""
        return status_of(self.store.inference, self.canvas.zoom)

    def focus_search(self) -> None:
        """Puts the cursor into the palette's search field."""
        self.palette_panel.focus_search()

    def insert_here(self) -> None:
        """Opens the search box where the next block goes (the ``/`` key)."""
        self.insert_box.open()

    def show_problems(self) -> None:
        """Opens the list of problems, and goes to the first block that has one."""
        self.problem_list.open()
        problems = self.store.inference.problems
        if problems:
            self._show_block(problems[0].node or OUTPUT_ID)

    def show_code(self, shown: bool = True) -> None:
        """Opens the code beside the canvas (or below it where there is no room beside)."""
        self._turn()
        self.code_pane.setVisible(shown)
        self.overlay.code.setChecked(shown)
        if shown:
            room = self._middle.width() if self._beside() else self._middle.height()
            self._middle.setSizes([round(room * 0.52), round(room * 0.48)])

    def zoom_to_fit(self) -> None:
        """Shows the whole network."""
        self.canvas.zoom_to_fit()

    def set_zoom(self, percent: int) -> None:
        """Shows the canvas at a zoom in percent."""
        self.canvas.set_zoom(percent)

    @Slot()
    def _tell(self) -> None:
        self.statusChanged.emit(self.status)

    @Slot(str)
    def insert(self, kind: str) -> None:
        """Puts a new block behind the selection, or where the person aimed at, and shows it."""
        self.canvas.reveal(insert_block(self.store, kind, self.canvas.place))
        focused = focused_in(self.window())
        if focused is None or not self.palette_panel.isAncestorOf(focused):
            self.canvas.setFocus()  # it was a click: Delete takes the block away again

    @Slot(str)
    def _show_block(self, block_id: str) -> None:
        self.store.select((block_id,))
        self.canvas.reveal(block_id)
        self.canvas.setFocus()

    @Slot()
    def _hide_code(self) -> None:
        self.show_code(False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.canvas.setFocus()
        if not self._seen:
            self._seen = True
            QTimer.singleShot(_IDLE_MS, self.code, self.code.prepare)

    # --- sizes ------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._resized_by_hand:
            narrow = self.width() < _NARROW
            left = _PALETTE_WIDTH - 17 if narrow else _PALETTE_WIDTH
            right = _INSPECTOR_WIDTH - 41 if narrow else _INSPECTOR_WIDTH
            self._splitter.setSizes([left, max(200, self.width() - left - right - 2), right])
        QTimer.singleShot(0, self, self._turn)

    @Slot()
    def _on_moved(self) -> None:
        self._resized_by_hand = True
        self._turn()

    def _beside(self) -> bool:
        return self._middle.width() >= _BESIDE

    @Slot()
    def _turn(self) -> None:
        wanted = Qt.Orientation.Horizontal if self._beside() else Qt.Orientation.Vertical
        if self._middle.orientation() != wanted:
            self._middle.setOrientation(wanted)
