"""Lines of arithmetic come to the number below them, with weights that are neither 0 nor 1."""

from math import exp, log

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from cnnstudio.numpy_engine.trace import trace
from cnnstudio.ui.learn.explainer import About, View
from cnnstudio.ui.learn.loss import Loss
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.scene import Bars, Grid, Note, Panel, Scene
from tests.numpy_engine.documents import batch, made
from tests.ui.learn.explaining import explainer_of, grid


def lines(panel: Panel) -> list[str]:
    """As Python reads them."""
    notes = [one for one in panel.figures if isinstance(one, Note)]
    told = [line for note in notes for line in note.lines]
    return [line.replace("−", "-").replace("·", "*").removeprefix("= ") for line in told]


def value(line: str) -> float:
    return float(eval(line, {"exp": exp, "log": log}))


def bars(scene: Scene) -> Bars:
    return next(one for panel in scene.panels for one in panel.figures if isinstance(one, Bars))


@pytest.mark.parametrize(
    ("block", "mode", "name"),
    [
        ('"BatchNorm2d"', "forward", "output"),
        ('"BatchNorm2d"', "training", "training output"),
        ('"GroupNorm", "num_groups": 2', "forward", "output"),
    ],
)
def test_a_normalisation_with_its_scale_and_shift(
    qapp: QApplication, block: str, mode: str, name: str
) -> None:
    explainer = explainer_of(block, side=5, channels=4, drawn=True)
    passage = explainer.passage
    for channel, step in ((2, 0), (2, 7), (3, 24)):
        panel = explainer.scene(View(step=step, channel=channel, mode=mode)).panels[0]
        _, fraction, normalised, _, scaling, result = lines(panel)
        assert value(fraction) == pytest.approx(float(normalised), rel=2e-3)
        assert value(f"{normalised} {scaling}") == pytest.approx(float(result), rel=2e-3, abs=2e-3)
        expected = passage.y[0, channel]
        if mode == "training":
            x = passage.x[0, channel]
            scale, shift = (float(passage.layer.params[one][channel]) for one in ("weight", "bias"))
            expected = (x - x.mean()) / np.sqrt(x.var() + 1e-5) * scale + shift
        cell = divmod(step, 5)
        assert result == exact(float(expected[cell])).replace("−", "-")
        shown = grid(panel, name)
        assert shown.marks == {cell: "result"}
        np.testing.assert_allclose(shown.values, expected, rtol=1e-5)


@pytest.mark.parametrize("affine", ["true", "false"])
@pytest.mark.parametrize("kind", ['"BatchNorm2d"', '"GroupNorm", "num_groups": 2'])
def test_a_normalisation_on_the_way_back(qapp: QApplication, kind: str, affine: str) -> None:
    explainer = explainer_of(f'{kind}, "affine": {affine}', side=5, channels=4, drawn=True)
    passage, layer, channel = explainer.passage, explainer.passage.layer, 2
    scene = explainer.scene(View(step=7, channel=channel, mode="backward"))
    told = [line for panel in scene.panels for line in lines(panel)]
    x = passage.x[0]
    if "Batch" in kind:
        mean, variance = (layer.buffers[name][channel] for name in ("running_mean", "running_var"))
        slope = float(layer.params["weight"][channel]) if layer.params else 1.0
        slope /= float(np.sqrt(variance + 1e-5))
        assert f"γ / √(variance + ε) = {exact(slope)}".replace("−", "-") in told
        assert passage.dx[0, channel, 1, 2] == pytest.approx(slope * passage.dy[0, channel, 1, 2], rel=1e-5)
    else:
        mean, variance = x[2:].mean(), x[2:].var()
    assert len(lines(explainer.scene(View(step=7, channel=channel)).panels[0])) == (6 if layer.params else 4)
    assert any(panel.name != "pointwise" and "γ" in " ".join(lines(panel)) for panel in scene.panels) == bool(
        layer.params
    )
    if layer.params:
        normalised = grid(scene.panels[-1], "normalised")
        top, left = normalised.corner
        rows, columns = normalised.values.shape
        expected = ((x[channel] - mean) / np.sqrt(variance + 1e-5))[top : top + rows, left : left + columns]
        np.testing.assert_allclose(normalised.values, expected, rtol=1e-4)
        for name in ("weight", "bias"):
            assert exact(float(layer.grads[name][channel])).replace("−", "-") in told


