"""Explainers of one block, and Learn as a person finds it once its numbers are there."""

from collections.abc import Mapping

import numpy as np
from pytestqt.qtbot import QtBot

from cnnstudio.core.document import walk
from cnnstudio.numpy_engine.network import Network
from cnnstudio.numpy_engine.trace import trace
from cnnstudio.ui.learn.explainer import Explainer, explainer_for
from cnnstudio.ui.learn.scene import Grid, Panel
from cnnstudio.ui.learn.workspace import LearnWorkspace
from cnnstudio.ui.main_window import MainWindow
from tests.numpy_engine.documents import batch, made


def explainer_of(
    block: str,
    side: int,
    channels: int = 2,
    image: np.ndarray | None = None,
    drawn: bool = False,
    block_index: int = 0,
) -> Explainer:
    """Of the first block of a small network, by its JSON; the image (1, C, H, W) is random else.

    ``drawn``: weights and running statistics are random numbers, none of them what they begin with.
    """
    blocks = f'{{"block": {block}}}, {{"block": "Flatten"}}, {{"block": "Linear", "out_features": 3}}'
    document = made(blocks, side=side, channels=channels)
    x, labels = batch(document, 1)
    node = tuple(walk(document.body))[block_index]
    kind = explainer_for(node.block)
    assert kind is not None
    weights = _drawn(Network(document, 0).state_dict()) if drawn else None
    return kind(node.block, trace(document, weights, x if image is None else image, labels).of(node.id))


def _drawn(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    found = {name: random.normal(size=values.shape) for name, values in weights.items()}
    return {name: np.abs(one) + 0.1 if name.endswith("running_var") else one for name, one in found.items()}


def grid(panel: Panel, name: str) -> Grid:
    """One of a panel's grids."""
    return next(figure for figure in panel.figures if isinstance(figure, Grid) and figure.name == name)


def shown(window: MainWindow, qtbot: QtBot) -> LearnWorkspace:
    """The workspace, with the test image that it waits for."""
    window.show_workspace("learn")
    found = window.findChild(LearnWorkspace, "learnWorkspace")
    assert found is not None
    images, words = found.choice.images, found.page.image
    qtbot.waitUntil(
        lambda: images.card is not None and not images.waiting and "taken for" in words.words, timeout=30_000
    )
    assert found.scene_sentence
    return found
