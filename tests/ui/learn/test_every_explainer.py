"""Every explainer makes scenes of its block, with the engine's own numbers in them."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from cnnstudio.core.document import Document, walk
from cnnstudio.core.registry import block_types
from cnnstudio.numpy_engine.trace import Passage, Trace, trace
from cnnstudio.ui.learn.explainer import Explainer, View, explainer_for
from cnnstudio.ui.learn.explainers.pooling import Pooling
from cnnstudio.ui.learn.figure_layout import placed
from cnnstudio.ui.learn.loss import Loss
from cnnstudio.ui.learn.scene import Grid, Scene
from cnnstudio.ui.learn.sheet import picture_of, sheet_of
from cnnstudio.workspace.presets import load_preset
from tests.numpy_engine.documents import batch, made

ZOO = made(
    """{"block": "Conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}, {"block": "GELU"},
    {"block": "AvgPool2d", "kernel_size": 3, "stride": 2, "padding": 1}, {"block": "Dropout2d"},
    {"block": "DepthwiseConv2d", "kernel_size": 3, "multiplier": 2, "padding": 1}, {"block": "LeakyReLU"},
    {"block": "Parallel", "merge": "add", "branches": [[{"block": "ELU"}], [{"block": "Tanh"}]]},
    {"block": "Residual", "activation": "ReLU", "body": [{"block": "BatchNorm2d"}], "shortcut": []},
    {"block": "Parallel", "merge": "concat", "branches": [
        [{"block": "MaxPool2d", "kernel_size": 3, "stride": 1, "padding": 1}], [{"block": "SiLU"}]]},
    {"block": "ZeroPad2d", "padding": [1, 2]}, {"block": "GroupNorm", "num_groups": 4},
    {"block": "LocalResponseNorm"}, {"block": "AdaptiveAvgPool2d", "output_size": 4},
    {"block": "AuxClassifier", "head": [{"block": "Flatten"}, {"block": "Linear", "out_features": 3}]},
    {"block": "Softmax"}, {"block": "Parallel", "merge": "multiply", "branches": [
        [{"block": "Identity"}], [{"block": "AdaptiveAvgPool2d", "output_size": 1}, {"block": "Sigmoid"}]]},
    {"block": "Repeat", "times": 2, "body": [{"block": "Identity"}]},
    {"block": "Repeat", "times": 3, "body": [{"block": "Residual", "activation": "ReLU", "shortcut": [],
        "body": [{"block": "Group", "name": "step", "body": [
            {"block": "Conv2d", "out_channels": 16, "kernel_size": 1}, {"block": "ReLU"}]}]}]},
    {"block": "GlobalAvgPool2d"}, {"block": "Sigmoid"}, {"block": "Dropout"}, {"block": "Flatten"},
    {"block": "Linear", "out_features": 3}""",
    side=9,
)


def explainers(document: Document) -> list[Explainer]:
    x, labels = batch(document, 1)
    found: Trace = trace(document, None, x.astype(np.float32), labels)
    made_ones = []
    for node in walk(document.body):
        kind = explainer_for(node.block)
        if kind is not None and found.repetitions(node.id):
            made_ones.append(kind(node.effective(True), found.of(node.id)))
    return [*made_ones, Loss(found)]


def sources(passage: Passage) -> list[np.ndarray]:
    layer = passage.layer
    arrays = [passage.x, passage.y, passage.dy, passage.dx, *layer.params.values(), *layer.grads.values()]
    for name in ("outputs", "shares"):
        arrays += getattr(layer, name, ())
    return arrays


def check(explainer: Explainer, scene: Scene) -> None:
    known = np.concatenate(
        [np.asarray(values, dtype=np.float64).ravel() for values in sources(explainer.passage)]
    )
    assert scene.sentence
    for panel in scene.panels:
        assert panel.title
        for width in (1050.0, 700.0, 560.0):
            boxes, height = placed(panel.figures, width)
            assert height > 0
            assert len(boxes) == len(panel.figures)
            for one, other in combinations(boxes, 2):
                assert not one.box.adjusted(1, 1, -1, -1).intersects(other.box)
            for one in boxes:
                assert one.box.right() <= width + 1, (panel.name, width, one.figure)
                assert one.box.bottom() <= height + 1
        for figure in panel.figures:
            if isinstance(figure, Grid) and figure.name in ("input", "output", "filter", "output gradient"):
                values = figure.values[~np.isnan(figure.values)].astype(np.float64)
                assert np.isin(values, [*known, 0.0]).all(), (panel.name, figure.name)


@pytest.mark.parametrize("document", [ZOO, load_preset("cifar10-first-cnn")], ids=["zoo", "first"])
def test_every_step_shows_numbers_of_the_engine(qapp: QApplication, document: Document) -> None:
    for explainer in explainers(document):
        for mode in explainer.modes:
            view = View(mode=mode)
            steps = explainer.steps(view)
            sheet = sheet_of("", explainer.scene(view))  # for slides: it must be paintable, and whole
            image = picture_of(sheet, 1.0)
            assert image.height() == sheet.size.height()
            for step in {0, steps // 2, steps - 1}:
                now = replace(
                    view,
                    step=step,
                    output=max(0, explainer.outputs() - 1),
                    channel=max(0, explainer.channels(view) - 1),
                )
                check(explainer, explainer.scene(now))


def test_every_block_has_an_explanation(qapp: QApplication) -> None:
    assert {type(node.block) for node in walk(ZOO.body)} == set(block_types())
    assert all(explainer_for(kind.model_construct()) is not None for kind in block_types())


def test_clicks_never_lead_out_of_the_steps(qapp: QApplication) -> None:
    for explainer in explainers(ZOO):
        for mode in explainer.modes:
            view = View(mode=mode)
            for panel in explainer.scene(view).panels:
                for figure in panel.figures:
                    if not isinstance(figure, Grid):
                        continue
                    rows, columns = figure.values.shape
                    for cell in ((0, 0), (rows - 1, columns - 1)):
                        place = figure.corner[0] + cell[0], figure.corner[1] + cell[1]
                        other = explainer.clicked(figure.name, place, view)
                        if other is not None:
                            assert 0 <= other.step < explainer.steps(other)
                            explainer.scene(other)


def test_an_input_pixel_of_a_pooling_touches_the_windows_that_hold_it(qapp: QApplication) -> None:
    poolings = [one for one in explainers(ZOO) if isinstance(one, Pooling)]
    assert len(poolings) >= 4
    for explainer in poolings:
        _, _, height, width = explainer.passage.x.shape
        _, _, _, out_w = explainer.passage.y.shape
        for cell in product(range(height), range(width)):
            held = set()
            for step in range(explainer.steps(View())):
                output = divmod(step, out_w)
                if cell in explainer.touches("output", output, View())["input"]:
                    held.add(output)
            assert set(explainer.touches("input", cell, View())["output"]) == held
