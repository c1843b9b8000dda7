"""Pooling: where the gradient goes, and what a shift by one pixel changes."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from cnnstudio.ui.learn.explainer import Explainer, View
from cnnstudio.ui.learn.numbers import bracketed
from cnnstudio.ui.learn.scene import Grid, Note
from tests.ui.learn.explaining import explainer_of, grid

POOLINGS = {
    "maximum": '"MaxPool2d", "kernel_size": 2',
    "maximum, overlapping": '"MaxPool2d", "kernel_size": 3, "stride": 2, "padding": 1',
    "average": '"AvgPool2d", "kernel_size": 2',
    "average, padded": '"AvgPool2d", "kernel_size": 3, "stride": 2, "padding": 1',
    "adaptive": '"AdaptiveAvgPool2d", "output_size": 3',
}


def explained(pooling: str) -> Explainer:
    return explainer_of(pooling, side=8)


@pytest.mark.parametrize("pooling", POOLINGS.values(), ids=POOLINGS)
def test_the_shares_of_all_windows_add_up_to_dx(qapp: QApplication, pooling: str) -> None:
    """Each step shows a share, a gradient and their product, and the pixels that get it."""
    explainer = explained(pooling)
    passage = explainer.passage
    view = View(mode="backward", channel=1)
    dx = np.zeros_like(passage.dx[0, 1])
    for step in range(explainer.steps(view)):
        (panel,) = explainer.scene(replace(view, step=step)).panels
        incoming = grid(panel, "output gradient")
        ((row, column),) = incoming.marks
        gradient = float(incoming.values[row - incoming.corner[0], column - incoming.corner[1]])
        assert gradient == passage.dy[0, 1, row, column]
        winners = [cell for cell, mark in grid(panel, "input gradient").marks.items() if mark == "gradient"]
        note = next(one for one in panel.figures if isinstance(one, Note))
        share = float(note.lines[1].split(" · ")[0])
        way = "to the pixel that won" if "Max" in pooling else "in equal shares"
        assert way in explainer.scene(replace(view, step=step)).sentence
        assert note.lines[1].endswith(f" · {bracketed(gradient)}")
        if "Max" in pooling:
            assert len(winners) == share == 1
        for cell in winners:
            dx[cell] += share * gradient
    np.testing.assert_allclose(dx, passage.dx[0, 1], rtol=1e-3, atol=1e-12)  # shares are told in four digits


@pytest.mark.parametrize("pooling", POOLINGS.values(), ids=POOLINGS)
def test_the_arithmetic_comes_to_what_is_said(qapp: QApplication, pooling: str) -> None:
    """A window's numbers are told so that a person can do the sum; of many, the one that wins is told."""
    explainer = explained(pooling)
    for step in range(explainer.steps(View())):
        panel = explainer.scene(View(step=step)).panels[0]
        notes = [one for one in panel.figures if isinstance(one, Note)]
        shown = grid(panel, "input")
        winners = [
            shown.values[row - shown.corner[0], column - shown.corner[1]]
            for (row, column), mark in shown.marks.items()
            if mark == "result"
        ]
        assert winners == ([explainer.passage.y[0, 0].ravel()[step]] if "Max" in pooling else [])
        line, result = notes[0].lines[0].replace("−", "-"), notes[0].lines[-1].replace("−", "-")
        if "…" not in line or line.startswith("max"):
            value = eval(line.replace(", …", ""), {"max": lambda *values: max(values)})
            assert value == pytest.approx(float(result.removeprefix("= ")), abs=6e-3, rel=6e-3), line


@pytest.mark.parametrize("pooling", POOLINGS.values(), ids=POOLINGS)
def test_a_click_leads_to_the_window_that_holds_the_pixel(qapp: QApplication, pooling: str) -> None:
    explainer = explained(pooling)
    height, width = explainer.passage.y.shape[2:]
    for row, column in np.ndindex(8, 8):
        for view, name in ((View(), "input"), (View(mode="backward"), "input gradient")):
            found = explainer.clicked(name, (row, column), view)
            assert found is not None
            assert 0 <= found.step < height * width
            seen = explainer.touches("output", divmod(found.step, width), view)["input"]
            assert (row, column) in seen
    for row, column in np.ndindex(height, width):
        found = explainer.clicked("output", (row, column), View())
        assert found == View(step=row * width + column)
        text = explainer.scene(found).sentence
        assert text.startswith(f"Window {found.step + 1} of {height * width} gives ")
    assert explainer.clicked("after", (0, 0), View()) is None
    titles = {
        one.title for one in explainer.scene(View(channel=1)).panels[0].figures if isinstance(one, Grid)
    }
    assert titles == {"Input, channel 2", "Output, channel 2"}


@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("pooling", POOLINGS.values(), ids=POOLINGS)
def test_the_shift_is_that_of_the_input(qapp: QApplication, pooling: str, channel: int) -> None:
    explainer = explained(pooling)
    passage = explainer.passage
    moved = np.zeros_like(passage.x)
    moved[..., 1:] = passage.x[..., :-1]
    expected = passage.layer.forward(moved)[0, channel]
    panel = explainer.scene(View(step=2, channel=channel)).panels[1]
    before, after = grid(panel, "before"), grid(panel, "after")
    rows, columns = after.values.shape
    top, left = after.corner
    np.testing.assert_allclose(after.values, expected[top : top + rows, left : left + columns])
    pooled = passage.y[0, channel]
    changed = np.abs(expected - pooled) > 0.05 * np.abs(pooled).max()
    assert set(after.marks) == {(int(i), int(j)) for i, j in np.argwhere(changed)}
    note = next(one for one in panel.figures if isinstance(one, Note))
    assert note.lines[1] == f"{changed.sum()} of {changed.size} pooled values"
    assert f"{round(100 * (1 - changed.mean()))} % of the pooled values" in panel.detail
    assert before.values.shape == after.values.shape
    here, there = passage.x[0, channel], moved[0, channel]
    alike = (np.abs(there - here) <= 0.05 * np.abs(here).max()).mean()
    assert f"{round(100 * alike)} % of the pixels are as before" in panel.detail
