"""What maximum and average pooling show alike: a window on the input, one cell of the output."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import product

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.pooling import Pooling as Block
from cnnstudio.core.quantity import grouped
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.build.say import phrases
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import busiest, in_one_unit
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.scene import Cell, Figure, Grid, Mark, Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnPooling", text)


class Pooling(Explainer):
    """Each step is one output pixel of one channel; backward, the same pixel's gradient goes back."""

    block: Block
    sign = ""

    def steps(self, view: View) -> int:
        return int(np.prod(self.passage.y.shape[2:]))

    def channels(self, view: View) -> int:
        return int(self.passage.x.shape[1])

    def scene(self, view: View) -> Scene:
        if view.mode == "backward":
            return self._backward(view)
        row, column = self._cell(view)
        value = float(self.passage.y[0, view.channel, row, column])
        sentence = _tr("Window {step} of {steps} gives {value}; channels stay apart.").format(
            step=view.step + 1, steps=self.steps(view), value=exact(value)
        )
        figures = (self._input(view), Sign(self.sign), self._output(view), self._note(view))
        return Scene(
            (Panel("pooling", self._title(), self._formula(), figures), self._shifted(view)), sentence
        )

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        _, _, out_h, out_w = self.passage.y.shape
        row, column = cell
        if grid in ("input", "input gradient"):
            rows, columns = self.block.windows()
            row = min(out_h - 1, max(0, (row + rows.padding) // rows.stride))
            column = min(out_w - 1, max(0, (column + columns.padding) // columns.stride))
        elif grid not in ("output", "output gradient"):
            return None
        return replace(view, step=row * out_w + column)

    def pixel(self, view: View) -> Cell | None:
        return self._cell(view)

    def opening(self, view: View) -> int:
        values = self.passage.dy if view.mode == "backward" else self.passage.y
        return busiest(values[0, view.channel], view.step)

    def touches(self, grid: str, cell: Cell, view: View) -> Mapping[str, Collection[Cell]]:
        """An input pixel: the outputs whose windows hold it. An output pixel: its window."""
        _, _, out_h, out_w = self.passage.y.shape
        if grid in ("input", "input gradient"):
            found = {
                (row, column)
                for row, column in product(*self._near(cell))
                if 0 <= row < out_h
                and 0 <= column < out_w
                and cell in self._under(replace(view, step=row * out_w + column))
            }
            return {"output": found, "output gradient": found, grid: {cell}}
        if grid in ("output", "output gradient"):
            seen = set(self._under(replace(view, step=cell[0] * out_w + cell[1])))
            return {"input": seen, "input gradient": seen, grid: {cell}}
        return {}

    def _near(self, cell: Cell) -> list[range]:
        """The rows and columns of windows among which those that hold a pixel are."""
        return [
            range((at + side.padding - side.kernel) // side.stride, (at + side.padding) // side.stride + 1)
            for at, side in zip(cell, self.block.windows(), strict=True)
        ]

    # --- what the two poolings say differently

    def _title(self) -> str:
        raise NotImplementedError

    def _shares(self, view: View) -> dict[Cell, float]:
        """The part of the output, and of the gradient, of each pixel under the window; they sum to 1."""
        raise NotImplementedError

    def _arithmetic(self, view: View) -> str:
        """How the window becomes one number."""
        raise NotImplementedError

    def _backward_sentence(self) -> str:
        raise NotImplementedError

    # --- forward

    def _input(self, view: View) -> Grid:
        marks: dict[Cell, Mark] = dict.fromkeys(self._under(view), "window")
        winners = [cell for cell, share in self._shares(view).items() if share == 1.0]
        marks |= dict.fromkeys(winners, "result")
        return self._around(
            "input", _tr("Input, channel {channel}"), self._map(self.passage.x, view), marks, view
        )

    def _output(self, view: View) -> Grid:
        cell = self._cell(view)
        title = _tr("Output, channel {channel}").format(channel=view.channel + 1)
        values = self._map(self.passage.y, view)
        return around("output", title, values, {cell: "result"}, (cell, cell), most=7)

    def _note(self, view: View) -> Note:
        row, column = self._cell(view)
        value = float(self.passage.y[0, view.channel, row, column])
        return Note((self._arithmetic(view), f"= {exact(value)}"))

    def _shifted(self, view: View) -> Panel:
        """The same pooling of the input moved by one pixel: how little it matters."""
        from cnnstudio.core.shape import Shape
        from cnnstudio.numpy_engine.layers import kind_of

        x = self.passage.x[:, view.channel : view.channel + 1]
        moved = np.zeros_like(x)
        moved[:, :, :, 1:] = x[:, :, :, :-1]
        shape: Shape = x.shape[1:]
        pooled: Array = kind_of(self.block)(self.block, shape, None).forward(moved)[0, 0]
        before = self._map(self.passage.y, view)
        scale = float(np.abs(before).max(initial=0)) or 1.0
        same = float((np.abs(pooled - before) <= 0.05 * scale).mean())
        change_in = float((np.abs(moved - x) <= 0.05 * (float(np.abs(x).max(initial=0)) or 1.0)).mean())
        cell = self._cell(view)
        detail = _tr(
            "shifted by one pixel, {same} % of the pooled values and {pixels} % of the pixels are as before"
        ).format(same=round(100 * same), pixels=round(100 * change_in))
        other: dict[Cell, Mark] = {
            (int(row), int(column)): "touched"
            for row, column in np.argwhere(np.abs(pooled - before) > 0.05 * scale)
        }
        figures: tuple[Figure, ...] = (
            around("before", _tr("Pooled"), before, {cell: "result"}, (cell, cell), most=7),
            Sign("→"),
            around("after", _tr("Pooled after the shift"), pooled, other, (cell, cell), most=7),
            Note(
                (
                    _tr("violet: changed by more than 5 %"),
                    _tr("{count} of {all} pooled values").format(
                        count=grouped(len(other)), all=grouped(before.size)
                    ),
                )
            ),
        )
        return Panel("shift", _tr("Shifted input"), detail, in_one_unit(figures))

    # --- backward

    def _backward(self, view: View) -> Scene:
        cell = self._cell(view)
        dy = self._map(self.passage.dy, view)
        dx = self._map(self.passage.dx, view)
        value = float(dy[cell])
        marks: dict[Cell, Mark] = {
            place: "gradient" if share else "window" for place, share in self._shares(view).items()
        }
        title = _tr("Incoming gradient, channel {channel}").format(channel=view.channel + 1)
        share = next((share for share in self._shares(view).values() if share), 0.0)
        figures: tuple[Figure, ...] = (
            around("output gradient", title, dy, {cell: "gradient"}, (cell, cell), most=7),
            Sign("→"),
            self._around("input gradient", _tr("Gradient of the input, channel {channel}"), dx, marks, view),
            Note(
                (_tr("share · gradient"), f"{exact(share)} · {bracketed(value)}", f"= {exact(share * value)}")
            ),
        )
        panel = Panel("pooling", self._title(), self._backward_sentence(), in_one_unit(figures))
        way = _tr("to the pixel that won") if share == 1 else _tr("in equal shares")
        sentence = _tr("The gradient {value} of output pixel {step} of {steps} goes back {way}.").format(
            value=exact(value), step=view.step + 1, steps=self.steps(view), way=way
        )
        return Scene((panel,), sentence)

    # --- numbers

    def _cell(self, view: View) -> Cell:
        return divmod(view.step, int(self.passage.y.shape[3]))

    def _map(self, arrays: Array, view: View) -> Array:
        values: Array = arrays[0, view.channel]
        return values

    def _under(self, view: View) -> list[Cell]:
        """The pixels of the map under the window, in reading order; padding left out."""
        row, column = self._cell(view)
        rows, columns = self.block.windows()
        _, _, height, width = self.passage.x.shape
        down = range(row * rows.stride - rows.padding, row * rows.stride - rows.padding + rows.kernel)
        across = range(
            column * columns.stride - columns.padding,
            column * columns.stride - columns.padding + columns.kernel,
        )
        return [(r, c) for r in down for c in across if 0 <= r < height and 0 <= c < width]

    def _around(self, name: str, title: str, values: Array, marks: dict[Cell, Mark], view: View) -> Grid:
        under = self._under(view)
        return around(name, title.format(channel=view.channel + 1), values, marks, (under[0], under[-1]))

    def _formula(self) -> str:
        return phrases(self.block.derivation(self.passage.x.shape[1:]))
