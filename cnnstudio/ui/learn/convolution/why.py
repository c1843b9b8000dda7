"""Why convolution: what the same mapping would cost without it, and what kernels see."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.core.quantity import grouped, short
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.convolution.kernels import KERNELS, applied
from cnnstudio.ui.learn.convolution.numbers_at import NumbersAt
from cnnstudio.ui.learn.convolution.sliding import filter_grid
from cnnstudio.ui.learn.explainer import About
from cnnstudio.ui.learn.scene import Frame, Grid, Note, Panel, Picture, Scene, Sign


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnWhy", text)


def why_scene(numbers: NumbersAt, about: About) -> Scene:
    """Step by step another kernel that was made by hand, beside one that was learnt."""
    kernel = KERNELS[numbers.view.step]
    sentence = _tr("{name}: {use}. A network finds such kernels by itself.")
    return Scene(
        (_cost(numbers), _kernels(numbers, about)), sentence.format(name=kernel.named(), use=kernel.used())
    )


def _cost(numbers: NumbersAt) -> Panel:
    passage = numbers.passage
    inputs, outputs = (int(np.prod(values.shape[1:])) for values in (passage.x, passage.y))
    own = sum(int(values.size) for values in passage.layer.params.values())
    dense = inputs * outputs + (outputs if numbers.bias is not None else 0)
    pixels = int(np.prod(numbers.weights.shape))
    figures = (
        Picture(
            "shared",
            _tr("Input: one filter, everywhere"),
            passage.x[0, numbers.channel],
            tuple(Frame(*at.corners, "filter") for at in _three(numbers)),
        ),
        Sign("→"),
        Picture(
            "answers",
            _tr("Output: what it answers there"),
            passage.y[0, numbers.view.output],
            tuple(Frame(at.cell, at.cell, "result") for at in _three(numbers)),
            signed=True,
        ),
        Note(
            (
                _tr("this convolution"),
                _tr("{count} parameters").format(count=grouped(own)),
                _tr("fully connected, the same mapping"),
                f"{grouped(inputs)} × {grouped(outputs)}"
                + (f" + {grouped(outputs)}" if numbers.bias is not None else ""),
                _tr("= {count} parameters").format(count=grouped(dense)),
                _tr("{times} times as many").format(times=short(round(dense / max(1, own)))),
            )
        ),
    )
    detail = _tr(
        "local: an output pixel sees {seen} of {inputs} inputs · shared: each weight is used {times} times"
    )
    return Panel(
        "why",
        _tr("The same few weights at every place"),
        detail.format(seen=grouped(pixels), inputs=grouped(inputs), times=grouped(numbers.steps)),
        figures,
    )


def _three(numbers: NumbersAt) -> list[NumbersAt]:
    """The same filter at three places of the map."""
    _, _, rows, columns = numbers.passage.y.shape
    places = ((rows // 5, columns // 5), (rows // 2, columns // 2), (4 * rows // 5, 4 * columns // 5))
    return [numbers.at(row * columns + column) for row, column in places]


def _kernels(numbers: NumbersAt, about: About) -> Panel:
    kernel = KERNELS[numbers.view.step]
    image = _grey(numbers, about)
    weights = kernel.weights
    figures = (
        Picture("image", _tr("The image"), image, side=130),
        Sign("∗"),
        Grid("kernel", kernel.named(), weights, {(i, j): "filter" for i in range(3) for j in range(3)}),
        Sign("="),
        Picture("kernel result", _tr("by hand"), applied(kernel, image), side=130, signed=True),
        filter_grid(numbers),
        Sign("→"),
        Picture(
            "learnt result",
            _tr("by this filter"),
            numbers.passage.y[0, numbers.view.output],
            side=130,
            signed=True,
        ),
    )
    return Panel("kernels", _tr("Kernels made by hand, and one of this layer"), kernel.used(), figures)


def _grey(numbers: NumbersAt, about: About) -> Array:
    image = about.image if about.image is not None else numbers.passage.x[0]
    grey: Array = image.mean(axis=0)
    return grey
