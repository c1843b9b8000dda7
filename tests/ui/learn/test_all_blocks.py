"""In the real window, through every block that there is, every way, step by step: the engine's numbers."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.core.document import find, walk
from cnnstudio.core.registry import block_types
from cnnstudio.numpy_engine.layer import Layer
from cnnstudio.numpy_engine.trace import Passage, Trace, trace
from cnnstudio.ui.learn.explainer import About, Explainer, View
from cnnstudio.ui.learn.loss import Loss
from cnnstudio.ui.learn.maps import in_one_unit
from cnnstudio.ui.learn.numbers import exact, factor, share
from cnnstudio.ui.learn.scene import Bars, Grid, Note, Panel, Scene
from cnnstudio.ui.learn.workspace import LearnWorkspace
from cnnstudio.ui.main_window import MainWindow
from tests.numpy_engine.documents import batch
from tests.ui.learn.explaining import explainer_of, grid, shown
from tests.ui.learn.test_every_explainer import ZOO, explainers

ARRAYS = {"input": "x", "output": "y", "input gradient": "dx", "output gradient": "dy"}
OWN = {"filter": "weight", "weights": "weight", "weight gradient": "weight"}
_AROUND = 20
"""More padding than any block of the zoo has."""


@pytest.fixture
def learn(window: MainWindow, qtbot: QtBot) -> LearnWorkspace:
    window.work.store.load(ZOO)
    return shown(window, qtbot)


def figures(learn: LearnWorkspace) -> Iterator[tuple[Panel, object]]:
    """What is painted now, with its panel."""
    assert learn.scene is not None
    for card, panel in zip(learn.page.cards, learn.scene.panels, strict=True):
        assert card.isVisible()
        for placed in card.board.figures:
            yield panel, placed.figure


def is_part_of(grid: Grid, values: np.ndarray) -> bool:
    """Whether a grid shows a part of one channel, at the place where it says it does; or of the features."""
    if values.ndim == 2:
        rows = -(-values.shape[1] // 10)
        filled = np.full(rows * 10, np.nan, values.dtype)
        filled[: values.shape[1]] = values[0]
        maps = filled.reshape(1, rows, 10)
    else:
        maps = values[0]
    edges = [(0, 0), (_AROUND, _AROUND), (_AROUND, _AROUND)]
    padded = np.pad(maps.astype(np.float64), edges)
    top, left = grid.corner[0] + _AROUND, grid.corner[1] + _AROUND
    height, width = grid.values.shape
    parts = padded[:, top : top + height, left : left + width]
    shown = np.broadcast_to(grid.values.astype(np.float64), parts.shape)
    same = np.isclose(parts, shown, rtol=1e-6, atol=0, equal_nan=True).all(axis=(1, 2))
    return bool(same.any())


def check(learn: LearnWorkspace, passage: Passage) -> int:
    """Every grid whose meaning its name says; returns how many there were."""
    seen = 0
    for panel, figure in figures(learn):
        if not isinstance(figure, Grid):
            continue
        if figure.name in ARRAYS:
            assert is_part_of(figure, getattr(passage, ARRAYS[figure.name])), (panel.name, figure.name)
            seen += 1
        elif figure.name in OWN:
            store = passage.layer.grads if "gradient" in figure.name else passage.layer.params
            known = np.unique(store[OWN[figure.name]].astype(np.float64))
            shown = figure.values[~np.isnan(figure.values)].astype(np.float64)
            assert np.isin(shown, known).all(), (panel.name, figure.name)
            seen += 1
    return seen


def note_tells_the_result(learn: LearnWorkspace) -> bool:
    """Whether the arithmetic beside a single marked output ends with the number that stands there."""
    told = False
    assert learn.scene is not None
    for panel in learn.scene.panels[:1]:
        notes = [one for one in panel.figures if isinstance(one, Note)]
        outputs = [one for one in panel.figures if isinstance(one, Grid) and one.name == "output"]
        for output in outputs:
            if len(output.marks) == 1 and notes:
                ((row, column),) = output.marks
                value = float(output.values[row - output.corner[0], column - output.corner[1]])
                ends = [line.removeprefix("= ") for line in notes[-1].lines]
                assert exact(value) in ends or type(learn.explainer).__name__ == "Flatten"
                told = True
    return told


def test_all_numbers_of_all_blocks_are_the_engines(learn: LearnWorkspace) -> None:
    subject = learn.subject
    assert subject is not None
    known: Trace = trace(subject.document, None, subject.image[None], np.array([subject.label]))
    combo, kinds, seen, told = learn.bar.blocks, set(), 0, 0
    for index in range(combo.count() - 1):
        combo.setCurrentIndex(index)
        node = find(subject.document, combo.currentData())
        kinds.add(type(node.block))
        passage = known.of(node.id)
        assert learn.explainer is not None
        for mode in learn.explainer.modes:
            button = learn.findChild(QPushButton, f"learn{mode.capitalize()}Mode")
            assert button is not None
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            assert learn.view.mode == mode
            for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End):
                QTest.keyClick(learn.page, key)
                grids = {one.name for _, one in figures(learn) if isinstance(one, Grid)}
                back = any("gradient" in name for name in grids)
                assert back == (mode == "backward") or (not back and not grids & ARRAYS.keys()), (mode, grids)
                seen += check(learn, passage)
                told += mode == "forward" and note_tells_the_result(learn)
    assert kinds == set(block_types())
    assert seen > 300
    assert told > 60


def explained(kind: str, **view: object) -> tuple[Explainer, Scene]:
    """The last block of a kind in the zoo, and a scene of it."""
    explainer = [one for one in explainers(ZOO) if type(one).__name__ == kind][-1]
    return explainer, explainer.scene(View(**view))  # type: ignore[arg-type]


def notes(scene: Scene) -> list[str]:
    return [
        line for panel in scene.panels for one in panel.figures if isinstance(one, Note) for line in one.lines
    ]


def bars(scene: Scene) -> Bars:
    return next(one for panel in scene.panels for one in panel.figures if isinstance(one, Bars))


@pytest.mark.parametrize(("mode", "of_stage", "last"), [("forward", "y", "y"), ("backward", "dx", "dy")])
def test_stages_are_the_passages_of_what_is_inside(
    qapp: QApplication, mode: str, of_stage: str, last: str
) -> None:
    x, labels = batch(ZOO, 1)
    known = trace(ZOO, None, x.astype(np.float32), labels)
    repeat = [node for node in ZOO.body if type(node.block).__name__ == "Repeat"][-1]
    residual = next(node for node in walk((repeat,)) if type(node.block).__name__ == "Residual")
    passages = [known.of(residual.id, number) for number in range(3)]
    _, scene = explained("Repeat", mode=mode, step=2)
    expected = [float(np.abs(getattr(one, of_stage)).mean()) for one in passages]
    np.testing.assert_allclose(bars(scene).values, expected, rtol=1e-6)
    grid = next(one for one in scene.panels[1].figures if isinstance(one, Grid) and one.name[:5] == "comes")
    assert is_part_of(grid, getattr(passages[-1], last))
    assert "272 parameters" in notes(scene)  # 16 · 16 weights and 16 biases


def test_what_is_inside_a_group_is_named(qapp: QApplication) -> None:
    explainer, scene = explained("Group", step=1)
    assert explainer.steps(View()) == 2
    assert scene.sentence.startswith("Stage 2 of 2, 2 · ReLU: 4×4×16 becomes 4×4×16")


def test_what_counts_in_a_linear_layer_adds_up(qapp: QApplication) -> None:
    for step in range(3):
        explainer, scene = explained("Linear", step=step)
        together = float(explainer.passage.y[0, step])
        assert bars(scene).values[-1] == pytest.approx(together)
        for mode in ("forward", "backward"):
            title = f"Weights of feature {step + 1}"
            panel = explainer.scene(View(step=step, mode=mode)).panels[0]
            assert grid(panel, "weights").title.startswith(title)
        assert bars(scene).values[:-1].sum() == pytest.approx(together, rel=1e-5)
        products = explainer.passage.x[0] * explainer.passage.layer.params["weight"][step]
        largest = int(np.abs(products).argmax())
        told = next(line for line in notes(scene) if "·" in line).removeprefix("= ").split(" + ")[0]
        assert told == "·".join(
            factor(float(values[largest]))
            for values in (explainer.passage.x[0], explainer.passage.layer.params["weight"][step])
        )


@pytest.mark.parametrize(
    ("block", "sums"),
    [('"LocalResponseNorm", "size": 3, "alpha": 0.9, "k": 2', 2), ('"GroupNorm", "num_groups": 2', 1)],
)
def test_the_arithmetic_of_a_normalisation_comes_to_what_it_gives(
    qapp: QApplication, block: str, sums: int
) -> None:
    """Each line with numbers is done by hand, and compared with the line below it."""
    explainer = explainer_of(block, side=5, channels=4)
    for step in (0, 7):
        scene = explainer.scene(View(step=step, channel=2))
        lines = [line.replace("−", "-").replace("^", "**").replace("·", "*") for line in notes(scene)]
        told = [line.removeprefix("= ") for line in lines]
        pairs = [pair for pair in pairwise(told) if pair[0][0] in "(-0123456789" and " / " in pair[0]]
        numbers = [pair for pair in pairs if not any(letter in pair[0] for letter in "xdm√")]
        assert len(numbers) == sums
        for line, below in numbers:
            assert eval(line) == pytest.approx(float(below), rel=2e-3), line
        assert told[-1] == exact(float(explainer.passage.y[0, 2].ravel()[step])).replace("−", "-")


def test_the_frame_of_zeros_is_where_the_padding_is(qapp: QApplication) -> None:
    explainer = explainer_of('"ZeroPad2d", "padding": [1, 2]', side=4)
    for mode, name in (("forward", "output"), ("backward", "output gradient")):
        shown = grid(explainer.scene(View(mode=mode, step=10)).panels[0], name)  # row 2, column 3: a pixel
        frame = {cell for cell, mark in shown.marks.items() if mark == "padding"}
        inside = {(row, column) for row in range(1, 5) for column in range(2, 6)}
        assert frame == {(row, column) for row in range(6) for column in range(8)} - inside
    corner = explainer.clicked("input", (0, 0), View())
    assert corner is not None
    assert divmod(corner.step, 8) == (1, 2)


def test_the_slope_of_batch_norm_does_not_ask_for_a_gradient(qapp: QApplication) -> None:
    """Where the incoming gradient is zero the slope is what it is all the same."""
    explainer, scene = explained("BatchNorm2d", mode="backward")
    layer = explainer.passage.layer
    slope = float(layer.params["weight"][0]) / np.sqrt(float(layer.buffers["running_var"][0]) + 1e-5)
    assert f"γ / √(variance + ε) = {exact(slope)}" in notes(scene)
    for name in ("weight", "bias"):
        assert f"= {exact(float(layer.grads[name][0]))}" in notes(scene)


def marked_value(grid: Grid) -> float:
    """The number of the cell that a grid marks."""
    ((row, column),) = grid.marks
    return float(grid.values[row - grid.corner[0], column - grid.corner[1]])


def test_the_gradients_of_both_ways_of_a_residual_add_up(qapp: QApplication) -> None:
    explainer = next(one for one in explainers(ZOO) if type(one.block).__name__ == "Residual")
    for step in (0, 7, explainer.steps(View(mode="backward")) - 1):
        (panel,) = explainer.scene(View(mode="backward", step=step)).panels
        values = [marked_value(one) for one in panel.figures if isinstance(one, Grid)]
        assert values[0] + values[1] == pytest.approx(values[2], rel=1e-5)
        note = next(one for one in panel.figures if isinstance(one, Note))
        assert note.lines[-1] == f"= {exact(values[2])}"
        units = {one.largest for one in panel.figures if isinstance(one, Grid)}
        assert len(units) == 1, "numbers that are added are told in one unit"
        assert np.isin(np.float32(values[2]), explainer.passage.dx.astype(np.float32))


@pytest.mark.parametrize(("small", "alike"), [(0.05, True), (0.04, False)])
def test_what_is_added_is_told_in_one_unit_unless_it_is_next_to_nothing(small: float, alike: bool) -> None:
    sizes = [1e-6, 1e-6 * small, np.nan]
    figures = in_one_unit([Grid(str(i), "", np.array([[size]])) for i, size in enumerate(sizes)])
    units = [one.largest for one in figures if isinstance(one, Grid)]
    assert units == [1e-6, 1e-6 if alike else None, None]


def test_a_side_head_says_what_it_would_say(qapp: QApplication) -> None:
    explainer, scene = explained("AuxClassifier")
    _, head, *_ = explainer.passage.layer.layers()
    logits = head.forward(explainer.passage.x)[0].astype(np.float64)
    shares = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(bars(scene).values, shares, rtol=1e-5)
    assert f"= −log {exact(shares[0])} = {exact(-np.log(shares[0]))}" in notes(scene)


def test_the_bars_of_the_loss_are_probabilities_and_gradients(qapp: QApplication) -> None:
    for mode, name in (("forward", "y"), ("backward", "dx")):
        explainer, scene = explained("Loss", mode=mode, step=1)
        expected = getattr(explainer.passage, name)[0]
        np.testing.assert_allclose(bars(scene).values, expected)


def test_of_a_thousand_classes_the_largest_and_the_two_that_matter_are_shown(qapp: QApplication) -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(1, 1000))
    shares = np.exp(logits) / np.exp(logits).sum()
    end = Passage("loss", 0, Layer(), logits, shares, np.ones_like(shares), shares.copy())
    loss = Loss(Trace((), 7.0, shares, end, np.array([17])))
    shown = bars(loss.scene(View(step=400)))
    assert len(shown.labels) <= 12
    assert {"17", "400", str(int(shares.argmax()))} <= set(shown.labels)
    np.testing.assert_array_equal(shown.values, [shares[0, int(label)] for label in shown.labels])


def test_a_sure_network_is_not_said_to_have_a_loss_of_log_one(qapp: QApplication) -> None:
    """−log 1 is 0: where the probability would be rounded to 1, the line tells what it lacks."""
    shares = np.array([[4e-7, 1 - 4e-7]])
    gradient = shares - np.array([[0.0, 1.0]])
    end = Passage("loss", 0, Layer(), np.log(shares), shares, np.ones_like(shares), gradient)
    loss = Loss(Trace((), float(-np.log(shares[0, 1])), shares, end, np.array([1])))
    forward = notes(loss.scene(View()))
    assert forward[forward.index("loss = −log p of the right class") + 1 :] == [
        "= −log (1 − 4e−07)",
        "= 4e−07",
    ]
    assert notes(loss.scene(View(mode="backward", step=1))) == ["p − y", "= (1 − 4e−07) − 1", "= −4e−07"]
    assert [share(0.5), share(1.0), share(0.0)] == ["0.5", "1", "0"]


def test_a_class_that_nobody_knows_is_said_to_stand_in(qapp: QApplication) -> None:
    explainer, _ = explained("Loss")
    explainer.about = About(labelled=False, class_names=("cat", "dog", "bird"))
    panel = explainer.scene(View()).panels[-1]
    assert panel.detail.startswith("nobody said what is right")
