"""Blocks one behind the other: what each stage makes of what the last one gave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.core.shape import shape_text
from cnnstudio.numpy_engine.chain import Chain
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.trace import Recorder
from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.maps import channels, grid_of, is_map, plane
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Bars, Cell, Figure, Frame, Grid, Mark, Note, Panel, Picture, Scene, Sign

_SHOWN = 5
_BARS = 10
_SIDE = 96.0


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnStages", text)


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a chain: x in, y out; dy comes back, dx goes on."""

    title: str
    x: Array
    y: Array
    dy: Array
    dx: Array
    parameters: int


class Stages(Explainer):
    """Each step is one stage."""

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The parts, in the order in which they compute."""
        return tuple(self.parts())

    def parts(self) -> Iterable[Stage]:
        """Finds the stages, once."""
        raise NotImplementedError

    def title(self) -> str:
        """What it does, in a few words."""
        raise NotImplementedError

    def detail(self) -> str:
        """What is to be known beside it."""
        raise NotImplementedError

    def steps(self, view: View) -> int:
        return max(1, len(self.stages))

    def row(self, view: View) -> int:
        return 1

    def channels(self, view: View) -> int:
        stages = self.stages
        widths = [channels(stages[0].x), *(channels(stage.y) for stage in stages)] if stages else [0]
        return max(widths)

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        """A picture of the row leads to the stage that it came from."""
        kind, _, number = grid.partition(" ")
        return replace(view, step=int(number)) if kind == "stage" else None

    def scene(self, view: View) -> Scene:
        stages = self.stages
        if not stages:
            return Scene((Panel("stages", self.title(), self.detail(), ()),), _tr("Nothing is inside."))
        backward, stage = view.mode == "backward", stages[view.step]
        panels = (self._row(stages, view), self._stage(stage, view), self._sizes(stages, view))
        ends = (stage.dy, stage.dx) if backward else (stage.x, stage.y)
        text = _tr("Stage {number} of {count}, {title}: {before} becomes {after}.")
        if backward:
            text = _tr("Back through stage {number} of {count}, {title}: from {before} to {after}.")
        before, after = (_size(values) for values in ends)
        words = text.format(
            number=view.step + 1, count=len(stages), title=stage.title, before=before, after=after
        )
        return Scene(panels, words)

    def _row(self, stages: Sequence[Stage], view: View) -> Panel:
        """What goes in and what each stage gave, as pictures, around the present stage."""
        backward = view.mode == "backward"
        first = max(0, min(view.step - _SHOWN // 2, len(stages) - _SHOWN))
        last = min(len(stages), first + _SHOWN)
        start = stages[first].dx if backward else stages[first].x
        came = _tr("Input") if first == 0 else _tr("From stage {number}").format(number=first)
        figures: list[Figure] = [_picture("came", came, start, view, backward, ())]
        for number in range(first, last):
            stage = stages[number]
            values = stage.dy if backward else stage.y
            height, width = plane(values, _channel(values, view)).shape
            here = (Frame((0, 0), (height - 1, width - 1), "gradient" if backward else "result"),)
            frames = here if number == view.step else ()
            figures += [
                Sign("←" if backward else "→"),
                _picture(f"stage {number}", stage.title, values, view, backward, frames),
            ]
        detail = self.detail()
        if last - first < len(stages):
            some = _tr("{detail} · {first} to {last} are shown")
            detail = some.format(detail=detail, first=first + 1, last=last)
        return Panel("stages", self.title(), detail, tuple(figures))

    def _stage(self, stage: Stage, view: View) -> Panel:
        backward = view.mode == "backward"
        x, y = (stage.dx, stage.dy) if backward else (stage.x, stage.y)
        suffix = " gradient" if backward else ""
        grids = [
            _unmarked(f"{name}{suffix}", title, values, view)
            for name, title, values in (
                ("goes in", _tr("What goes on") if backward else _tr("In"), x),
                ("comes out", _tr("What comes back") if backward else _tr("Out"), y),
            )
        ]
        lines = (
            _tr("in:  {size}").format(size=_size(stage.x)),
            _tr("out: {size}").format(size=_size(stage.y)),
            _tr("{count} parameters").format(count=stage.parameters),
        )
        figures = (grids[0], Sign("←" if backward else "→"), grids[1], Note(lines))
        title = _tr("Stage {number} of {count}: {title}").format(
            number=view.step + 1, count=self.steps(view), title=stage.title
        )
        detail = _tr("choose the blocks inside from the list above to see their arithmetic")
        return Panel("stage", title, detail, figures)

    def _sizes(self, stages: Sequence[Stage], view: View) -> Panel:
        """How large the numbers, or the gradients, are on the way."""
        backward = view.mode == "backward"
        first = max(0, min(view.step - _BARS // 2, len(stages) - _BARS))
        some = list(stages)[first : first + _BARS]
        sizes = np.array([float(np.abs(one.dx if backward else one.y).mean()) for one in some])
        mark: Mark = "gradient" if backward else "result"
        labels = tuple(one.title for one in some)
        what = _tr("mean |dx|") if backward else _tr("mean |y|")
        bars = Bars("sizes", what, labels, sizes, {view.step - first: mark}, width=460)
        text = _tr("what comes to the first stage is {share} of what came to the last")
        if not backward:
            text = _tr("what leaves the last stage is {share} of what came to the first")
        start, end = (stages[-1].dy, stages[0].dx) if backward else (stages[0].x, stages[-1].y)
        whole = float(np.abs(start).mean())
        share = exact(float(np.abs(end).mean()) / whole) if whole else "0"
        title = (
            _tr("How large the gradients are on the way") if backward else _tr("How large the numbers are")
        )
        return Panel("sizes", title, text.format(share=share), (bars,))


def _unmarked(name: str, title: str, values: Array, view: View) -> Grid:
    grid = grid_of(name, title, values, _channel(values, view), 0, "window", most=6)
    return replace(grid, marks={})


def chain_of(layer: Layer) -> Sequence[Layer]:
    """What stands in a stack; an empty one has nothing."""
    assert isinstance(layer, Chain)
    return layer.members


def stage_of(title: str, members: Sequence[Layer]) -> Stage:
    """What a trace recorded of layers one behind the other; zeros where nothing came back."""
    first, last = members[0], members[-1]
    assert isinstance(first, Recorder)
    assert isinstance(last, Recorder)
    dy = np.zeros_like(last.y) if last.dy is None else last.dy
    dx = np.zeros_like(first.x) if first.dy is None else first.dx
    inside = (layer for member in members for layer in member.layers())
    learnt = {id(values): values.size for layer in inside for values in layer.params.values()}
    return Stage(title, first.x, last.y, dy, dx, sum(learnt.values()))


def _channel(values: Array, view: View) -> int:
    return min(view.channel, max(0, channels(values) - 1))


def _picture(
    name: str, title: str, values: Array, view: View, signed: bool, frames: tuple[Frame, ...]
) -> Picture:
    return Picture(name, title, plane(values, _channel(values, view)), frames, _SIDE, signed)


def _size(values: Array) -> str:
    return shape_text(values.shape[1:]) if is_map(values) else str(values.shape[1])
