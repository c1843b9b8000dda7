"""Maximum pooling: one pixel of the window wins, and all of the gradient goes back to it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pooling import Pooling
from cnnstudio.ui.learn.numbers import short
from cnnstudio.ui.learn.scene import Cell


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
        listed = [short(float(values[cell])) for cell in self._under(view)]
        return f"max({', '.join(listed[:6])}{', …' if len(listed) > 6 else ''})"

    def _backward_sentence(self) -> str:
        return _tr("All of the gradient goes to the pixel that won; the others did not matter.")
