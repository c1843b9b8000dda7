"""Convolution: the window that slides, and the same as one matrix product."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.conv2d import Conv2d as Block
from cnnstudio.core.fields import pair
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.numbers import exact, factor
from cnnstudio.ui.learn.scene import Cell, Grid, Mark, Note, Panel, Scene, Sign

_SHOWN_TERMS = 3


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnConv2d", text)


class Conv2d(Explainer):
    """Each step is one output pixel."""

    block: Block

    def steps(self, view: View) -> int:
        _, _, out_h, out_w = self.passage.y.shape
        return int(out_h * out_w)

    def outputs(self) -> int:
        return int(self.passage.y.shape[1])

    def channels(self, view: View) -> int:
        return int(self.passage.x.shape[1]) // self.block.groups

    def scene(self, view: View) -> Scene:
        row, column = self._cell(view)
        value = float(self.passage.y[0, view.output, row, column])
        sentence = _tr(
            "Window {step} of {steps}: output pixel row {row}, column {column} is {value}."
        ).format(
            step=view.step + 1, steps=self.steps(view), row=row + 1, column=column + 1, value=exact(value)
        )
        return Scene((self._sliding(view), self._product(view)), sentence)

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        _, _, out_h, out_w = self.passage.y.shape
        row, column = cell
        if grid == "input":
            rows, columns = self.block.windows()
            row = min(out_h - 1, max(0, (row + rows.padding - rows.extent // 2) // rows.stride))
            column = min(
                out_w - 1, max(0, (column + columns.padding - columns.extent // 2) // columns.stride)
            )
        elif grid == "matrix":
            return replace(view, step=min(cell[0], self.steps(view) - 1))
        elif grid == "filters":
            return replace(view, output=cell[1])
        elif grid != "output":
            return None
        return replace(view, step=row * out_w + column)

    # --- the window that slides

    def _sliding(self, view: View) -> Panel:
        row, column = self._cell(view)
        pixels = self._window_pixels(row, column)
        window = self._window(view)[view.channel]
        weights = self._filter(view)[view.channel]
        channel = _tr("Input, channel {channel}").format(channel=self._input_channel(view) + 1)
        (top, left), (bottom, right) = pixels[0, 0], pixels[-1, -1]
        padded, origin = self._padded(view)
        marks: dict[Cell, Mark] = {(int(r), int(c)): "window" for r, c in pixels.reshape(-1, 2)}
        figures = (
            around(
                "input",
                channel,
                padded,
                marks,
                ((int(top), int(left)), (int(bottom), int(right))),
                origin=origin,
            ),
            Sign("∗"),
            Grid(
                "filter",
                _tr("Filter {number}").format(number=view.output + 1),
                weights,
                {(i, j): "filter" for i in range(weights.shape[0]) for j in range(weights.shape[1])},
            ),
            Sign(_tr("+ b =") if self._bias(view) is not None else "="),
            around(
                "output",
                _tr("Output, channel {channel}").format(channel=view.output + 1),
                self.passage.y[0, view.output],
                {(row, column): "result"},
                ((row, column), (row, column)),
                most=7,
            ),
            self._sum(view, window, weights),
        )
        return Panel("sliding", _tr("The window slides"), self._size_formula(), figures)

    def _sum(self, view: View, window: Array, weights: Array) -> Note:
        row, column = self._cell(view)
        pairs = list(zip(window.ravel().tolist(), weights.ravel().tolist(), strict=True))
        terms = " + ".join(f"{factor(a)}·{factor(b)}" for a, b in pairs[:_SHOWN_TERMS])
        more = " + …" if len(pairs) > _SHOWN_TERMS else ""
        own = float((window * weights).sum())
        lines = [_tr("Σ window × filter"), f"= {terms}{more}", f"= {exact(own)}"]
        others = [float((w * f).sum()) for w, f in zip(self._window(view), self._filter(view), strict=True)]
        if len(others) > 1:
            rest = sum(others) - own
            lines.append(_tr("other channels: {value}").format(value=exact(rest)))
        bias = self._bias(view)
        if bias is not None:
            lines.append(f"b: {exact(bias)}")
        result = float(self.passage.y[0, view.output, row, column])
        return Note((*lines, f"= {exact(result)}"))

    # --- the same as a matrix product

    def _product(self, view: View) -> Panel:
        _, _, out_h, out_w = self.passage.y.shape
        rows, columns = out_h * out_w, int(np.prod(self._filter(view).shape))
        filters = self.passage.y.shape[1] // self.block.groups
        first = max(0, min(view.step - 2, rows - 6))
        matrix = np.stack(
            [self._window(replace(view, step=s)).ravel() for s in range(first, min(rows, first + 6))]
        )
        group = view.output // filters
        weights = self.passage.layer.params["weight"].reshape(self.outputs(), -1)
        weights = weights[group * filters : (group + 1) * filters]
        shown = max(0, min(view.output % filters - 1, filters - 4))
        result = self.passage.y[0, group * filters : (group + 1) * filters].reshape(filters, -1).T
        sizes = _tr("one row per window: {rows} × {columns} · filters as columns: {columns} × {filters}")
        detail = sizes.format(rows=rows, columns=columns, filters=filters)
        chosen = view.output % filters
        figures = (
            Grid(
                "matrix",
                _tr("im2col"),
                matrix[:, :12],
                {(view.step, j): "window" for j in range(12)},
                (first, 0),
                (rows, columns),
                gaps=(first + 6 < rows, columns > 12),
            ),
            Sign("×"),
            Grid(
                "filters",
                _tr("Filters"),
                weights.T[:6, shown : shown + 4],
                {(i, chosen): "filter" for i in range(6)},
                (0, shown),
                (columns, filters),
                gaps=(columns > 6, shown + 4 < filters),
            ),
            Sign(_tr("+ b =") if self._bias(view) is not None else "="),
            Grid(
                "result",
                _tr("Output"),
                result[first : first + 6, shown : shown + 4],
                {(view.step, chosen): "result"},
                (first, shown),
                (rows, filters),
                gaps=(first + 6 < rows, shown + 4 < filters),
            ),
        )
        return Panel("product", _tr("The same as one matrix product (im2col)"), detail, figures)

    # --- numbers

    def _cell(self, view: View) -> Cell:
        return divmod(view.step, int(self.passage.y.shape[3]))

    def _input_channel(self, view: View) -> int:
        """Of the whole input: a group sees its share of it only."""
        share = self.channels(view)
        return view.output // (self.outputs() // self.block.groups) * share + view.channel

    def _window_pixels(self, row: int, column: int) -> Array:
        """The places (FH, FW, 2) under the window; those in the padding lie outside the map."""
        rows, columns = self.block.windows()
        down = row * rows.stride - rows.padding + np.arange(rows.kernel) * rows.dilation
        across = column * columns.stride - columns.padding + np.arange(columns.kernel) * columns.dilation
        return np.stack(np.meshgrid(down, across, indexing="ij"), axis=-1).astype(np.float64)

    def _window(self, view: View) -> Array:
        """What lies under the filter (C / groups, FH, FW)."""
        row, column = self._cell(view)
        pixels = self._window_pixels(row, column).astype(int)
        share = self.channels(view)
        first = self._input_channel(replace(view, channel=0))
        height, width = pair(self.block.padding)
        padded = np.pad(self.passage.x[0, first : first + share], [(0, 0), (height, height), (width, width)])
        window: Array = padded[:, pixels[..., 0] + height, pixels[..., 1] + width]
        return window

    def _padded(self, view: View) -> tuple[Array, Cell]:
        height, width = pair(self.block.padding)
        x = np.pad(self.passage.x[0, self._input_channel(view)], [(height, height), (width, width)])
        return x, (-height, -width)

    def _filter(self, view: View) -> Array:
        weights: Array = self.passage.layer.params["weight"][view.output]
        return weights

    def _bias(self, view: View) -> float | None:
        bias = self.passage.layer.params.get("bias")
        return None if bias is None else float(bias[view.output])

    def _size_formula(self) -> str:
        return " · ".join(self.block.derivation(self.passage.x.shape[1:]))
