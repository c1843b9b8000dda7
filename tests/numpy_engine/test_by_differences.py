"""Gradients against numerical differentiation: independent of PyTorch, and of any formula."""

import numpy as np
import pytest

from cnnstudio.core.document import Document, InputSize
from cnnstudio.numpy_engine import Network
from tests.numpy_engine.documents import made

STEP = 1e-5


def document() -> Document:
    """Something of everything that has weights, with a shortcut, branches, a gate and a side head."""
    return made("""
        {"block": "Conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
        {"block": "BatchNorm2d"},
        {"block": "Residual", "activation": "none", "body": [
            {"block": "Conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1, "groups": 2}],
         "shortcut": []},
        {"block": "AuxClassifier", "weight": 0.3, "head": [
            {"block": "GlobalAvgPool2d"}, {"block": "Linear", "out_features": 3}]},
        {"block": "Parallel", "merge": "concat", "branches": [
            [{"block": "Tanh"}], [{"block": "AvgPool2d", "kernel_size": 3, "stride": 1, "padding": 1}]]},
        {"block": "Parallel", "merge": "multiply", "branches": [
            [], [{"block": "AdaptiveAvgPool2d"}, {"block": "Conv2d", "out_channels": 8, "kernel_size": 1},
                 {"block": "Sigmoid"}]]},
        {"block": "GroupNorm", "num_groups": 2},
        {"block": "Flatten"}, {"block": "Linear", "out_features": 3}""")


@pytest.fixture(scope="module")
def network() -> Network:
    return Network(document(), seed=3, dtype=np.float64)


def total_loss(network: Network, x: np.ndarray, labels: np.ndarray) -> float:
    return network.loss(x, labels) + 0.3 * network.head_losses[0]


def test_every_gradient_is_the_slope_of_the_loss(network: Network) -> None:
    random = np.random.default_rng(5)
    size: InputSize = document().input
    x, labels = random.normal(size=(2, *size.shape)), np.array([0, 2])
    total_loss(network, x, labels)
    dx = network.backward()
    gradients = {**network.gradients, "the images": dx}
    for name, values in {**network.parameters, "the images": x}.items():
        for index in random.choice(values.size, size=min(6, values.size), replace=False):
            at = np.unravel_index(index, values.shape)
            kept = values[at]
            values[at] = kept + STEP
            above = total_loss(network, x, labels)
            values[at] = kept - STEP
            below = total_loss(network, x, labels)
            values[at] = kept
            slope = (above - below) / (2 * STEP)
            assert gradients[name][at] == pytest.approx(slope, rel=1e-5, abs=1e-7), name
