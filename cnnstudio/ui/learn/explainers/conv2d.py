"""Convolution: the window that slides, the same as a matrix product, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.conv2d import Conv2d as Block
from cnnstudio.core.window import Window
from cnnstudio.ui.learn.convolution.backward import backward_scene
from cnnstudio.ui.learn.convolution.kernels import KERNELS
from cnnstudio.ui.learn.convolution.numbers_at import NumbersAt
from cnnstudio.ui.learn.convolution.product import product_panel
from cnnstudio.ui.learn.convolution.reshape import reshape_panel
from cnnstudio.ui.learn.convolution.sliding import sliding_panel
from cnnstudio.ui.learn.convolution.why import why_scene
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import busiest
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Cell, Scene


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnConv2d", text)


class Conv2d(Explainer):
    """Each step is one output pixel."""

    modes = ("forward", "backward", "why")
    block: Block

    def steps(self, view: View) -> int:
        return len(KERNELS) if view.mode == "why" else self._at(view).steps

    def outputs(self) -> int:
        return self._at(View()).filters

    def channels(self, view: View) -> int:
        return self._at(view).share

    def scene(self, view: View) -> Scene:
        numbers = self._at(view)
        if view.mode == "why":
            return why_scene(numbers, self.about)
        if view.mode == "backward":
            return backward_scene(numbers)
        row, column = numbers.cell
        text = _tr("Window {step} of {steps}: output pixel row {row}, column {column} is {value}.")
        sentence = text.format(
            step=view.step + 1,
            steps=numbers.steps,
            row=row + 1,
            column=column + 1,
            value=exact(numbers.result),
        )
        panels = sliding_panel(numbers), product_panel(numbers), reshape_panel(numbers)
        return Scene(panels, sentence)

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        numbers = self._at(view)
        match grid:
            case "input" | "input gradient" | "summed":
                sizes = self.passage.y.shape[2:]
                row, column = map(_window_over, cell, self.block.windows(), sizes)
            case "output" | "output gradient" | "map":
                row, column = cell
            case "column":
                return replace(view, step=cell[0])
            case "matrix" | "result":
                output = view.output if grid == "matrix" else self._filter(numbers, cell[1])
                return replace(view, step=cell[0], output=output)
            case "filters":
                return replace(view, output=self._filter(numbers, cell[1]))
            case _:
                return None
        return replace(view, step=row * int(self.passage.y.shape[3]) + column)

    def pixel(self, view: View) -> Cell | None:
        return None if view.mode == "why" else self._at(view).cell

    def row(self, view: View) -> int:
        return 1 if view.mode == "why" else super().row(view)

    def opening(self, view: View) -> int:
        if view.mode == "why":
            return view.step
        numbers = self._at(view)
        if view.mode == "backward":
            return busiest(self.passage.dy[0, view.output], view.step)
        if np.ptp(numbers.window) > 0:
            return view.step
        return int(np.abs(self.passage.y[0, view.output]).argmax())

    def touches(self, grid: str, cell: Cell, view: View) -> Mapping[str, Collection[Cell]]:
        """An input pixel: all output pixels whose windows hold it. An output pixel: its window."""
        _, _, out_h, out_w = self.passage.y.shape
        rows, columns = self.block.windows()
        match grid:
            case "input" | "input gradient":
                found = {
                    (row, column)
                    for row in _windows_with(cell[0], rows, out_h)
                    for column in _windows_with(cell[1], columns, out_w)
                }
                return {"output": found, "output gradient": found, "map": found, grid: {cell}}
            case "output" | "output gradient" | "map":
                numbers = self._at(replace(view, step=cell[0] * out_w + cell[1]))
                seen = {place for line in numbers.pixels for place in line}
                return {"input": seen, "input gradient": seen, grid: {cell}}
        return {}

    def _at(self, view: View) -> NumbersAt:
        return NumbersAt(self.block, self.passage, view)

    @staticmethod
    def _filter(numbers: NumbersAt, column: int) -> int:
        """Of the whole layer; the matrix shows the filters of one group."""
        return numbers.group * (numbers.filters // numbers.block.groups) + column


def _windows_with(pixel: int, side: Window, windows: int) -> list[int]:
    """The windows that look at a pixel."""
    offsets = [pixel + side.padding - i * side.dilation for i in range(side.kernel)]
    return [at // side.stride for at in offsets if at % side.stride == 0 and 0 <= at // side.stride < windows]


def _window_over(pixel: int, side: Window, windows: int) -> int:
    """The window whose middle is nearest to a pixel."""
    return min(windows - 1, max(0, (pixel + side.padding - side.extent // 2) // side.stride))
