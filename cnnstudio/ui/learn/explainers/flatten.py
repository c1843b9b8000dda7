"""Flatten: a map's numbers in one row, channel by channel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.flatten import Flatten as Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.build.say import phrases
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import grid_of, is_map, place, step_at
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Cell, Frame, Note, Panel, Picture, Scene, Sign

_LEAST = 9
_LINES, _WIDE, _HIGH = 8, 560.0, 12
"""How many channels the strip shows, and how wide it and how high a line is, in pixels."""


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
        channel = view.step // self._pixels()
        if grid == "strip":
            first, times = self._lines(channel)
            return replace(view, step=(first + cell[0] // times) * self._pixels() + cell[1])
        inside = step_at(self.passage.x, cell)
        if inside is None:
            return None
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
        note = Note(
            (_tr("from 0: channel · height · width + row · width + column"), f"= {index}", f"= {view.step}")
        )
        figures = (after, Sign("→"), before, note) if backward else (before, Sign("→"), after, note)
        detail = phrases(self.block.derivation(self.passage.x.shape[1:]))
        value = exact(float(vector[0, view.step]))
        sentence = _tr("Channel {channel}, row {row}, column {column} is feature {feature}: {value}.")
        panel = Panel("flatten", _tr("The same numbers in one row"), detail, figures)
        return Scene(
            (panel, self._strip(maps, channel)) if is_map(maps) and self._pixels() >= _LEAST else (panel,),
            sentence.format(
                channel=channel + 1, row=row + 1, column=column + 1, feature=view.step + 1, value=value
            ),
        )

    def _strip(self, maps: Array, channel: int) -> Panel:
        """The features as a picture, a line a channel, so that they can be found again."""
        pixels, (first, times) = self._pixels(), self._lines(channel)
        lines = maps[0, first : first + _LINES].reshape(-1, pixels)
        top = (channel - first) * times
        title = _tr("Features {first} to {last}, a line a channel").format(
            first=first * pixels + 1, last=(first + len(lines)) * pixels
        )
        own = _tr("Channel {channel}").format(channel=channel + 1)
        figures = (
            Picture("channel", own, maps[0, channel], side=110),
            Sign("→"),
            Picture(
                "strip",
                title,
                np.repeat(lines, times, axis=0),
                (Frame((top, 0), (top + times - 1, pixels - 1), "window"),),
                side=min(_WIDE, 14.0 * pixels),
            ),
        )
        return Panel("strip", _tr("Channel by channel, and in each row by row"), "", figures)

    def _lines(self, channel: int) -> tuple[int, int]:
        """The first channel of the strip, and how often each is repeated to be a line that can be seen."""
        count, pixels = int(self.passage.x.shape[1]), self._pixels()
        first = max(0, min(channel - _LINES // 2, count - _LINES))
        return first, max(1, round(_HIGH * pixels / min(_WIDE, 14.0 * pixels)))

    def _pixels(self) -> int:
        if not is_map(self.passage.x):
            return int(self.passage.x.shape[1])
        return int(self.passage.x.shape[2] * self.passage.x.shape[3])
