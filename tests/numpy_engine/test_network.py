"""Whole documents compute in NumPy what their exported PyTorch source computes, weights of the same names."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, assume, given, settings

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.engine.build import Network as TorchNetwork
from cnnstudio.engine.build import build
from cnnstudio.numpy_engine import Network
from cnnstudio.workspace.presets import load_preset
from tests.numpy_engine.documents import batch, in_torch, without_chance
from tests.strategies import trainable_documents

PRESETS = ("mnist-simpleconvnet", "cifar10-first-cnn", "cifar10-resnet", "googlenet-cifar", "alexnet-cifar")
TOLERANCE = 1e-9


def both(document: Document) -> tuple[Network, TorchNetwork]:
    """The document twice, with PyTorch's weights in both, in double precision."""
    torch.manual_seed(1)
    theirs = build(in_torch(document))
    theirs.module.double()
    ours = Network(document, dtype=np.float64)
    ours.load_state_dict({name: value.numpy() for name, value in theirs.module.state_dict().items()})
    return ours, theirs


def compare_a_step(document: Document) -> float:
    """The largest relative difference in loss, gradients and, after a step of SGD, in the logits."""
    ours, theirs = both(document)
    x, labels = batch(document)
    loss = ours.loss(x, labels)
    dx = ours.backward()
    images, targets = torch.tensor(x, requires_grad=True), torch.tensor(labels)
    output = theirs.module.train()(images)
    logits, *heads = output if theirs.aux_weights else (output,)
    expected = total = F.cross_entropy(logits, targets)
    for weight, head in zip(theirs.aux_weights, heads, strict=True):
        total = total + weight * F.cross_entropy(head, targets)
    torch.autograd.backward(total)
    assert images.grad is not None
    differences = [abs(loss - expected.item()), relative(dx, images.grad)]
    gradients = ours.gradients
    for name, parameter in theirs.module.named_parameters():
        if parameter.grad is not None:
            differences.append(relative(gradients[name], parameter.grad))
            parameter.data -= 0.01 * parameter.grad
    for name, value in ours.parameters.items():
        value -= 0.01 * gradients[name]
    with torch.no_grad():
        after = theirs.module.eval()(torch.tensor(x))
    differences.append(relative(ours.forward(x), after))
    return max(differences)


def relative(ours: np.ndarray, theirs: torch.Tensor) -> float:
    expected = theirs.detach().numpy()
    assert ours.shape == expected.shape
    scale = max(1e-3, float(np.abs(expected).max(initial=0)))
    return float(np.abs(ours - expected).max(initial=0)) / scale


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_takes_the_same_step(preset: str) -> None:
    assert compare_a_step(without_chance(load_preset(preset))) < TOLERANCE


@given(trainable_documents())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_a_random_document_computes_the_same_logits(document: Document) -> None:
    document = without_chance(document)
    assume(
        infer(document).trainable and infer(document).macs < 2_000_000 and infer(document).params < 300_000
    )
    ours, theirs = both(document)
    x, _ = batch(document)
    with torch.no_grad():
        expected = theirs.module.eval()(torch.tensor(x))
    assume(bool(torch.isfinite(expected).all()))
    assert relative(ours.forward(x), expected) < 1e-6


def test_weights_travel_back_to_pytorch() -> None:
    document = load_preset("cifar10-resnet")
    ours = Network(document, seed=4)
    theirs = build(in_torch(document)).module
    theirs.load_state_dict({name: torch.from_numpy(value) for name, value in ours.state_dict().items()})
    x, _ = batch(document)
    with torch.no_grad():
        expected = theirs.eval()(torch.tensor(x, dtype=torch.float32))
    assert relative(ours.forward(x.astype(np.float32)), expected) < 1e-4


def test_foreign_weights_are_refused_by_name() -> None:
    ours = Network(load_preset("mnist-simpleconvnet"))
    state = ours.state_dict()
    name = next(iter(state))
    with pytest.raises(ValueError, match=name.replace(".", r"\.")):
        ours.load_state_dict({other: value for other, value in state.items() if other != name})
    with pytest.raises(ValueError, match="another network"):
        ours.load_state_dict({**state, name: state[name][:1]})
