"""Flatten: a map's numbers in one row, channel by channel."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.flatten import Flatten as Block
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import grid_of, is_map, place, step_at
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Cell, Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnFlatten", text)


class Flatten(Explainer):
    """Each step is one number; nothing is computed, it only moves."""

    block: Block

    def steps(self, view: View) -> int:
        return int(self.passage.y.shape[1])

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        if grid.startswith("output"):
            step = step_at(self.passage.y, cell)
            return None if step is None else replace(view, step=step)
        inside = step_at(self.passage.x, cell)
        if inside is None:
            return None
        channel, _ = divmod(view.step, self._pixels())
        return replace(view, step=channel * self._pixels() + inside)

    def scene(self, view: View) -> Scene:
        channel, inside = divmod(view.step, self._pixels())
        row, column = place(self.passage.x, inside)
        backward = view.mode == "backward"
        maps, vector = (self.passage.dx, self.passage.dy) if backward else (self.passage.x, self.passage.y)
        suffix = " gradient" if backward else ""
        before = grid_of(f"input{suffix}", _tr("Map"), maps, channel, inside, "window")
        after = grid_of(f"output{suffix}", _tr("Features"), vector, 0, view.step, "result")
        _, _, height, width = self.passage.x.shape if is_map(self.passage.x) else (1, 1, 1, view.step + 1)
        index = f"{channel}·{height}·{width} + {row}·{width} + {column}"
        note = Note((_tr("channel · height · width + row · width + column"), f"= {index}", f"= {view.step}"))
        figures = (after, Sign("→"), before, note) if backward else (before, Sign("→"), after, note)
        detail = " · ".join(self.block.derivation(self.passage.x.shape[1:]))
        value = exact(float(vector[0, view.step]))
        sentence = _tr("Channel {channel}, row {row}, column {column} is feature {feature}: {value}.")
        return Scene(
            (Panel("flatten", _tr("The same numbers in one row"), detail, figures),),
            sentence.format(
                channel=channel + 1, row=row + 1, column=column + 1, feature=view.step + 1, value=value
            ),
        )

    def _pixels(self) -> int:
        if not is_map(self.passage.x):
            return int(self.passage.x.shape[1])
        return int(self.passage.x.shape[2] * self.passage.x.shape[3])
