"""The way back to γ and β, which batch and group normalisation learn alike."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.trace import Passage
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.maps import grid_of
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Note, Panel, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnScaleAndShift", text)


def scale_and_shift(passage: Passage, normalised: Array, channel: int, view: View) -> Panel:
    """dγ and dβ of a channel; ``normalised`` is what γ was multiplied by, of the shape of dy."""
    scale, shift = (float(passage.layer.grads[name][channel]) for name in ("weight", "bias"))
    shown, step = view.channel, view.step
    figures = (
        grid_of("output gradient", _tr("Incoming gradient"), passage.dy, shown, step, "gradient", most=7),
        Sign("·"),
        grid_of("normalised", _tr("Normalised"), normalised, shown, step, "window", most=7),
        Sign("Σ →"),
        Note(
            (
                _tr("dγ = Σ dy · normalised"),
                f"= {exact(scale)}",
                _tr("dβ = Σ dy"),
                f"= {exact(shift)}",
            )
        ),
    )
    detail = _tr("one γ and one β for the whole channel, so all of its pixels add to their gradients")
    return Panel("scale-and-shift", _tr("To γ and β"), detail, figures)
