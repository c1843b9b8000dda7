"""The cards of the Health page: gradient flow by depth, and every block over the epochs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QSlider, QVBoxLayout, QWidget

from cnnstudio.core.doctor.case import gradient_size
from cnnstudio.core.health import BlockHealth, Health
from cnnstudio.ui.inspect.flow_bars import FlowBars
from cnnstudio.ui.inspect.health_lines import HealthLines
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.room import Room


class GradientCard(LookCard):
    """At any epoch of the training, the last one at first."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(room, "gradientFlowCard", "", "", parent)
        self.title.setText(self.tr("Gradient flow"))
        self.setAccessibleName(self.title.text())
        self.empty.say(self.tr("How much of the gradient reaches each block, once a training has begun."))
        self._health: tuple[Health, ...] = ()
        self.bars = FlowBars(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("gradientFlowMoment")
        self.slider.setAccessibleName(self.tr("Moment of the training"))
        self.slider.setFixedWidth(90)
        self.slider.valueChanged.connect(self._draw)
        self.add_tool(self.slider)
        self.set_view(self.bars)

    def show_health(self, health: tuple[Health, ...]) -> None:
        """Another run, or more of it."""
        follows = self.slider.value() == self.slider.maximum() or not self._health
        self._health = health
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, len(health) - 1))
            if follows:
                self.slider.setValue(len(health) - 1)
        self.slider.setVisible(len(health) > 1)
        self._draw()

    @Slot()
    def _draw(self) -> None:
        if not self._health:
            self.detail.clear()
            self.say(self.tr("How much of the gradient reaches each block, once a training has begun."))
            return
        look = self._health[min(self.slider.value(), len(self._health) - 1)]
        self.bars.show_health(look)
        text = self.tr("root mean square by depth · epoch {epoch}").format(epoch=look.epoch)
        self.detail.set_texts(text, self.tr("epoch {epoch}").format(epoch=look.epoch))
        self.show_view()


@dataclass(frozen=True, slots=True)
class _Number:
    """One number of a block's health; ``log``: it spans decades."""

    text: str
    value: Callable[[BlockHealth], float | None]
    log: bool = False


class BlocksCard(LookCard):
    """Activations, gradients and weights of every block, one number at a time."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(room, "blockHealthCard", "", "", parent)
        self.title.setText(self.tr("Blocks over epochs"))
        self.setAccessibleName(self.title.text())
        self._health: tuple[Health, ...] = ()
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
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.lines)
        self.set_view(page)

    def show_health(self, health: tuple[Health, ...]) -> None:
        """Another run, or more of it."""
        self._health = health
        self._draw()

    @Slot()
    def _draw(self) -> None:
        one = self._numbers[max(0, self.number.currentIndex())]
        self.lines.show_health(self._health, one.value, one.log)
        if self.lines.lines:
            self.show_view()
        elif self._health:
            self.say(self.tr("No block of this network has this number."))
        else:
            self.say(self.tr("One look an epoch at every block, once a training has begun."))
        self._tell("")

    @Slot(str)
    def _tell(self, said: str) -> None:
        many = self.tr("{count} blocks, later ones stronger").format(count=len(self.lines.lines))
        self.detail.set_texts(said or (many if self.lines.lines else ""))


def _gradient(block: BlockHealth) -> float | None:
    return gradient_size(block) if block.gradient_norm is not None and block.weights else None
