"""How activations and gradients of every block are spread over the training."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.core.health import BlockHealth
from cnnstudio.ui.inspect.health_focus import HealthFocus
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.spread import Spreads
from cnnstudio.ui.inspect.spread_list import ROW, SpreadList
from cnnstudio.ui.inspect.spread_ridges import SpreadRidges
from cnnstudio.ui.widgets.elided import ElidedLabel


class SpreadCard(LookCard):
    """All blocks as strips at the left, the one that is chosen as ridges at the right."""

    blockWanted = Signal(str)
    """A block is to be shown in Build (its id)."""

    def __init__(self, room: Room, focus: HealthFocus, parent: QWidget | None = None) -> None:
        super().__init__(room, "spreadCard", "", "", parent)
        self.title.setText(self.tr("Distributions"))
        self.setAccessibleName(self.title.text())
        self.focus = focus
        self.list = SpreadList(focus, self)
        self.ridges = SpreadRidges(focus, self)
        self.ridges.told.connect(self._tell)
        self._known: frozenset[str] = frozenset()
        self._kinds = QButtonGroup(self)
        self._add_kinds()
        self._add_slider()
        self._add_view()
        self._laid_out = QTimer(self, interval=0, singleShot=True)
        self._laid_out.timeout.connect(self.list.reveal)
        focus.changed.connect(self.draw)
        focus.moved.connect(self._move)
        self.draw()

    @property
    def gradients(self) -> bool:
        """Whether gradients are shown, and not activations."""
        return self._kinds.checkedId() == 1

    def set_known(self, nodes: frozenset[str]) -> None:
        """The blocks that can be shown in Build."""
        self._known = nodes
        self._move()

    # --- drawing

    @Slot()
    def draw(self) -> None:
        """Another training, more of it, or the other kind."""
        spreads = Spreads(self.focus.health, self.gradients)
        self.list.show_spreads(spreads)
        self._laid_out.start()
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, len(self.focus.health) - 1))
        self.slider.setEnabled(len(self.focus.health) > 1)
        if spreads.paths:
            self.show_view()
        elif self.focus.health:
            self.say(self.tr("This training has not been looked at so."))
        else:
            self.say(self.tr("How activations and gradients of each block are spread, an epoch at a time."))
        self._move()

    @Slot()
    def _move(self) -> None:
        focus = self.focus
        with QSignalBlocker(self.slider):
            self.slider.setValue(focus.moment)
        self.moment.setText(focus.said())
        self.detail.set_texts("")
        self.list.update()
        self.ridges.show_spread(self.list.spreads.of(focus.path))
        block = focus.block
        self.show_block.setVisible(block is not None and block.node in self._known)
        self._tell("")

    @Slot(str)
    def _tell(self, said: str) -> None:
        self.words.set_texts(said or self._block_words())

    def _block_words(self) -> str:
        """The block at the moment, with its own numbers."""
        block, path = self.focus.block, self.focus.path
        if block is None or self.list.spreads.of(path) is None:
            return self.tr("{path} has none").format(path=path) if path else ""
        parts = [path, block.kind]
        if self.gradients and block.gradient_norm is not None:
            parts.append(self.tr("norm {norm}").format(norm=f"{block.gradient_norm:.3g}"))
        return " · ".join([*parts, *([] if self.gradients else self._activation_words(block))])

    def _activation_words(self, block: BlockHealth) -> list[str]:
        parts = []
        if block.activation_mean is not None and block.activation_std is not None:
            text = self.tr("mean {mean}, deviation {deviation}")
            mean, deviation = f"{block.activation_mean:.3g}", f"{block.activation_std:.3g}"
            parts.append(text.format(mean=mean, deviation=deviation))
        if block.zeros:
            parts.append(self.tr("{share} % zeros").format(share=f"{100 * block.zeros:.0f}"))
        if block.dead:
            parts.append(self.tr("{share} % of the units dead").format(share=f"{100 * block.dead:.0f}"))
        return parts

    # --- making

    def _add_kinds(self) -> None:
        for number, (name, text) in enumerate(
            (("activations", self.tr("Activations")), ("gradients", self.tr("Gradients")))
        ):
            button = QPushButton(text, self)
            button.setObjectName(f"spread-{name}")
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.setChecked(number == 0)
            self._kinds.addButton(button, number)
            self.add_tool(button)
        self._kinds.idToggled.connect(self._on_kind)

    def _on_kind(self, _number: int, on: bool) -> None:
        if on:
            self.draw()

    def _add_slider(self) -> None:
        self.moment = QLabel(self)
        self.moment.setObjectName("healthMomentText")
        self.moment.setMinimumWidth(62)
        self.moment.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("healthMoment")
        self.slider.setAccessibleName(self.tr("Moment of the training"))
        self.slider.setToolTip(self.tr("Goes through the training on all cards of this page"))
        self.slider.setMinimumWidth(80)
        self.slider.setMaximumWidth(150)
        self.slider.valueChanged.connect(self.focus.go_to)
        self.add_tool(self.moment)
        self.add_tool(self.slider)

    def _add_view(self) -> None:
        self.words = ElidedLabel(self)
        self.words.setObjectName("spreadWords")
        self.words.setProperty("role", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.show_block = QPushButton(self.tr("Show block"), self)
        self.show_block.setObjectName("spreadShowBlock")
        self.show_block.setProperty("role", "offer")
        self.show_block.setToolTip(self.tr("Select the block in Build"))
        self.show_block.clicked.connect(self._want_block)
        area = QScrollArea(self)
        area.setObjectName("spreadArea")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.list)
        self.list.rowShown.connect(lambda y: area.ensureVisible(0, y + ROW // 2, 0, ROW))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.words, 1)
        head.addWidget(self.show_block)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addLayout(head)
        right.addWidget(self.ridges, 1)
        page = QWidget(self)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(area, 5)
        row.addLayout(right, 6)
        self.set_view(page)
        self.tab_order(*self._kinds.buttons(), self.slider, area, self.list, self.show_block, self.ridges)

    def _want_block(self) -> None:
        block = self.focus.block
        if block is not None:
            self.blockWanted.emit(block.node)
