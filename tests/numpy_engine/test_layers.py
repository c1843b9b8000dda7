"""Every block computes what PyTorch computes: forward, and the gradients by input, weights and buffers."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import cnnstudio.blocks  # noqa: F401
from cnnstudio.core.block import Block, Layer
from cnnstudio.core.fault import Fault
from cnnstudio.core.registry import block_types
from cnnstudio.core.shape import Shape, count
from cnnstudio.core.training import Initialisation
from cnnstudio.numpy_engine.layers import kind_of
from cnnstudio.numpy_engine.weights import Draw, Random
from tests.oracle import Refused, layer_output
from tests.strategies import blocks

LAYERS = [kind for kind in block_types() if issubclass(kind, Layer)]
RANDOM = ("Dropout", "Dropout2d")
TOLERANCE = 1e-9
SHAPES = st.tuples(st.integers(1, 8), st.integers(1, 9), st.integers(1, 9)) | st.tuples(st.integers(1, 12))


def close(ours: np.ndarray, torchs: torch.Tensor | None, what: str) -> None:
    assert torchs is not None, what
    expected = torchs.detach().numpy()
    assert ours.shape == expected.shape, what
    largest = max(1e-3, np.abs(expected).max(initial=0))
    assert np.abs(ours - expected).max(initial=0) <= TOLERANCE * largest, what


@pytest.mark.parametrize("kind", block_types(), ids=lambda kind: kind.__name__)
def test_every_block_can_be_computed(kind: type[Block]) -> None:
    assert kind_of(kind()).__name__ == kind.__name__


@pytest.mark.parametrize("kind", [k for k in LAYERS if k.__name__ not in RANDOM], ids=lambda k: k.__name__)
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_layer_equals_pytorchs(kind: type[Layer], training: bool, data: st.DataObject) -> None:
    block = data.draw(blocks(kind))
    shape: Shape = data.draw(SHAPES)
    assert isinstance(block, Layer)
    try:
        assume(count(block.output(shape)) <= 20_000)
    except Fault:
        assume(False)
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = random.normal(size=(2, *shape))
    try:
        with torch.random.fork_rng():
            _, module = layer_output(block, torch.tensor(x, dtype=torch.float32))
    except Refused:
        assume(False)
    module.double().train(training)
    ours = kind_of(block)(block, shape, Draw(Random(0), Initialisation(), np.float64))
    state = {name: value.detach().numpy().copy() for name, value in module.state_dict().items()}
    for store in (ours.params, ours.buffers):
        store.update({name: state[name] for name in store})
    assert {*ours.params, *ours.buffers} == set(state)

    theirs_in = torch.tensor(x, requires_grad=True)
    theirs = module(theirs_in)
    dy = random.normal(size=tuple(theirs.shape))
    theirs.backward(torch.tensor(dy))
    y = ours.forward(x, training)
    dx = ours.backward(dy)

    close(y, theirs, "output")
    close(dx, theirs_in.grad, "gradient by the input")
    for name, parameter in module.named_parameters():
        close(ours.grads[name], parameter.grad, f"gradient by {name}")
    for name, value in module.state_dict().items():
        if name in ours.buffers:
            close(ours.buffers[name], value, name)


@pytest.mark.parametrize("name", RANDOM)
def test_dropout_keeps_the_mean_and_lets_the_same_gradient_through(name: str) -> None:
    (kind,) = (k for k in LAYERS if k.__name__ == name)
    layer = kind_of(kind())(
        kind.model_validate({"p": 0.25}),
        (400, 3, 3),
        Draw(Random(0), Initialisation(), np.float64),
    )
    x = np.ones((8, 400, 3, 3))
    y = layer.forward(x, training=True)
    assert set(np.unique(y)) == {0.0, 1 / 0.75}
    assert y.mean() == pytest.approx(1, abs=0.05)
    per_channel = (y == y[:, :, :1, :1]).all()
    assert per_channel == (name == "Dropout2d")
    np.testing.assert_array_equal(layer.backward(x), y)
    np.testing.assert_array_equal(layer.forward(x, training=False), x)
