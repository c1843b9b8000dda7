"""Why convolution: what a fully connected layer would cost, and kernels by hand beside learnt ones."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from cnnstudio.ui.learn.convolution.kernels import KERNELS
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.scene import Grid, Note, Panel, Picture
from tests.ui.learn.test_explain_conv2d import CONVOLUTIONS, explained

WHY = View(mode="why", output=1)


def picture(panel: Panel, name: str) -> Picture:
    return next(one for one in panel.figures if isinstance(one, Picture) and one.name == name)


@pytest.mark.parametrize(
    ("convolution", "own", "dense"),
    [
        (CONVOLUTIONS["plain"], 76, 338 * 484 + 484),  # 13·13·2 pixels, 11·11·4 outputs
        (CONVOLUTIONS["strided and padded"], 76, 338 * 196 + 196),
        (CONVOLUTIONS["in groups, without bias"], 36, 338 * 484),
    ],
)
def test_the_parameters_are_counted(qapp: QApplication, convolution: str, own: int, dense: int) -> None:
    explainer = explained(convolution)
    cost = explainer.scene(WHY).panels[0]
    lines = next(one for one in cost.figures if isinstance(one, Note)).lines
    assert lines[1].replace("\u202f", "") == f"{own} parameters"
    assert "".join(filter(str.isdigit, lines[4])) == str(dense)


@pytest.mark.parametrize("convolution", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_the_frames_are_the_windows_of_the_marked_outputs(qapp: QApplication, convolution: str) -> None:
    explainer = explained(convolution)
    cost = explainer.scene(WHY).panels[0]
    shared, answers = picture(cost, "shared"), picture(cost, "answers")
    np.testing.assert_array_equal(answers.values, explainer.passage.y[0, 1])
    for seen, answer in zip(shared.frames, answers.frames, strict=True):
        touched = explainer.touches("output", answer.first, View(output=1))["input"]
        assert seen.first == min(touched)
        assert seen.last == max(touched)


def test_each_kernel_is_applied_to_the_image(qapp: QApplication) -> None:
    explainer = explained(CONVOLUTIONS["plain"])
    image = explainer.passage.x[0].mean(axis=0)
    framed = np.pad(image, 1, mode="edge")
    assert explainer.steps(WHY) == len(KERNELS) >= 8
    for step, kernel in enumerate(KERNELS):
        panel = explainer.scene(replace(WHY, step=step)).panels[1]
        shown = next(one for one in panel.figures if isinstance(one, Grid) and one.name == "kernel")
        np.testing.assert_array_equal(shown.values, kernel.weights)
        expected = sum(
            kernel.weights[i, j] * framed[i : i + image.shape[0], j : j + image.shape[1]]
            for i in range(3)
            for j in range(3)
        )
        np.testing.assert_allclose(picture(panel, "kernel result").values, expected, atol=1e-5)
        np.testing.assert_array_equal(picture(panel, "learnt result").values, explainer.passage.y[0, 1])
