"""Maximum pooling: one pixel of the window wins, and all of the gradient goes back to it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pooling import Pooling
from cnnstudio.ui.learn.numbers import brief
from cnnstudio.ui.learn.scene import Cell

_LISTED = 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnMaxPool2d", text)


class MaxPool2d(Pooling):
    """The winner is marked in the input."""

    sign = "max →"

    def _title(self) -> str:
        return _tr("The largest value of each window")

    def _shares(self, view: View) -> dict[Cell, float]:
        values = self._map(self.passage.x, view)
        under = self._under(view)
        winner = max(under, key=lambda cell: float(values[cell]))
        return {cell: float(cell == winner) for cell in under}

    def _arithmetic(self, view: View) -> str:
        values = self._map(self.passage.x, view)
        under = [float(values[cell]) for cell in self._under(view)]
        if len(under) > _LISTED:
            under.sort(reverse=True)  # the one that wins is among those that are told
        listed = [brief(value) for value in under[:_LISTED]]
        return f"max({', '.join(listed)}{', …' if len(under) > _LISTED else ''})"

    def _backward_sentence(self) -> str:
        return _tr("All of the gradient goes to the pixel that won; the others did not matter.")
