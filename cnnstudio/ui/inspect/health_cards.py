"""The cards of the Health page: gradient flow by depth, and every block over the epochs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from cnnstudio.core.doctor.case import gradient_size
from cnnstudio.core.health import BlockHealth
from cnnstudio.ui.inspect.flow_bars import FlowBars
from cnnstudio.ui.inspect.health_focus import HealthFocus
from cnnstudio.ui.inspect.health_lines import HealthLines
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.room import Room


class GradientCard(LookCard):
    """At the moment that the page looks at."""

    def __init__(self, room: Room, focus: HealthFocus, parent: QWidget | None = None) -> None:
        super().__init__(room, "gradientFlowCard", "", "", parent)
        self.title.setText(self.tr("Gradient flow"))
        self.setAccessibleName(self.title.text())
        self._focus = focus
        self.bars = FlowBars(self)
        self.bars.chosen.connect(focus.choose)
        self.set_view(self.bars)
        focus.changed.connect(self._draw)
        focus.moved.connect(self._draw)
        self._draw()

    @Slot()
    def _draw(self) -> None:
        look = self._focus.look
        if look is None:
            self.detail.clear()
            self.say(self.tr("How much of the gradient reaches each block, once a training has begun."))
            return
        self.bars.show_health(look)
        self.bars.choose(self._focus.path)
        said = self._focus.said()
        text = self.tr("root mean square by depth · {moment}").format(moment=said)
        self.detail.set_texts(text, self.tr("by depth · {moment}").format(moment=said), said)
        self.show_view()


@dataclass(frozen=True, slots=True)
class _Number:
    """One number of a block's health; ``log``: it spans decades."""

    text: str
    value: Callable[[BlockHealth], float | None]
    log: bool = False


class BlocksCard(LookCard):
    """Activations, gradients and weights of every block, one number at a time."""

    def __init__(self, room: Room, focus: HealthFocus, parent: QWidget | None = None) -> None:
        super().__init__(room, "blockHealthCard", "", "", parent)
        self.title.setText(self.tr("Blocks over epochs"))
        self.setAccessibleName(self.title.text())
        self._focus = focus
        self._numbers = (
            _Number(self.tr("Activations: deviation"), lambda b: b.activation_std, True),
            _Number(self.tr("Activations: mean"), lambda b: b.activation_mean),
            _Number(self.tr("Activations: share of zeros"), lambda b: b.zeros),
            _Number(self.tr("Dead units: share"), lambda b: b.dead),
            _Number(self.tr("Gradient: root mean square"), _gradient, True),
            _Number(self.tr("Weights: norm"), lambda b: b.weight_norm),
            _Number(self.tr("Update / weights"), lambda b: b.update_ratio, True),
        )
        self.number = QComboBox(self)
        self.number.setObjectName("blockHealthNumber")
        self.number.setAccessibleName(self.tr("What is shown"))
        for one in self._numbers:
            self.number.addItem(one.text)
        self.number.currentIndexChanged.connect(self._draw)
        self.add_tool(self.number)
        self.lines = HealthLines(self)
        self.lines.picked.connect(self._tell)
        self.lines.chosen.connect(self._choose)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.lines)
        self.set_view(page)
        focus.changed.connect(self._draw)
        focus.moved.connect(self._mark)
        self._draw()

    @Slot()
    def _mark(self) -> None:
        look = self._focus.look
        self.lines.choose(self._focus.path, -1 if look is None else look.epoch)

    @Slot(str, int)
    def _choose(self, path: str, epoch: int) -> None:
        self._focus.choose(path)
        epochs = [look.epoch for look in self._focus.health]
        if epoch in epochs:
            self._focus.go_to(epochs.index(epoch))

    @Slot()
    def _draw(self) -> None:
        one = self._numbers[max(0, self.number.currentIndex())]
        self.lines.show_health(self._focus.health, one.value, one.log)
        self._mark()
        if self.lines.lines:
            self.show_view()
        elif self._focus.health:
            self.say(self.tr("No block of this network has this number."))
        else:
            self.say(self.tr("One look an epoch at every block, once a training has begun."))
        self._tell("")

    @Slot(str)
    def _tell(self, said: str) -> None:
        count = len(self.lines.lines)
        many = self.tr("{count} blocks, later ones stronger; a click chooses one").format(count=count)
        few = self.tr("{count} blocks").format(count=count)
        self.detail.set_texts(*((said,) if said else (many, few) if count else ("",)))


def _gradient(block: BlockHealth) -> float | None:
    return gradient_size(block) if block.gradient_norm is not None and block.weights else None
