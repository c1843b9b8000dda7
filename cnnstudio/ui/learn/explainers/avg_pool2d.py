"""Average pooling: every pixel of the window counts alike, and gets its share of the gradient."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.explainers.pooling import Pooling
from cnnstudio.ui.learn.numbers import brief
from cnnstudio.ui.learn.scene import Cell

_LISTED = 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnAvgPool2d", text)


class AvgPool2d(Pooling):
    """Padding counts as zeros, so that a window at the edge shares with it."""

    sign = "mean →"

    def _title(self) -> str:
        return _tr("The mean of each window")

    def _shares(self, view: View) -> dict[Cell, float]:
        counted = 1
        for side, at, size in zip(
            self.block.windows(), self._cell(view), self.passage.x.shape[2:], strict=True
        ):
            start = at * side.stride - side.padding
            counted *= min(start + side.kernel, size + side.padding) - start
        return dict.fromkeys(self._under(view), 1 / counted)

    def _arithmetic(self, view: View) -> str:
        values = self._map(self.passage.x, view)
        under = self._under(view)
        told = [brief(float(values[cell])) for cell in under[:_LISTED]]
        listed = [f"({text})" if text.startswith("−") else text for text in told]
        count = round(1 / next(iter(self._shares(view).values())))
        return f"({' + '.join(listed)}{' + …' if len(under) > _LISTED else ''}) / {count}"

    def _backward_sentence(self) -> str:
        return _tr("Every pixel under the window gets the same share of the gradient.")
