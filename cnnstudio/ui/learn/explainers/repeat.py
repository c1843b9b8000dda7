"""Repeat: the same blocks again and again, each time with weights of their own."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layers.repeat import Repeat as Layer
from cnnstudio.ui.build.say import headline
from cnnstudio.ui.learn.stages import Stage, Stages, chain_of, stage_of


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnRepeat", text)


class Repeat(Stages):
    """Each step is a repetition."""

    def parts(self) -> Iterator[Stage]:
        layer = self.passage.layer
        assert isinstance(layer, Layer)
        text = _tr("repetition {number}")
        for number, members in enumerate(map(chain_of, layer.members)):
            if members:
                yield stage_of(text.format(number=number + 1), members)

    def title(self) -> str:
        return _tr("Again and again, each time with weights of its own")

    def detail(self) -> str:
        return headline(self.block)
