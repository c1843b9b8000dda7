"""Dropout: in training random values are zero and the others larger; in evaluation nothing happens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.dropout import Dropout as Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import channels, grid_of, plane
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Bars, Cell, Note, Panel, Scene, Sign

_DRAWS = 20
_MOST_VALUES = 20_000
"""Of more, twenty draws would take longer than a step may."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnDropout", text)


class Dropout(Explainer):
    """Each step is another draw, as each training step is; the same mask holds the gradient back."""

    block: Block

    def steps(self, view: View) -> int:
        return _DRAWS

    def channels(self, view: View) -> int:
        return channels(self.passage.x)

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        return replace(view, step=(view.step + 1) % _DRAWS)

    def scene(self, view: View) -> Scene:
        backward = view.mode == "backward"
        values = self.passage.dy if backward else self.passage.x
        mask = self._mask(view.step, values.shape).astype(values.dtype)
        kept = values * mask / values.dtype.type(1 - self.block.p)
        names = (
            (_tr("Incoming gradient"), _tr("Gradient of the input"))
            if backward
            else (_tr("Input"), _tr("Output in training"))
        )
        before = grid_of("before", names[0], values, view.channel, 0, "window")
        after = grid_of("after", names[1], kept, view.channel, 0, "result")
        gone = {
            (row + after.corner[0], column + after.corner[1])
            for row, column in np.argwhere(
                plane(mask, view.channel)[: after.values.shape[0], : after.values.shape[1]] == 0
            )
        }
        before = replace(before, marks={})
        after = replace(after, marks={(int(row), int(column)): "padding" for row, column in gone})
        figures = (
            before,
            Sign("→"),
            after,
            Note(
                (_tr("what stays"), f"· 1 / (1 − {self.block.p:g})", f"= · {exact(1 / (1 - self.block.p))}")
            ),
        )
        share = round(100 * float((mask == 0).mean()))
        detail = _tr("draw {step}: {share} % are zero · in evaluation everything passes unchanged").format(
            step=view.step + 1, share=share
        )
        sentence = _tr("Which values are dropped is drawn anew at every step, so that none can be relied on.")
        panel = Panel("dropout", _tr("Random values are dropped in training"), detail, figures)
        if backward or values.size > _MOST_VALUES:
            return Scene((panel,), sentence)
        return Scene((panel, self._on_average(values, view)), sentence)

    def _on_average(self, values: Array, view: View) -> Panel:
        """Why what stays is made larger: on average nothing changes."""
        masks = (self._mask(draw, values.shape) for draw in range(_DRAWS))
        draws = [float((values * mask).mean()) / (1 - self.block.p) for mask in masks]
        usual = float(values.mean())
        means = np.array([usual, draws[view.step], float(np.mean(draws)), usual])
        labels = (
            _tr("before"),
            _tr("draw {number}").format(number=view.step + 1),
            _tr("{count} draws").format(count=_DRAWS),
            _tr("in evaluation"),
        )
        bars = Bars("means", _tr("mean of all values"), labels, means, {1: "result"}, width=430)
        title = _tr("On average the sum stays as it is")
        return Panel("average", title, _tr("which is why what stays is divided by 1 − p"), (bars,))

    def _mask(self, draw: int, shape: tuple[int, ...]) -> Array:
        """1 where a value stays."""
        drawn = (*shape[:2], 1, 1) if type(self.block).__name__ == "Dropout2d" else shape
        stays = np.random.default_rng(draw).random(drawn) >= self.block.p
        return np.broadcast_to(stays, shape).astype(np.float64)
