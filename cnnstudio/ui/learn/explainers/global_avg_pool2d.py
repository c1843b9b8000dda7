"""Global average pooling: a whole channel becomes its mean."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import grid_of, step_at
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Cell, Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnGlobalAvgPool2d", text)


class GlobalAvgPool2d(Explainer):
    """Each step is one channel."""

    def steps(self, view: View) -> int:
        return int(self.passage.y.shape[1])

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        if not grid.startswith("output"):
            return None
        step = step_at(self.passage.y, cell)
        return None if step is None else replace(view, step=step)

    def scene(self, view: View) -> Scene:
        passage = self.passage
        pixels = int(passage.x.shape[2] * passage.x.shape[3])
        backward = view.mode == "backward"
        maps, vector = (passage.dx, passage.dy) if backward else (passage.x, passage.y)
        suffix = " gradient" if backward else ""
        sizes = _tr("{count} maps of {height}×{width} become {count} numbers, without any weight").format(
            count=self.steps(view), height=passage.x.shape[2], width=passage.x.shape[3]
        )
        value = float(vector[0, view.step])
        map_grid = replace(grid_of(f"input{suffix}", _tr("Map"), maps, view.step, 0, "window"), marks={})
        row = grid_of(f"output{suffix}", _tr("Features"), vector, 0, view.step, "result")
        if backward:
            lines = (_tr("every pixel gets"), f"{exact(value)} / {pixels}", f"= {exact(value / pixels)}")
            panel = Panel(
                "mean", _tr("The gradient is shared"), sizes, (row, Sign("→"), map_grid, Note(lines))
            )
        else:
            total = float(maps[0, view.step].sum())
            lines = (_tr("Σ / pixels"), f"{exact(total)} / {pixels}", f"= {exact(value)}")
            figures = (map_grid, Sign("mean →"), row, Note(lines))
            panel = Panel("mean", _tr("The mean of a channel"), sizes, figures)
        text = _tr("Channel {channel} of {channels}: {value}.")
        return Scene(
            (panel,), text.format(channel=view.step + 1, channels=self.steps(view), value=exact(value))
        )
