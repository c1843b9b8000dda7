"""An auxiliary classifier: the input passes through, and in training a side head has a loss of its own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.aux_classifier import AuxClassifier as Block
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.maps import grid_of
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnAuxClassifier", text)


class AuxClassifier(Pointwise):
    """What is traced is a prediction, in which the head is silent."""

    block: Block

    def scene(self, view: View) -> Scene:
        backward = view.mode == "backward"
        passage, weight = self.passage, f"{self.block.weight:g}"
        arrays = (passage.dy, passage.dx) if backward else (passage.x, passage.y)
        names = (
            (_tr("Incoming gradient"), _tr("Gradient of the input"))
            if backward
            else (_tr("Input"), _tr("Output"))
        )
        value = self.value_at(arrays[0], view)
        lines = (
            _tr("in training also: + {weight} · gradient of the head").format(weight=weight)
            if backward
            else _tr("in training: loss = main loss + {weight} · loss of the head").format(weight=weight)
        )
        figures = (
            grid_of("before", names[0], arrays[0], view.channel, view.step, "window", most=7),
            Sign("→"),
            grid_of("after", names[1], arrays[1], view.channel, view.step, "result", most=7),
            Note((lines, _tr("here, as in a prediction, it passes"), f"= {exact(value)}")),
        )
        title = _tr("The trunk passes through; a head beside it learns to classify early")
        panel = Panel("aux-classifier", title, self.block.headline(), figures)
        text = _tr("{value} passes unchanged; the head gives deep networks a gradient half way.")
        return Scene((panel,), text.format(value=exact(value)))
