"""The numbers of a convolution at one step: what lies under the filter, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cnnstudio.blocks.conv2d import Conv2d as Block
from cnnstudio.core.fields import pair
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.trace import Passage
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.scene import Cell


@dataclass(frozen=True)
class NumbersAt:
    """One output pixel of one filter, seen through one of the input channels that the filter sees."""

    block: Block
    passage: Passage
    view: View

    def at(self, step: int) -> NumbersAt:
        """The same filter and channel at another output pixel."""
        return replace(self, view=replace(self.view, step=step))

    @property
    def steps(self) -> int:
        """How many output pixels there are."""
        _, _, height, width = self.passage.y.shape
        return int(height * width)

    @property
    def filters(self) -> int:
        """Of the whole layer."""
        return int(self.passage.y.shape[1])

    @property
    def share(self) -> int:
        """How many input channels a filter sees: those of its group."""
        return int(self.passage.x.shape[1]) // self.block.groups

    @property
    def group(self) -> int:
        """The filter's."""
        return self.view.output // (self.filters // self.block.groups)

    @property
    def channel(self) -> int:
        """The input channel that is looked at, among all."""
        return self.group * self.share + self.view.channel

    @property
    def cell(self) -> Cell:
        """The output pixel."""
        return divmod(self.view.step, int(self.passage.y.shape[3]))

    @property
    def pixels(self) -> list[list[Cell]]:
        """The places under the filter, row by row; those in the padding lie outside the map."""
        down, across = (
            [at * side.stride - side.padding + i * side.dilation for i in range(side.kernel)]
            for at, side in zip(self.cell, self.block.windows(), strict=True)
        )
        return [[(row, column) for column in across] for row in down]

    @property
    def corners(self) -> tuple[Cell, Cell]:
        """The first and the last place under the filter."""
        return self.pixels[0][0], self.pixels[-1][-1]

    @property
    def window(self) -> Array:
        """What lies under the filter (C / groups, FH, FW)."""
        first = self.group * self.share
        maps = self.passage.x[0, first : first + self.share]
        _, height, width = maps.shape
        rows, columns = np.moveaxis(np.array(self.pixels), -1, 0)
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        window: Array = maps[:, rows.clip(0, height - 1), columns.clip(0, width - 1)] * inside
        return window

    @property
    def weights(self) -> Array:
        """The filter (C / groups, FH, FW)."""
        weights: Array = self.passage.layer.params["weight"][self.view.output]
        return weights

    @property
    def bias(self) -> float | None:
        """The filter's."""
        bias = self.passage.layer.params.get("bias")
        return None if bias is None else float(bias[self.view.output])

    @property
    def result(self) -> float:
        """The output pixel."""
        return float(self.passage.y[0, self.view.output, *self.cell])

    def padded(self, images: Array) -> tuple[Array, Cell]:
        """The channel's map with its padding, and the place of the first cell in the map itself."""
        height, width = pair(self.block.padding)
        return np.pad(images[0, self.channel], [(height, height), (width, width)]), (-height, -width)
