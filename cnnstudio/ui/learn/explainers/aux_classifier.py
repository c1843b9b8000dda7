"""An auxiliary classifier: the input passes through, and in training a side head has a loss of its own."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.aux_classifier import AuxClassifier as Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.trace import Unwanted
from cnnstudio.ui.build.say import headline
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.maps import grid_of
from cnnstudio.ui.learn.numbers import exact, share
from cnnstudio.ui.learn.scene import Bars, Mark, Note, Panel, Scene, Sign

_BARS = 10


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
        panel = Panel("aux-classifier", title, headline(self.block), figures)
        text = _tr("{value} passes unchanged; the head gives deep networks a gradient half way.")
        head = self._head()
        return Scene((panel,) if head is None else (panel, head), text.format(value=exact(value)))

    def _head(self) -> Panel | None:
        """What the head would say of this image; None where nobody waits for it any more."""
        found = self._said
        if found is None:
            return None
        first = np.sort(np.argsort(-found, kind="stable")[:_BARS])
        if self.about.label < len(found) and self.about.label not in first:
            first[-1] = self.about.label
        labels = tuple(self.about.class_name(int(i)) for i in first)
        marks: dict[int, Mark] = {i: "filter" for i, number in enumerate(first) if number == self.about.label}
        right = float(found[self.about.label]) if self.about.label < len(found) else 0.0
        loss = -math.log(max(right, 1e-45))
        lines = (
            _tr("loss of the head = −log p"),
            f"= −log {share(right)} = {exact(loss)}",
            _tr("it counts"),
            f"{self.block.weight:g} · {exact(loss)}",
            f"= {exact(self.block.weight * loss)}",
        )
        figures = (Bars("head", _tr("probability"), labels, found[first], marks, width=430), Note(lines))
        title = _tr("What the head says half way up")
        return Panel(
            "head", title, _tr("in training it is told what is right, as the end of the network is"), figures
        )

    @cached_property
    def _said(self) -> Array | None:
        """The probabilities (classes,) that the head makes of the trunk."""
        _, head, *_ = self.passage.layer.layers()
        try:
            logits = head.forward(self.passage.x)[0].astype(np.float64)
        except Unwanted:
            return None
        shares = np.exp(logits - logits.max())
        probabilities: Array = shares / shares.sum()
        return probabilities
