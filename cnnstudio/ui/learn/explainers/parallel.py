"""Branches side by side: which branch a channel of the output comes from."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import accumulate

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.parallel import Parallel as Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.layers.parallel import Parallel as Layer
from cnnstudio.ui.build.say import headline
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import busiest, cells, channels, grid_of, in_one_unit, place, plane, step_at
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.scene import Cell, Figure, Frame, Note, Panel, Picture, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnParallel", text)


def _joined(sign: str, values: list[float]) -> str:
    """Numbers with signs between them; what is negative behind a sign stands in brackets."""
    return f" {sign} ".join([exact(values[0]), *map(bracketed, values[1:])])


class Parallel(Explainer):
    """Concatenated, each step is a channel of the output; added or multiplied, a number of one channel."""

    block: Block

    def steps(self, view: View) -> int:
        if self._concatenates():
            return int(self.passage.y.shape[1])
        return cells(self.passage.y)

    def channels(self, view: View) -> int:
        if view.mode == "backward":
            return channels(self.passage.x)
        return 0 if self._concatenates() else channels(self.passage.y)

    def opening(self, view: View) -> int:
        if self._concatenates():
            return view.step
        values = self.passage.dy if view.mode == "backward" else self.passage.y
        return busiest(plane(values, min(view.channel, max(0, channels(values) - 1))), view.step)

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        if self._concatenates() or grid.startswith(("share", "input")):
            return None
        step = step_at(self.passage.y, cell)
        return None if step is None else replace(view, step=step)

    def scene(self, view: View) -> Scene:
        scene = self._concatenated(view) if self._concatenates() else self._merged(view)
        return self._with_shares(scene, view) if view.mode == "backward" else scene

    def _with_shares(self, scene: Scene, view: View) -> Scene:
        """What comes back through each branch, and that it is added, at the pixel where most does."""
        layer, dx = self.passage.layer, self.passage.dx
        assert isinstance(layer, Layer)
        channel = min(view.channel, max(0, channels(dx) - 1))
        step = int(np.nanargmax(np.abs(plane(dx, channel)).ravel()))
        figures: list[Figure] = []
        values = []
        for number, share in enumerate(layer.shares):
            title = _tr("Branch {branch}").format(branch=number + 1)
            most = 5 if len(layer.shares) < 4 else 3
            figures += [
                grid_of(f"share {number}", title, share, channel, step, "gradient", most=most),
                Sign("+"),
            ]
            values.append(float(plane(share, channel)[place(share, step)]))
        figures[-1] = Sign("=")
        result = float(plane(dx, channel)[place(dx, step)])
        figures += [
            grid_of("input gradient", _tr("dx"), dx, channel, step, "touched", most=5),
            Note(
                (
                    *(f"+ {bracketed(value)}" if i else exact(value) for i, value in enumerate(values)),
                    f"= {exact(result)}",
                )
            ),
        ]
        title = _tr("Every branch had the same input: their gradients are added")
        panel = Panel("shares", title, _tr("dx is the sum over all branches"), in_one_unit(figures))
        sentence = _tr("{count} branches together give dx {value} here.")
        text = sentence.format(count=len(values), value=exact(result))
        own = _tr("Each branch gets its own channels back.") if self._concatenates() else scene.sentence
        return Scene((*scene.panels, panel), f"{own} {text}")

    def _concatenates(self) -> bool:
        return self.block.merge == "concat"

    def _outputs(self) -> list[Array]:
        layer = self.passage.layer
        assert isinstance(layer, Layer)
        return layer.outputs

    def _concatenated(self, view: View) -> Scene:
        widths = [int(y.shape[1]) for y in self._outputs()]
        starts = [0, *accumulate(widths)]
        branch = max(i for i, start in enumerate(starts[:-1]) if start <= view.step and widths[i])
        own = view.step - starts[branch]
        backward = view.mode == "backward"
        whole = self.passage.dy if backward else self.passage.y
        part = whole[:, starts[branch] : starts[branch + 1]]
        names = _tr("Branch {branch}").format(branch=branch + 1), _tr("Joined")
        name = "output gradient" if backward else "output"
        figures: tuple[Figure, ...] = (
            replace(grid_of("branch", names[0], part, own, 0, "window"), marks={}),
            Sign("←" if backward else "→"),
            replace(grid_of(name, names[1], whole, view.step, 0, "result"), marks={}),
            Note(
                (
                    _tr("branch {branch}, channel {own}").format(branch=branch + 1, own=own + 1),
                    f"{starts[branch]} + {own + 1}",
                    _tr("= channel {channel}").format(channel=view.step + 1),
                )
            ),
        )
        text = " + ".join(map(str, widths))
        detail = _tr("{sum} = {total} channels").format(sum=text, total=sum(widths))
        sentence = _tr(
            "Channel {channel} of the output is channel {own} of branch {branch}: nothing is computed."
        )
        panels = [
            Panel("branches", _tr("The channels of all branches, one behind the other"), detail, figures)
        ]
        if not backward and channels(self.passage.y):
            panels.append(self._side_by_side(starts, view))
        return Scene(
            tuple(panels),
            sentence.format(channel=view.step + 1, own=own + 1, branch=branch + 1),
        )

    def _side_by_side(self, starts: list[int], view: View) -> Panel:
        """A channel of each branch, the chosen one framed, and where they go in the output."""
        figures: list[Figure] = []
        for number, y in enumerate(self._outputs()):
            inside = starts[number] <= view.step < starts[number + 1]
            own = view.step - starts[number] if inside else 0
            height, width = y.shape[2:]
            frames = (Frame((0, 0), (height - 1, width - 1), "window"),) if inside else ()
            title = _tr("{first} to {last}").format(first=starts[number] + 1, last=starts[number + 1])
            figures += [Picture(f"branch {number}", title, y[0, own], frames, side=110), Sign("|")]
        title = _tr("A channel of each branch, and its branch's place in the output")
        return Panel("side-by-side", title, "", tuple(figures[:-1]))

    def _merged(self, view: View) -> Scene:
        if view.mode == "backward":
            return self._handed_back(view)
        sign = "+" if self.block.merge == "add" else "·"
        figures: list[Figure] = []
        values: list[float] = []
        for number, y in enumerate(self._outputs()):
            step = min(view.step, cells(y) - 1)
            title = _tr("Branch {branch}").format(branch=number + 1)
            figures += [
                grid_of(f"branch {number}", title, y, view.channel, step, "window", most=5),
                Sign(sign),
            ]
            values.append(float(plane(y, view.channel)[place(y, step)]))
        result = float(plane(self.passage.y, view.channel)[place(self.passage.y, view.step)])
        figures[-1] = Sign("=")
        figures += [
            grid_of("output", _tr("Output"), self.passage.y, view.channel, view.step, "result", most=5),
            Note((_joined(sign, values), f"= {exact(result)}")),
        ]
        title = _tr("The branches are added, number by number")
        if self.block.merge == "multiply":
            title = _tr("The branches are multiplied, number by number")
        detail = _tr("a branch of one number a channel weighs the whole channel")
        shown = in_one_unit(figures) if sign == "+" else tuple(figures)
        panel = Panel("branches", title, detail, shown)
        return Scene((panel,), _tr("The branches give {value}.").format(value=exact(result)))

    def _handed_back(self, view: View) -> Scene:
        """Added, each branch gets the gradient as it is; multiplied, times what the others gave."""
        added = self.block.merge == "add"
        dy, step = self.passage.dy, view.step
        channel = min(view.channel, max(0, channels(dy) - 1))
        value = float(plane(dy, channel)[place(dy, step)])
        says = _tr("each branch gets it as it is") if added else _tr("each branch gets it · the others")
        lines = [says]
        for number in range(len(self._outputs())):
            others = [one for i, one in enumerate(self._outputs()) if i != number]
            told = [float(plane(one, channel)[place(one, min(step, cells(one) - 1))]) for one in others]
            product = value if added else value * math.prod(told)
            terms = exact(value) if added else _joined("·", [value, *told])
            end = "" if added else f" = {exact(product)}"
            lines.append(_tr("branch {branch}: {terms}").format(branch=number + 1, terms=terms + end))
        figures: tuple[Figure, ...] = (
            grid_of("output gradient", _tr("Incoming gradient"), dy, channel, step, "gradient"),
            Sign("→"),
            Note(tuple(lines)),
        )
        panel = Panel("branches", _tr("What each branch is handed back"), headline(self.block), figures)
        return Scene((panel,), _tr("The gradient {value}: {says}.").format(value=exact(value), says=says))
