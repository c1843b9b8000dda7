"""A ReLU that works after the max pooling behind it gives the same, bit for bit."""

import copy
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnstudio.codegen import generate
from cnnstudio.engine.build import build, instantiate
from cnnstudio.engine.late_relu import LateReLU, RectifyingMaxPool2d
from cnnstudio.workspace.presets import load_preset
from tests.engine.tiny import document, layer

HEAD = (layer("Flatten"), layer("Linear", out_features=3))


def both(doc: Any) -> tuple[nn.Module, nn.Module]:
    """The network as the engine trains it and as its source says, with the same weights."""
    quick = build(doc).module
    plain = instantiate(generate(doc).source)
    plain.load_state_dict(quick.state_dict(), strict=True)
    return quick, plain


def late(module: nn.Module) -> list[str]:
    return [name for name, layer in module.named_modules() if isinstance(layer, LateReLU)]


@given(
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 2),
    ceil_mode=st.booleans(),
    padded=st.booleans(),
    levels=st.sampled_from((1, 2, 1000)),
    seed=st.integers(0, 1000),
)
def test_outputs_and_gradients_are_the_same_bit_for_bit(
    kernel: int, stride: int, dilation: int, ceil_mode: bool, padded: bool, levels: int, seed: int
) -> None:
    """With few levels many values of a window are equal, zero among them."""
    generator = torch.Generator().manual_seed(seed)
    options = {"padding": kernel // 2 * padded, "dilation": dilation, "ceil_mode": ceil_mode}
    plain = nn.Sequential(nn.ReLU(), nn.MaxPool2d(kernel, stride, **options))
    quick = copy.deepcopy(plain)
    quick[0].__class__, quick[1].__class__ = LateReLU, RectifyingMaxPool2d
    values = (torch.randn(2, 3, 11, 9, generator=generator) * levels).round()
    ends = []
    for module in (plain, quick):
        images = (values / levels).requires_grad_()
        output = module(images)
        output.backward(torch.randn(output.shape, generator=torch.Generator().manual_seed(seed)))
        ends.append((output.detach(), images.grad))
    assert all(torch.equal(own, other) for own, other in zip(*ends))


def test_the_network_learns_the_same_and_tests_the_same() -> None:
    doc = document(layer("Conv2d", out_channels=4, kernel_size=3), layer("ReLU"), layer("MaxPool2d"), *HEAD)
    quick, plain = both(doc)
    assert late(quick) == ["relu"]
    images = torch.randn(5, doc.input.channels, doc.input.height, doc.input.width)
    for module in (quick, plain):
        module(images).square().sum().backward()
    for own, other in zip(quick.parameters(), plain.parameters(), strict=True):
        assert torch.equal(own.grad, other.grad)  # type: ignore[arg-type]
    quick.eval(), plain.eval()
    assert torch.equal(quick(images), plain(images))


@pytest.mark.parametrize("training", [True, False])
def test_who_looks_at_a_relu_sees_what_it_gives(training: bool) -> None:
    doc = document(layer("Conv2d", out_channels=4, kernel_size=3), layer("ReLU"), layer("MaxPool2d"), *HEAD)
    module = build(doc).module.train(training)
    images = torch.randn(5, doc.input.channels, doc.input.height, doc.input.width)
    expected, seen = module(images), []
    handle = module.get_submodule("relu").register_forward_hook(lambda *told: seen.append(told[2]))
    assert torch.equal(module(images), expected)
    assert seen[0].min() == 0
    handle.remove()
    assert torch.equal(module(images), expected)


def test_only_neighbours_of_one_stack_change_places() -> None:
    pool = layer("MaxPool2d")
    relu = layer("ReLU")
    assert not late(build(document(relu, layer("Dropout", p=0.5), pool, *HEAD)).module)
    assert not late(build(document(pool, relu, *HEAD)).module)
    assert len(late(build(load_preset("vgg16-cifar")).module)) == 5
    assert len(late(build(load_preset("cifar10-resnet")).module)) == 0
    assert len(late(build(load_preset("mnist-five-layer-cnn")).module)) == 3
