"""Group: blocks one behind the other, under a name."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.registry import block_type
from cnnstudio.numpy_engine.layers.group import Group as Layer
from cnnstudio.numpy_engine.trace import Recorder
from cnnstudio.ui.build.say import block_title, headline
from cnnstudio.ui.learn.stages import Stage, Stages, chain_of, stage_of


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnGroup", text)


class Group(Stages):
    """Each step is a block inside."""

    def parts(self) -> Iterator[Stage]:
        layer = self.passage.layer
        assert isinstance(layer, Layer)
        for number, member in enumerate(chain_of(layer.members[0])):
            assert isinstance(member, Recorder)
            kind = block_type(type(member.layer).__name__)
            yield stage_of(f"{number + 1} · {block_title(kind)}", [member])

    def title(self) -> str:
        return _tr("Blocks one behind the other, under one name")

    def detail(self) -> str:
        return _tr("{name}: computes nothing of its own").format(name=headline(self.block))