def test_a_batch_norm_that_has_seen_no_batch_says_so(qapp: QApplication) -> None:
    fresh, seen = (explainer_of('"BatchNorm2d"', side=5, drawn=drawn) for drawn in (False, True))
    words = "no batch has been seen yet"
    assert words in fresh.scene(View()).sentence
    assert words not in fresh.scene(View(mode="training")).sentence
    assert words not in seen.scene(View()).sentence
    assert fresh.scene(View(mode="training")).panels[0].detail.startswith("by the batch of 1: mean ")


def test_the_mean_of_a_channel(qapp: QApplication) -> None:
    explainer = explainer_of('"GlobalAvgPool2d"', side=4, channels=3)
    passage = explainer.passage
    assert explainer.steps(View()) == 3
    assert explainer.clicked("input", (0, 1), View()) is None
    for step in range(3):
        assert explainer.clicked("output", (0, step), View()) == View(step=step)
        for mode, vector, mean in (("forward", passage.y, passage.y), ("backward", passage.dy, passage.dx)):
            scene = explainer.scene(View(step=step, mode=mode))
            (panel,) = scene.panels
            _, fraction, result = lines(panel)
            assert value(fraction) == pytest.approx(float(result), rel=2e-3)
            assert result == exact(float(mean[0, step].ravel()[0])).replace("−", "-")
            assert "3 maps of 4×4 become 3 numbers" in panel.detail
            assert scene.sentence == f"Channel {step + 1} of 3: {exact(float(vector[0, step].ravel()[0]))}."


@pytest.mark.parametrize("block", ['"LeakyReLU", "negative_slope": 0.25', '"Tanh"', '"Sigmoid"', '"ReLU"'])
def test_a_function_and_its_slope(qapp: QApplication, block: str) -> None:
    explainer = explainer_of(block, side=4, channels=2)
    passage = explainer.passage
    for step in (0, 5, 15):
        view = View(step=step, channel=1)
        x, y, dx, dy = (
            float(one[0, 1].ravel()[step]) for one in (passage.x, passage.y, passage.dx, passage.dy)
        )
        scene = explainer.scene(view)
        assert scene.sentence.startswith(f"{exact(x)} becomes {exact(y)}")
        assert lines(scene.panels[0])[-1] == exact(y).replace("−", "-")
        back = explainer.scene(View(step=step, channel=1, mode="backward"))
        assert back.sentence == f"The gradient {exact(dy)} becomes {exact(dx)}."
        assert lines(back.panels[0])[-1] == exact(dx).replace("−", "-")
        share = round(100 * np.count_nonzero(passage.dx) / np.count_nonzero(passage.dy))
        assert back.panels[0].detail == f"{share} % of the gradients go through"
        assert explainer.slope_at(view) == pytest.approx(dx / dy, rel=1e-4, abs=1e-6)
        assert explainer.clicked("input", divmod(step, 4), View(channel=1)) == view


