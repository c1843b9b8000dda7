"""The Build workspace as one widget: palette, canvas, inspector, problems, code."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.build.block_actions import BlockActions
from cnnstudio.ui.build.canvas import Canvas
from cnnstudio.ui.build.commands import insert_block
from cnnstudio.ui.build.palette import Palette
from cnnstudio.ui.build.status import BuildStatus, status_of


class BuildWorkspace(QWidget):
    """Shows and edits the store's document."""

    statusChanged = Signal(object)
    """The totals for the status bar became others (carries :class:`BuildStatus`)."""
    refused = Signal(str)
    """An edit makes no sense; carries a sentence that says why."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.setObjectName("buildWorkspace")
        self.palette_panel = Palette(self)
        self.canvas = Canvas(store, self)
        self.actions_of_blocks = BlockActions(store, self.canvas, self)
        self._splitter = self._arranged()
        self.palette_panel.blockChosen.connect(self._insert)
        self.actions_of_blocks.refused.connect(self.refused)
        self.canvas.zoomChanged.connect(self._tell)
        store.documentChanged.connect(self._tell)

    def _arranged(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("buildSplitter")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.palette_panel)
        splitter.addWidget(self.canvas)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([206, 900])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
        return splitter

    @property
    def status(self) -> BuildStatus:
        """The totals now."""
        return status_of(self.store.inference, self.canvas.zoom)

    @Slot()
    def _tell(self) -> None:
        self.statusChanged.emit(self.status)

    @Slot(str)
    def _insert(self, kind: str) -> None:
        block_id = insert_block(self.store, kind, self.canvas.place)
        self.canvas.reveal(block_id)

    def focus_search(self) -> None:
        """Puts the cursor into the palette's search field (the ``/`` key)."""
        self.palette_panel.focus_search()

    def show_problems(self) -> None:
        """Opens the list of problems."""

    def zoom_to_fit(self) -> None:
        """Shows the whole network."""
        self.canvas.zoom_to_fit()

    def set_zoom(self, percent: int) -> None:
        """Shows the canvas at a zoom in percent."""
        self.canvas.set_zoom(percent)
