"""What the convolution explainer shows is what the NumPy engine computed."""

from dataclasses import replace

import numpy as np
import pytest

from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.numbers import brief, exact, factor
from cnnstudio.ui.learn.scene import Note
from tests.ui.learn.explaining import explainer_of, grid

CONVOLUTIONS = {
    "plain": '"out_channels": 4, "kernel_size": 3',
    "strided and padded": '"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1',
    "dilated": '"out_channels": 2, "kernel_size": 2, "dilation": 3',
    "in groups, without bias": '"out_channels": 4, "kernel_size": 3, "groups": 2, "bias": false',
    "of unequal sides": '"out_channels": 2, "kernel_size": [1, 3], "padding": [0, 1]',
}


def explained(convolution: str, side: int = 13) -> Explainer:
    return explainer_of(f'"Conv2d", {convolution}', side)


@pytest.mark.parametrize("convolution", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_window_and_filter_give_the_output_cell(convolution: str) -> None:
    explainer = explained(convolution)
    output = explainer.passage.y[0]
    view = View(output=1)
    for step in range(0, explainer.steps(view), 7):
        total = 0.0
        for channel in range(explainer.channels(view)):
            sliding, product, _ = explainer.scene(replace(view, step=step, channel=channel)).panels
            image, weights, out = (grid(sliding, name) for name in ("input", "filter", "output"))
            assert (weights.title, out.title) == ("Filter 2", "Output, channel 2")
            told = explainer.passage.x[0, int(image.title.removeprefix("Input, channel ")) - 1]
            marked = sorted(cell for cell, mark in image.marks.items() if mark in ("window", "padding"))
            window = [image.values[r - image.corner[0], c - image.corner[1]] for r, c in marked]
            pixels = [cell for cell in marked if image.marks[cell] == "window"]
            assert [image.values[r - image.corner[0], c - image.corner[1]] for r, c in pixels] == [
                told[cell] for cell in pixels
            ]
            total += float(np.dot(window, weights.values.ravel()))
        bias = explainer.passage.layer.params.get("bias")
        total += 0.0 if bias is None else float(bias[1])
        row, column = divmod(step, output.shape[2])
        assert out.marks == {(row, column): "result"}
        assert out.values[row - out.corner[0], column - out.corner[1]] == pytest.approx(total)
        assert output[1, row, column] == pytest.approx(total)
        note = next(figure for figure in sliding.figures if isinstance(figure, Note))
        assert float(note.lines[-1].removeprefix("= ").replace("−", "-")) == pytest.approx(total, rel=1e-3)
        result = grid(product, "result")
        chosen = next(cell for cell, mark in result.marks.items() if mark == "result")
        assert result.values[chosen[0] - result.corner[0], chosen[1] - result.corner[1]] == pytest.approx(
            total
        )


@pytest.mark.parametrize("convolution", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_a_click_on_an_output_pixel_shows_what_made_it(convolution: str) -> None:
    explainer = explained(convolution)
    _, _, rows, columns = explainer.passage.y.shape
    view = explainer.clicked("output", (rows - 1, columns - 1), View())
    assert view is not None
    assert view.step == explainer.steps(View()) - 1


def test_a_click_on_an_input_pixel_shows_a_window_around_it() -> None:
    explainer = explained(CONVOLUTIONS["plain"])
    view = explainer.clicked("input", (6, 8), View())
    assert view is not None
    image = grid(explainer.scene(view).panels[0], "input")
    assert image.marks[6, 8] == "window"


def test_a_click_on_a_matrix_row_or_filter_column_goes_there() -> None:
    explainer = explained(CONVOLUTIONS["plain"])
    row = explainer.clicked("matrix", (5, 2), View())
    column = explainer.clicked("filters", (0, 3), View())
    assert row is not None
    assert row.step == 5
    assert column is not None
    assert column.output == 3


@pytest.mark.parametrize("convolution", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_all_windows_together_give_the_gradients(convolution: str) -> None:
    """The shares that are shown step by step add up to dx and dW as the engine has them."""
    explainer = explained(convolution, side=7)
    view = View(mode="backward", channel=0)
    passage = explainer.passage
    dx, dw = np.zeros_like(passage.dx[0]), np.zeros_like(passage.layer.params["weight"])
    for output in range(explainer.outputs()):
        for channel in range(explainer.channels(view)):
            for step in range(explainer.steps(view)):
                now = replace(view, output=output, channel=channel, step=step)
                to_input, _, to_weights = explainer.scene(now).panels
                incoming = grid(to_input, "output gradient")
                ((row, column),) = incoming.marks
                value = incoming.values[row - incoming.corner[0], column - incoming.corner[1]]
                image = grid(to_input, "input gradient")
                number = int(image.title.split("channel ")[1].split(":")[0]) - 1
                cells = sorted(image.marks)
                for cell, weight in zip(cells, grid(to_input, "filter").values.ravel(), strict=True):
                    if image.marks[cell] == "touched":
                        dx[number][cell] += value * weight
                dw[output, channel] += value * grid(to_weights, "window").values
    np.testing.assert_allclose(dx, passage.dx[0], atol=1e-9)
    np.testing.assert_allclose(dw, passage.layer.grads["weight"], atol=1e-9)


def test_a_zero_has_no_sign() -> None:
    """Padding times a negative scale is a negative zero, which nobody would write."""
    assert [factor(-0.0), exact(-0.0), brief(-0.0), factor(-0.25)] == ["0", "0", "0", "(−0.25)"]