def test_a_linear_layer_with_its_bias(qapp: QApplication) -> None:
    explainer = explainer_of(
        '"Flatten"}, {"block": "Linear", "out_features": 4', side=4, drawn=True, block_index=1
    )
    passage = explainer.passage
    weight, bias = (passage.layer.params[name] for name in ("weight", "bias"))
    x, y = passage.x[0], passage.y[0]
    assert explainer.clicked("input", (0, 0), View()) is None
    assert explainer.clicked("output", (0, 9), View()) is None
    for step in range(4):
        assert explainer.clicked("output", (0, step), View()) == View(step=step)
        scene = explainer.scene(View(step=step))
        *_, without, plus, result = lines(scene.panels[0])
        assert float(without) + float(plus.removeprefix("+ b: ")) == pytest.approx(
            float(result), rel=2e-3, abs=2e-3
        )
        assert (result, scene.sentence) == (
            exact(float(y[step])).replace("−", "-"),
            f"Output feature {step + 1} of 4 is {exact(float(y[step]))}.",
        )
        found, products = bars(scene), x * weight[step]
        assert found.labels[10:] == (f"{len(x) - 10} others", "bias", "together")
        assert found.marks == {12: "result"}
        largest = np.argsort(-np.abs(products))[:10]
        assert found.labels[:10] == tuple(f"input {number + 1}" for number in largest)
        rest = products.sum() - products[largest].sum()
        np.testing.assert_allclose(
            found.values, [*products[largest], rest, bias[step], y[step]], rtol=1e-4, atol=1e-6
        )
        assert scene.panels[1].detail == f"the largest products for feature {step + 1}"
        back = [
            line
            for panel in explainer.scene(View(step=step, mode="backward")).panels
            for line in lines(panel)
        ]
        loudest, dy = int(np.abs(x).argmax()), float(passage.dy[0, step])
        assert f"dW of input {loudest + 1} = dy * input" in back
        product = f"{exact(dy)} · {bracketed(float(x[loudest]))}".replace("−", "-").replace("·", "*")
        below = back[back.index(product) + 1]
        assert float(below) == pytest.approx(dy * float(x[loudest]), rel=1e-3)
        assert any(exact(dy).replace("−", "-") in line for line in back if "b" in line), "the bias's own"


@pytest.mark.parametrize("classes", [3, 11, 20])
def test_the_loss_and_its_gradient(qapp: QApplication, classes: int) -> None:
    document = made(
        f'{{"block": "Flatten"}}, {{"block": "Linear", "out_features": {classes}}}', side=4, classes=classes
    )
    x, _ = batch(document, 1)
    label = classes - 2
    known = trace(document, None, x, np.array([label]))
    loss = Loss(known, About(class_names=tuple(f"c{number}" for number in range(classes))))
    probabilities = known.probabilities[0]
    for step in (0, label, classes - 1):
        scene = loss.scene(View(step=step))
        softmax, entropy, _ = scene.panels
        _, _, fraction, p = lines(softmax)
        assert value(fraction) == pytest.approx(float(p), rel=2e-3)
        assert p == exact(float(probabilities[step]))
        _, logarithm, total = lines(entropy)
        assert value(logarithm.replace("-log ", "-log(") + ")") == pytest.approx(float(total), rel=2e-3)
        assert float(total) == pytest.approx(known.loss, rel=1e-3)
        assert f"log {classes} = {exact(log(classes))} for a blind guess" in entropy.detail
        back = loss.scene(View(step=step, mode="backward"))
        _, difference, gradient = lines(back.panels[0])
        assert value(difference) == pytest.approx(float(gradient), rel=2e-3, abs=1e-4)
        assert ("makes it smaller" if step != label else "makes it larger") in back.sentence
        for found, values, title in (
            (bars(scene), probabilities, "probability"),
            (bars(back), probabilities - (np.arange(classes) == label), "gradient"),
        ):
            shown = [int(name[1:]) for name in found.labels]
            assert shown == sorted(shown)
            assert len(shown) <= 12
            assert {step, label} <= set(shown)
            assert int(np.abs(values).argmax()) in shown
            assert len(shown) >= (classes if classes <= 12 else 10)
            np.testing.assert_allclose(found.values, values[shown], atol=1e-9)
            assert found.title == title
            assert found.marks[shown.index(step)] == ("result" if title == "probability" else "gradient")
            assert step == label or found.marks[shown.index(label)] == "filter"
        for panel in (entropy, back.panels[0]):
            truth = next(one for one in panel.figures if isinstance(one, Grid) and one.name == "truth")
            values = truth.values.ravel()[:classes]
            assert np.flatnonzero(values).tolist() == [label]
            assert values[label] == pytest.approx(1)
        assert loss.clicked("logits", divmod(step, 10), View()) == View(step=step)
        assert scene.panels[-1].detail == f"the right one is c{label}"
    assert loss.clicked("logits", (9, 9), View()) is None
    unknown = Loss(known, About(labelled=False)).scene(View()).panels[-1]
    assert unknown.detail == f"nobody said what is right for this picture: {label} stands in"
