"""Local response norm: a number is made smaller where its neighbouring channels are loud."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.blocks.local_response_norm import LocalResponseNorm as Block
from cnnstudio.ui.build.say import block_formula
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.maps import grid_of, place
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.scene import Grid, Note, Panel, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnLocalResponseNorm", text)


class LocalResponseNorm(Pointwise):
    """The neighbours are channels at the same pixel."""

    alone = False

    block: Block

    def scene(self, view: View) -> Scene:
        if view.mode == "backward":
            return super().scene(view)
        block, passage = self.block, self.passage
        row, column = place(passage.x, view.step)
        first = max(0, view.channel - block.size // 2)
        last = min(int(passage.x.shape[1]), view.channel + (block.size - 1) // 2 + 1)
        beside = passage.x[0, first:last, row, column]
        total = float((beside.astype(float) ** 2).sum())
        d = block.k + block.alpha / block.size * total
        x, y = (self.value_at(values, view) for values in (passage.x, passage.y))
        figures = (
            grid_of("input", _tr("Input"), passage.x, view.channel, view.step, "window", most=7),
            Sign("→"),
            Grid(
                "neighbours",
                _tr("Channels {first} to {last} here").format(first=first + 1, last=last),
                beside[:, None],
                {(view.channel, 0): "window"},
                (first, 0),
            ),
            Sign("→"),
            grid_of("output", _tr("Output"), passage.y, view.channel, view.step, "result", most=7),
            Note(
                (
                    _tr("d = k + α / size · Σ x²"),
                    f"= {block.k:g} + {block.alpha:g} / {block.size} · {exact(total)}",
                    f"= {exact(d)}",
                    _tr("x / d^β"),
                    f"= {bracketed(x)} / {exact(d)}^{block.beta:g}",
                    f"= {exact(y)}",
                )
            ),
        )
        panel = Panel("local-response-norm", _tr("Loud neighbours quieten"), block_formula(block), figures)
        text = _tr("{before} becomes {after}: {count} channels at this pixel compete.")
        return Scene((panel,), text.format(before=exact(x), after=exact(y), count=len(beside)))

    def slope_says(self, value: float, slope: float) -> str:
        return _tr("from its own output, and from its neighbours'")
