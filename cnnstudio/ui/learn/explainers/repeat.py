"""Repeat: the same blocks again and again, each time with weights of their own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layers.repeat import Repeat as Layer
from cnnstudio.ui.learn.stages import Stage, Stages, chain_of, stage_of


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnRepeat", text)


class Repeat(Stages):
    """Each step is a repetition."""

    def stages(self) -> Sequence[Stage]:
        return self._stages

    @cached_property
    def _stages(self) -> tuple[Stage, ...]:
        layer = self.passage.layer
        assert isinstance(layer, Layer)
        text = _tr("repetition {number}")
        rounds = (chain_of(member) for member in layer.members)
        return tuple(
            stage_of(text.format(number=number + 1), members)
            for number, members in enumerate(rounds)
            if members
        )

    def title(self) -> str:
        return _tr("Again and again, each time with weights of its own")

    def detail(self) -> str:
        return self.block.headline()
