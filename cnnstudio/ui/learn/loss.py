"""Softmax and cross-entropy, the last step: what is said, what is right, and the gradient between them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.softmax import Softmax
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.trace import Trace
from cnnstudio.ui.learn.explainer import About, Explainer, View
from cnnstudio.ui.learn.maps import grid_of, place, step_at
from cnnstudio.ui.learn.numbers import exact, share
from cnnstudio.ui.learn.scene import Bars, Cell, Grid, Mark, Note, Panel, Scene, Sign

_BARS = 12


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnLoss", text)


class Loss(Explainer):
    """Each step is one class."""

    def __init__(self, trace: Trace, about: About | None = None) -> None:
        super().__init__(Softmax(), trace.end, about)
        self._loss = trace.loss
        self._label = int(trace.labels[0])

    def steps(self, view: View) -> int:
        return int(self.passage.x.shape[1])

    def row(self, view: View) -> int:
        return min(10, self.steps(view))

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        step = step_at(self.passage.x, cell)
        return None if step is None else replace(view, step=step)

    def scene(self, view: View) -> Scene:
        return self._backward(view) if view.mode == "backward" else self._forward(view)

    def _forward(self, view: View) -> Scene:
        x, p = self.passage.x[0], self.passage.y[0]
        total = float(np.exp(x - x.max()).sum())
        name = self.about.class_name(view.step)
        shifted = float(x[view.step] - x.max())
        lines = (
            _tr("class {name}").format(name=name),
            _tr("exp(x − largest) / Σ exp(x − largest)"),
            f"= exp({exact(shifted)}) / {exact(total)}",
            f"= {exact(float(p[view.step]))}",
        )
        softmax = (
            grid_of("logits", _tr("Logits"), self.passage.x, 0, view.step, "window", most=10),
            Sign(_tr("softmax →")),
            grid_of("probabilities", _tr("Probabilities"), self.passage.y, 0, view.step, "result", most=10),
            Note(lines),
        )
        right = float(p[self._label])
        chosen = grid_of("right", _tr("Probabilities"), self.passage.y, 0, self._label, "filter", most=10)
        loss = (
            self._truth(),
            Sign("·"),
            chosen,
            Sign("→"),
            Note(
                (
                    _tr("loss = −log p of the right class"),
                    f"= −log {share(right)}",
                    f"= {exact(self._loss)}",
                )
            ),
        )
        sentence = _tr("Class {name} gets probability {p}; the right one is {right}, the loss {loss}.")
        return Scene(
            (
                Panel("softmax", _tr("Logits become probabilities"), _tr("all together they are 1"), softmax),
                Panel(
                    "cross-entropy",
                    _tr("Cross-entropy: how surprised the network is"),
                    _tr("0 if it was sure and right; log {classes} = {guess} for a blind guess").format(
                        classes=len(x), guess=exact(math.log(len(x)))
                    ),
                    loss,
                ),
                self._by_class(self.passage.y[0], view.step, "result", _tr("What is said of each class")),
            ),
            sentence.format(
                name=name,
                p=exact(float(p[view.step])),
                right=self.about.class_name(self._label),
                loss=exact(self._loss),
            ),
        )

    def _backward(self, view: View) -> Scene:
        p, dx = float(self.passage.y[0, view.step]), float(self.passage.dx[0, view.step])
        y = p - dx
        figures = (
            grid_of("probabilities", _tr("p"), self.passage.y, 0, view.step, "result", most=10),
            Sign("−"),
            self._truth(view.step),
            Sign("="),
            grid_of("gradient", _tr("dx = p − y"), self.passage.dx, 0, view.step, "gradient", most=10),
            Note(("p − y", f"= {share(p)} − {exact(round(y, 6))}", f"= {exact(dx)}")),
        )
        panel = Panel(
            "loss-gradient",
            _tr("The gradient is what was said, less what is right"),
            _tr("this is where the way back begins"),
            figures,
        )
        sentence = _tr("The logit of class {name} has gradient {value}: a step against it makes it {way}.")
        way = _tr("smaller") if dx > 0 else _tr("larger")
        name = self.about.class_name(view.step)
        by_class = self._by_class(
            self.passage.dx[0], view.step, "gradient", _tr("Pulled up, and pushed down, class by class")
        )
        return Scene((panel, by_class), sentence.format(name=name, value=exact(dx), way=way))

    def _by_class(self, values: Array, step: int, mark: Mark, title: str) -> Panel:
        """Bars: of many classes those with the largest numbers, and the two that are looked at."""
        order = sorted(range(len(values)), key=lambda i: -abs(float(values[i])))
        first = order if len(order) <= _BARS else order[: _BARS - 2]
        shown = sorted({*first, step, self._label})
        marks: dict[int, Mark] = {shown.index(self._label): "filter"}
        marks[shown.index(step)] = mark
        labels = tuple(self.about.class_name(i) for i in shown)
        what = _tr("gradient") if mark == "gradient" else _tr("probability")
        bars = Bars("classes", what, labels, values[shown], marks, width=460)
        name = self.about.class_name(self._label)
        return Panel("classes", title, self._right().format(name=name), (bars,))

    def _right(self) -> str:
        if self.about.labelled:
            return _tr("the right one is {name}")
        return _tr("nobody said what is right for this picture: {name} stands in")

    def _truth(self, marked: int | None = None) -> Grid:
        """1 where the class is right; smoothed where the settings smooth it."""
        truth = self.passage.y - self.passage.dx
        truth[np.abs(truth) < 1e-6] = 0
        mark: Mark = "filter"
        step = self._label if marked is None else marked
        grid = grid_of("truth", _tr("y: what is right"), truth, 0, step, mark, most=10)
        return replace(grid, marks={place(truth, step): mark})
