"""The matrix that becomes maps again, what it costs, and the shares that col2im adds."""

from dataclasses import replace

import numpy as np
import pytest

from cnnstudio.core.quantity import byte_text
from cnnstudio.numpy_engine.im2col import im2col
from cnnstudio.ui.learn.explainer import View
from cnnstudio.ui.learn.scene import Note, Panel
from tests.ui.learn.explaining import grid
from tests.ui.learn.test_explain_conv2d import CONVOLUTIONS, explained


def numbers(panel: Panel) -> list[str]:
    return [line for figure in panel.figures if isinstance(figure, Note) for line in figure.lines]


@pytest.mark.parametrize("convolution", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_the_column_and_the_map_hold_the_same_number(convolution: str) -> None:
    explainer = explained(convolution)
    y = explainer.passage.y
    _, filters, height, width = y.shape
    for step in range(0, height * width, 11):
        view = View(step=step, output=1)
        panel = explainer.scene(view).panels[2]
        row, column = divmod(step, width)
        matrix, map_ = grid(panel, "column"), grid(panel, "map")
        assert matrix.whole == (height * width, 1)
        assert matrix.values[step - matrix.corner[0], 0] == y[0, 1, row, column]
        assert map_.marks == {(row, column): "result"}
        assert map_.values[row - map_.corner[0], column - map_.corner[1]] == y[0, 1, row, column]
        assert f"= (1, {filters}, {height}, {width})  (N, FN, OH, OW)" in numbers(panel)
        assert explainer.clicked("column", (step, 0), view) == view
        assert explainer.clicked("map", (row, column), view) == view


@pytest.mark.parametrize(
    ("name", "stride", "padding"),
    [("plain", 1, 0), ("strided and padded", 2, 1), ("in groups, without bias", 1, 0)],
)
def test_the_rows_and_the_memory_are_those_of_im2col(name: str, stride: int, padding: int) -> None:
    explainer = explained(CONVOLUTIONS[name])
    x = explainer.passage.x
    matrix = im2col(x, 3, 3, stride, padding)
    _, product, reshape = explainer.scene(View(step=20)).panels
    shown = grid(product, "matrix")
    first = shown.corner[0]
    own = matrix[:, : 9 * explainer.passage.layer.params["weight"].shape[1]]  # the columns of the first group
    np.testing.assert_array_equal(shown.values, own[first : first + len(shown.values), :12])
    assert shown.whole == own.shape
    told = numbers(reshape)
    assert f"= {matrix.nbytes / x.nbytes:.1f} × the input" in told
    assert f"im2col: {byte_text(matrix.nbytes)}" in told
    row, column = divmod(20, explainer.passage.y.shape[3])
    assert f"row 20 = {row} · {explainer.passage.y.shape[3]} + {column}" in told


@pytest.mark.parametrize("convolution", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_the_shares_of_all_windows_add_up_to_dx(convolution: str) -> None:
    explainer = explained(convolution, side=9)
    dx = explainer.passage.dx[0]
    view, seen = View(mode="backward"), set()
    for output in (0, explainer.outputs() - 1):  # the first and the last group
        for channel in range(explainer.channels(view)):
            for step in range(explainer.steps(view)):
                panel = explainer.scene(replace(view, step=step, output=output, channel=channel)).panels[1]
                shares, summed = grid(panel, "shares"), grid(panel, "summed")
                ((row, column),) = summed.marks
                value = summed.values[row - summed.corner[0], column - summed.corner[1]]
                assert np.nansum(shares.values) == pytest.approx(float(value), abs=1e-12)
                assert value in dx[:, row, column]
                seen.add((row, column))
    assert len(seen) > 4
