"""The bar above the panels: which block, which step, and which way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnnstudio.ui.learn.player import Player
from cnnstudio.ui.widgets.elided import ElidedLabel

if TYPE_CHECKING:
    from cnnstudio.ui.learn.explainer import Mode

_NARROW = 1080
_DEPTH = Qt.ItemDataRole.UserRole + 1
_INDENT = "\u2003"


class _Indented(QStyledItemDelegate):
    """Blocks inside others stand further right in the open list."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The text with what is before it."""
        super().initStyleOption(option, index)
        option.text = _INDENT * (index.data(_DEPTH) or 0) + option.text

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as in other lists to choose from."""
        return super().sizeHint(option, index) + QSize(0, 8)


class TopBar(QFrame):
    """Tells what is chosen; shows what it is told."""

    blockChosen = Signal()
    repetitionChosen = Signal()
    modeChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learnBar")
        self.setProperty("role", "card")
        self.blocks = combo(self, "learnBlockCombo", self.tr("Block"))
        self.blocks.setMinimumContentsLength(20)
        self.blocks.setItemDelegate(_Indented(self.blocks))
        self.blocks.currentIndexChanged.connect(self.blockChosen)
        self.repetition = combo(self, "learnRepetitionCombo", self.tr("Repetition"))
        self.repetition.currentIndexChanged.connect(self.repetitionChosen)
        self.details = ElidedLabel(self)
        self.details.setProperty("role", "muted")
        self.details.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.player = Player(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(13, 9, 13, 9)
        row.setSpacing(8)
        row.addWidget(self.blocks)
        row.addWidget(self.repetition)
        row.addWidget(self.details, 1)
        row.addWidget(self.player)
        self._modes: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for mode, text in self._mode_texts().items():
            button = QPushButton(text, self)
            button.setObjectName(f"learn{mode.capitalize()}Mode")
            button.setCheckable(True)
            button.clicked.connect(lambda _, mode=mode: self.modeChosen.emit(mode))
            group.addButton(button)
            row.addWidget(button)
            self._modes[mode] = button

    def _mode_texts(self) -> dict[Mode, str]:
        return {
            "forward": self.tr("Forward"),
            "training": self.tr("In training"),
            "backward": self.tr("Backward"),
            "why": self.tr("Why?"),
        }

    @property
    def node(self) -> str:
        """The id of the block that is chosen; empty: none."""
        data = self.blocks.currentData()
        return data if isinstance(data, str) else ""

    def show_blocks(self, names: list[tuple[str, str, int]]) -> None:
        """Fills the list with names, ids and depths; what was chosen stays chosen where it is still there."""
        chosen = self.node
        with QSignalBlocker(self.blocks):
            self.blocks.clear()
            for name, node, depth in names:
                self.blocks.addItem(name, node)
                self.blocks.setItemData(self.blocks.count() - 1, depth, _DEPTH)
            self.blocks.setCurrentIndex(max(0, self.blocks.findData(chosen)))
            self._widen()

    def _widen(self) -> None:
        metrics = self.blocks.fontMetrics()
        texts = [self.blocks.itemText(i) for i in range(self.blocks.count())]
        widest = max(map(metrics.horizontalAdvance, texts), default=120)
        depths = (self.blocks.itemData(i, _DEPTH) or 0 for i in range(self.blocks.count()))
        deepest = metrics.horizontalAdvance(_INDENT * max(depths, default=0))
        self.blocks.setMinimumWidth(min(widest, 250 if self.width() >= _NARROW else 190) + 46)
        self.blocks.view().setMinimumWidth(widest + deepest + 40)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the list is narrower."""
        super().resizeEvent(event)
        self._widen()

    def choose(self, node: str) -> bool:
        """Chooses a block; False where it is not in the list."""
        index = self.blocks.findData(node)
        if index >= 0:
            self.blocks.setCurrentIndex(index)
        return index >= 0

    def show_modes(self, modes: tuple[Mode, ...], mode: Mode) -> None:
        """Which ways there are, and the one that is shown."""
        for name, button in self._modes.items():
            button.setVisible(len(modes) > 1 and name in modes)
        self._modes[mode].setChecked(True)


def combo(parent: QWidget, name: str, text: str) -> QComboBox:
    """A list to choose from, as wide as its texts."""
    found = QComboBox(parent)
    found.setObjectName(name)
    found.setAccessibleName(text)
    found.setToolTip(text)
    found.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return found


def fill(box: QComboBox, texts: list[str]) -> None:
    """Other texts; the same number stays chosen. A list of one is not shown."""
    with QSignalBlocker(box):
        index = box.currentIndex()
        box.clear()
        box.addItems(texts)
        box.setCurrentIndex(min(max(0, index), len(texts) - 1))
    box.setVisible(len(texts) > 1)
