"""Adaptive average pooling: as many windows as it takes to reach a size; they may overlap."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.build.say import block_formula
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.avg_pool2d import AvgPool2d
from cnnstudio.ui.learn.scene import Cell


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnAdaptiveAvgPool2d", text)


class AdaptiveAvgPool2d(AvgPool2d):
    """The size of the output is given, the windows follow from it."""

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        _, _, out_h, out_w = self.passage.y.shape
        if grid in ("input", "input gradient"):
            _, _, height, width = self.passage.x.shape
            cell = cell[0] * out_h // height, cell[1] * out_w // width
        elif grid not in ("output", "output gradient"):
            return None
        return replace(view, step=cell[0] * out_w + cell[1])

    def _near(self, cell: Cell) -> list[range]:
        sides = zip(cell, self.passage.x.shape[2:], self.passage.y.shape[2:])
        return [range(at * out // size - 1, (at + 1) * out // size + 2) for at, size, out in sides]

    def _title(self) -> str:
        return _tr("The mean of each part of the map")

    def _shares(self, view: View) -> dict[Cell, float]:
        under = self._under(view)
        return dict.fromkeys(under, 1 / len(under))

    def _under(self, view: View) -> list[Cell]:
        sides = zip(self._cell(view), self.passage.x.shape[2:], self.passage.y.shape[2:])
        down, across = (range(at * size // out, -(-(at + 1) * size // out)) for at, size, out in sides)
        return [(row, column) for row in down for column in across]

    def _formula(self) -> str:
        return block_formula(self.block)
