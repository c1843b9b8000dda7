"""A trace tells what each block got and gave, and it fits together."""

import itertools

import numpy as np
import pytest

from cnnstudio.core.document import walk
from cnnstudio.core.infer import infer
from cnnstudio.numpy_engine import Network
from cnnstudio.numpy_engine.trace import Trace, in_batch, trace
from cnnstudio.workspace.presets import load_preset
from tests.numpy_engine.documents import batch, made


def traced(preset: str) -> Trace:
    document = load_preset(preset)
    x, labels = batch(document, 2)
    return trace(document, Network(document, seed=1).state_dict(), x, labels)


@pytest.mark.parametrize("preset", ["cifar10-first-cnn", "cifar10-resnet", "googlenet-cifar"])
def test_every_block_has_the_shapes_that_inference_foretells(preset: str) -> None:
    document = load_preset(preset)
    found = traced(preset)
    reports = {report.node.id: report for report in infer(document).body.reports}
    for node in document.body:
        passage = found.of(node.id)
        assert passage.x.shape[1:] == reports[node.id].input
        assert passage.y.shape[1:] == reports[node.id].output
        assert passage.dy.shape == passage.y.shape
        assert passage.dx.shape == passage.x.shape
    assert {p.node for p in found.passages} >= {
        n.id for n in walk(document.body) if type(n.block).__name__ in ("Conv2d", "BatchNorm2d", "Residual")
    } - _inside_heads(preset)


def _inside_heads(preset: str) -> set[str]:
    """Side heads are silent."""
    document = load_preset(preset)
    heads = [n for n in document.body if type(n.block).__name__ == "AuxClassifier"]
    return {inner.id for head in heads for stack in head.stacks for inner in walk(stack)}


def test_what_leaves_a_block_enters_the_next_and_gradients_come_the_same_way() -> None:
    document = load_preset("cifar10-first-cnn")
    found = traced("cifar10-first-cnn")
    passages = [found.of(node.id) for node in document.body]
    for before, after in itertools.pairwise(passages):
        assert before.y is after.x
        np.testing.assert_array_equal(before.dy, after.dx)
    assert found.probabilities.sum(axis=1) == pytest.approx([1, 1])


def test_a_trace_holds_what_the_readable_network_computes() -> None:
    document = made(
        """{"block": "Conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
        {"block": "Conv2d", "out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 2, "bias": false},
        {"block": "Conv2d", "out_channels": 6, "kernel_size": 2, "dilation": 2, "groups": 2},
        {"block": "Flatten"}, {"block": "Linear", "out_features": 3}""",
        side=9,
    )
    for images in (1, 3):
        x, labels = batch(document, images)
        readable = Network(document, seed=4, dtype=np.float64)
        found = trace(document, readable.state_dict(), x, labels)
        loss = readable.loss(x, labels, training=False)
        dx = readable.backward()
        assert found.loss == pytest.approx(loss, rel=1e-12)
        np.testing.assert_allclose(found.passages[0].dx, dx, rtol=1e-9, atol=1e-12)
        learning = [passage.layer for passage in found.passages if passage.layer.params]
        for layer, expected in zip(learning, readable.modules.values(), strict=True):
            for name, gradient in expected.grads.items():
                np.testing.assert_allclose(layer.grads[name], gradient, rtol=1e-9, atol=1e-12)


def test_each_repetition_is_told() -> None:
    document = made(
        '{"block": "Repeat", "times": 3, "body": [{"block": "Conv2d", "out_channels": 2, "kernel_size": 3,'
        ' "padding": 1}]}, {"block": "Flatten"}, {"block": "Linear", "out_features": 3}'
    )
    x, labels = batch(document)
    found = trace(document, None, x, labels)
    inner = document.body[0].stacks[0][0].id
    assert found.repetitions(inner) == 3
    assert found.of(inner, 1).x is found.of(inner, 0).y
    with pytest.raises(KeyError):
        found.of(inner, 3)


def test_a_batch_norm_meets_what_training_gives_it() -> None:
    document = made(
        """{"block": "BatchNorm2d"}, {"block": "ReLU"}, {"block": "BatchNorm2d"}, {"block": "Flatten"},
        {"block": "Linear", "out_features": 3}"""
    )
    x, _ = batch(document, 4)
    met = in_batch(document, None, x)
    first, second = (met[document.body[i].id, 0] for i in (0, 2))
    np.testing.assert_allclose(first.mean, x.mean(axis=(0, 2, 3)))
    mean, variance = (values[None, :, None, None] for values in (first.mean, first.variance))
    between = np.maximum((x - mean) / np.sqrt(variance + 1e-5), 0)
    np.testing.assert_allclose(second.variance, between.var(axis=(0, 2, 3)))
    np.testing.assert_allclose(second.x, between[:1])
    assert second.images == 4
