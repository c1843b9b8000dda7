"""Linear: every input feature times its weight, added up, plus the bias; each output has its own weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.core.quantity import grouped
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import grid_of, place, plane, step_at
from cnnstudio.ui.learn.numbers import bracketed, exact, factor
from cnnstudio.ui.learn.scene import Bars, Cell, Figure, Grid, Mark, Note, Panel, Scene, Sign

_TERMS = 2
_BARS = 10


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnLinear", text)


class Linear(Explainer):
    """Each step is one output feature."""

    def steps(self, view: View) -> int:
        return int(self.passage.y.shape[1])

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        if grid not in ("output", "output gradient"):
            return None
        step = step_at(self.passage.y, cell)
        return None if step is None else replace(view, step=step)

    def scene(self, view: View) -> Scene:
        return self._backward(view) if view.mode == "backward" else self._forward(view)

    def _forward(self, view: View) -> Scene:
        x, y = self.passage.x[0], float(self.passage.y[0, view.step])
        weights = self._weights(view)
        largest = np.argsort(-np.abs(x * weights), kind="stable")[:_TERMS]
        terms = " + ".join(f"{factor(float(x[i]))}·{factor(float(weights[i]))}" for i in largest)
        more = " + …" if len(x) > _TERMS else ""
        lines = [_tr("Σ input × weight, largest first"), f"= {terms}{more}"]
        bias = self.passage.layer.params.get("bias")
        if bias is not None:
            lines += [f"= {exact(y - float(bias[view.step]))}", f"+ b: {exact(float(bias[view.step]))}"]
        figures: tuple[Figure, ...] = (
            self._vector("input", _tr("Input features"), self.passage.x, "window"),
            Sign("·"),
            self._vector(
                "weights",
                _tr("Weights of feature {number}").format(number=view.step + 1),
                weights[None],
                "filter",
            ),
            Sign(_tr("+ b =") if bias is not None else "="),
            grid_of("output", _tr("Output features"), self.passage.y, 0, view.step, "result"),
            Note((*lines, f"= {exact(y)}")),
        )
        sentence = _tr("Output feature {number} of {count} is {value}.")
        return Scene(
            (
                Panel("linear", _tr("Every input counts for every output"), self._sizes(), figures),
                self._shares(view),
            ),
            sentence.format(number=view.step + 1, count=self.steps(view), value=exact(y)),
        )

    def _shares(self, view: View) -> Panel:
        """The products that count most, and what all the others come to."""
        products = self.passage.x[0].astype(np.float64) * self._weights(view)
        first = np.argsort(-np.abs(products), kind="stable")[:_BARS]
        rest = float(products.sum() - products[first].sum())
        text = _tr("input {number}")
        labels = [text.format(number=int(i) + 1) for i in first]
        values = products[first].tolist()
        if len(products) > len(first):
            labels.append(_tr("{count} others").format(count=grouped(len(products) - len(first))))
            values.append(rest)
        bias = self.passage.layer.params.get("bias")
        if bias is not None:
            labels.append(_tr("bias"))
            values.append(float(bias[view.step]))
        labels.append(_tr("together"))
        values.append(float(self.passage.y[0, view.step]))
        marks: dict[int, Mark] = {len(values) - 1: "result"}
        title = _tr("input × weight")
        bars = Bars("contributions", title, tuple(labels), np.array(values), marks, width=460)
        detail = _tr("the largest products for feature {number}").format(number=view.step + 1)
        return Panel("contributions", _tr("What counts most"), detail, (bars,))

    def _backward(self, view: View) -> Scene:
        dy = float(self.passage.dy[0, view.step])
        weights, layer = self._weights(view), self.passage.layer
        figures: tuple[Figure, ...] = (
            grid_of("output gradient", _tr("Incoming gradient"), self.passage.dy, 0, view.step, "gradient"),
            Sign("·"),
            self._vector(
                "weights",
                _tr("Weights of feature {number}").format(number=view.step + 1),
                weights[None],
                "filter",
            ),
            Sign("Σ →"),
            self._vector("input gradient", _tr("dx: the sum over all outputs"), self.passage.dx, "touched"),
        )
        to_input = Panel("to-input", _tr("To the input"), "dx = dy · W", figures)
        own = layer.grads["weight"][view.step]
        largest = int(np.abs(self.passage.x[0]).argmax())
        lines = [
            _tr("dW of input {number} = dy · input").format(number=largest + 1),
            f"{exact(dy)} · {bracketed(float(self.passage.x[0, largest]))}",
            f"= {exact(float(own[largest]))}",
        ]
        bias = layer.grads.get("bias")
        if bias is not None:
            lines.append(_tr("db = dy = {value}").format(value=exact(float(bias[view.step]))))
        more: tuple[Figure, ...] = (
            grid_of("output gradient", _tr("Incoming gradient"), self.passage.dy, 0, view.step, "gradient"),
            Sign("·"),
            self._vector("input", _tr("Input features"), self.passage.x, "window"),
            Sign("="),
            self._vector(
                "weight gradient",
                _tr("dW of feature {number}").format(number=view.step + 1),
                own[None],
                "filter",
            ),
            Note(tuple(lines)),
        )
        to_weights = Panel("to-weights", _tr("To the weights and the bias"), "dW = dyᵀ · x", more)
        text = _tr("The gradient {value} of output feature {number} goes to every input and every weight.")
        return Scene((to_input, to_weights), text.format(value=exact(dy), number=view.step + 1))

    def _weights(self, view: View) -> Array:
        weights: Array = self.passage.layer.params["weight"][view.step]
        return weights

    def _vector(self, name: str, title: str, values: Array, mark: Mark) -> Grid:
        shown = plane(values, 0)
        first = place(values, 0)
        grid = around(name, title, shown, {}, (first, first), most=7)
        rows, columns = grid.values.shape
        return replace(grid, marks={(i, j): mark for i in range(rows) for j in range(columns)}, full=None)

    def _sizes(self) -> str:
        inputs, outputs = self.passage.x.shape[1], self.passage.y.shape[1]
        text = _tr("{inputs} inputs × {outputs} outputs = {weights} weights")
        return text.format(
            inputs=grouped(inputs), outputs=grouped(outputs), weights=grouped(inputs * outputs)
        )
