"""One block's feature maps on one side of Compare: the block of the other side where the network has it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspection import BlockSeen, Inspection
from cnnstudio.core.looks import Done, FeatureMaps, Maps, Picture, Subject
from cnnstudio.core.messages import Failed
from cnnstudio.ui.inspect.block_names import short_names
from cnnstudio.ui.inspect.choosers import Chooser, Fit
from cnnstudio.ui.inspect.tile_grid import TileGrid
from cnnstudio.ui.widgets.elided import ElidedLabel

_MAPS, _SIDE = 32, 64


class CompareMaps(QWidget):
    """Another network than the one that Looks shows has blocks of its own, which are found out once."""

    def __init__(self, inspection: Inspection, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._inspection = inspection
        self._inquiry = Inquiry(inspection.session, self)
        self._inquiry.told.connect(self._hear)
        self._subject: Subject | None = None
        self._picture: Picture | None = None
        self._own: tuple[BlockSeen, ...] = ()
        """The network's blocks, where it has not the one that is wanted."""
        self._path = ""
        self._arriving: list[BlockSeen] | None = None
        self.block = Chooser(
            f"{name}Block",
            self.tr("Block whose maps are shown"),
            self,
            fit=Fit.AdjustToMinimumContentsLengthWithIcon,
        )
        self.block.setMinimumContentsLength(9)
        self.block.activated.connect(self._on_block)
        self.trouble = ElidedLabel(self)
        self.trouble.setProperty("role", "small")
        self.grid = TileGrid(f"{name}Maps", self.tr("Feature maps"), self, largest=72)
        title = QLabel(self.tr("FEATURE MAPS"), self)
        title.setProperty("role", "heading")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self.block)
        row.addWidget(self.trouble, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.grid, 1)
        inspection.focusChanged.connect(self._on_focus)
        inspection.blocksChanged.connect(self._fill)
        self._fill()

    def look_at(self, subject: Subject, picture: Picture) -> None:
        """Asks for what a network makes of a picture."""
        if self._subject is None or self._subject.run != subject.run:
            self._own, self._path = (), ""
            self._fill()
        self._subject, self._picture = subject, picture
        self._ask()

    def _ask(self) -> None:
        path = self._path or self._inspection.path
        if self._subject is not None and self._picture is not None and path:
            self._arriving = None
            self._inquiry.ask_next(FeatureMaps(self._subject, self._picture, (path,), _MAPS, _SIDE))

    @Slot(object)
    def _hear(self, message: object) -> None:
        if isinstance(message, Maps) and self._arriving is not None:
            self._arriving.append(BlockSeen(message.path, message.node, message.kind, message.shape))
        elif isinstance(message, Done) and self._arriving:
            self._take_own(tuple(self._arriving))
        elif isinstance(message, Maps):
            self._show(message)
        elif isinstance(message, Failed) and not self._own and self._arriving is None:
            self._find_own()
        elif isinstance(message, Failed):
            self.trouble.set_texts(message.sentence, "")
            self.trouble.setToolTip(message.sentence)
            self.grid.show_tiles([])

    def _find_own(self) -> None:
        if self._subject is not None and self._picture is not None:
            self._arriving = []
            self._inquiry.ask(FeatureMaps(self._subject, self._picture, (), 1, 1))

    def _take_own(self, blocks: tuple[BlockSeen, ...]) -> None:
        self._own = blocks
        self._path = next((block.path for block in blocks if block.filters), blocks[0].path)
        self._fill()
        self._ask()

    def _show(self, message: Maps) -> None:
        from cnnstudio.ui.inspect.tile_images import floats, show_maps

        self.trouble.set_texts("")
        show_maps(self.grid, floats(message.tensor), message.low, message.high, own=True)

    @Slot()
    def _fill(self) -> None:
        blocks = self._own or self._inspection.blocks
        names = short_names((block.path, block.kind) for block in blocks)
        with QSignalBlocker(self.block):
            self.block.clear()
            for block in blocks:
                self.block.addItem(f"{names[block.path]} · {block.kind}", block.path)
        self._mark()

    def _mark(self) -> None:
        with QSignalBlocker(self.block):
            self.block.setCurrentIndex(self.block.findData(self._path or self._inspection.path))

    @Slot()
    def _on_focus(self) -> None:
        """Another block was chosen in Looks, or on the other side."""
        path = self._inspection.path
        if self._own and path not in [block.path for block in self._own]:
            return
        self._path = path if self._own else ""
        self._mark()
        if self.isVisible():
            self._ask()

    @Slot()
    def _on_block(self) -> None:
        """Of both sides, and of Looks, where they have it."""
        path = str(self.block.currentData() or "")
        if self._own:
            self._path = path
            self._ask()
        else:
            self._inspection.focus(path)
