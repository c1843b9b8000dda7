"""Zero padding: a frame of zeros around each map; what comes back to the frame is dropped."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.zero_pad2d import ZeroPad2d as Block
from cnnstudio.core.fields import pair
from cnnstudio.ui.build.say import phrases
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import cells, channels, in_one_unit, place
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Cell, Mark, Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnZeroPad2d", text)


class ZeroPad2d(Explainer):
    """Each step is one pixel of the larger map."""

    block: Block

    def steps(self, view: View) -> int:
        return cells(self.passage.y)

    def channels(self, view: View) -> int:
        return channels(self.passage.y)

    def pixel(self, view: View) -> Cell | None:
        return place(self.passage.y, view.step)

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        rows, columns = pair(self.block.padding)
        if grid.startswith("input"):
            cell = cell[0] + rows, cell[1] + columns
        return replace(view, step=cell[0] * int(self.passage.y.shape[3]) + cell[1])

    def scene(self, view: View) -> Scene:
        backward = view.mode == "backward"
        rows, columns = pair(self.block.padding)
        row, column = place(self.passage.y, view.step)
        inner = row - rows, column - columns
        small = (self.passage.dx if backward else self.passage.x)[0, view.channel]
        large = (self.passage.dy if backward else self.passage.y)[0, view.channel]
        height, width = small.shape
        inside = 0 <= inner[0] < height and 0 <= inner[1] < width
        frame: dict[Cell, Mark] = {
            (r, c): "padding"
            for r in range(large.shape[0])
            for c in range(large.shape[1])
            if not (rows <= r < rows + height and columns <= c < columns + width)
        }
        focus = min(max(inner[0], 0), height - 1), min(max(inner[1], 0), width - 1)
        names = (_tr("Gradient of the input"), _tr("Incoming gradient"))
        suffix = " gradient" if backward else ""
        before = around(
            f"input{suffix}",
            names[0] if backward else _tr("Input"),
            small,
            {inner: "touched" if backward else "window"} if inside else {},
            (focus, focus),
        )
        after = around(
            f"output{suffix}",
            names[1] if backward else _tr("Output"),
            large,
            {**frame, (row, column): "gradient" if backward else "result"},
            ((row, column), (row, column)),
        )
        value = float(large[row, column])
        if backward:
            says = _tr("passes on unchanged") if inside else _tr("came to the frame: dropped")
        else:
            says = _tr("a pixel of the input") if inside else _tr("in the frame: zero")
        note = Note((says, f"= {exact(value if inside or not backward else 0.0)}"))
        figures = (after, Sign("→"), before, note) if backward else (before, Sign("→"), after, note)
        detail = phrases(self.block.derivation(self.passage.x.shape[1:]))
        sentence = _tr("Row {row}, column {column} of the padded map: {says}, {value}.")
        return Scene(
            (Panel("padding", _tr("A frame of zeros"), detail, in_one_unit(figures)),),
            sentence.format(row=row + 1, column=column + 1, says=says, value=exact(value)),
        )
