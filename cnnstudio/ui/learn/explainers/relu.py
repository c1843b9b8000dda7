"""ReLU: what is positive passes, what is negative is gone."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.learn.explainers.pointwise import Pointwise
from cnnstudio.ui.learn.numbers import exact


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnReLU", text)


class ReLU(Pointwise):
    """A gate that is open or closed, forward and backward alike."""

    sign = "max(0, x) →"

    def title(self) -> str:
        return _tr("Negative values become zero")

    def arithmetic(self, value: float) -> str:
        return f"max(0, {exact(value)})"

    def facts(self) -> str:
        share = float((self.passage.x <= 0).mean()) if self.passage.x.size else 0.0
        return _tr("{share} % of the values of this image are cut").format(share=round(100 * share))

    def slope_says(self, value: float, slope: float) -> str:
        return _tr("positive: it passes, · 1") if value > 0 else _tr("not positive: nothing passes, · 0")
