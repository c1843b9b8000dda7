"""Convolutions that work with their pooling compute what others do, the same with and without a look."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Finished, Started
from cnnstudio.core.requests import Job
from cnnstudio.engine import loop, measuring
from cnnstudio.engine.build import build
from cnnstudio.engine.choices import Choices, candidates
from cnnstudio.engine.control import Control
from cnnstudio.engine.phases import PhasedConv2d, has_phases
from cnnstudio.engine.precision import Precision
from cnnstudio.engine.step import Recipe, Stepper, in_format
from cnnstudio.engine.train import run
from cnnstudio.workspace.presets import load_preset
from tests.engine.tiny import CLASSES, Heard, document, layer

BY_PHASES = Choices(1, True, phases=True)


def network(
    filters: int = 3,
    *,
    kernel: int = 3,
    padding: int = 0,
    window: int = 2,
    bias: bool = True,
    relu: bool = True,
) -> Document:
    """Two convolutions with poolings, whose second takes what the first gives."""
    conv = layer("Conv2d", out_channels=filters, kernel_size=kernel, padding=padding, bias=bias)
    pool = layer("MaxPool2d", kernel_size=window, stride=window)
    first = (conv, layer("ReLU"), pool) if relu else (conv, pool)
    second = (layer("Conv2d", out_channels=2, kernel_size=3, padding=1), layer("MaxPool2d"))
    return document(*first, *second, layer("Flatten"), layer("Linear", out_features=CLASSES), size=18)


def by_phases(module: nn.Module) -> nn.Module:
    changed = in_format(copy.deepcopy(module), BY_PHASES)
    assert has_phases(changed)
    return changed


def learnt(module: nn.Module, images: torch.Tensor) -> list[torch.Tensor]:
    """What a network gives in training, and the slopes of its weights and of the images."""
    images = images.clone().requires_grad_()
    output = module(images)
    output.square().sum().backward()
    found = [output.detach(), images.grad, *(weight.grad for weight in module.parameters())]
    return [one for one in found if one is not None]


def worked_by_phases(module: nn.Module, images: torch.Tensor) -> int:
    """How many convolutions did."""
    with torch.profiler.profile() as seen:
        module(images)
    return sum(event.count for event in seen.key_averages() if event.key == "_Phases")


@settings(max_examples=40)
@given(
    filters=st.integers(1, 3),
    kernel=st.integers(1, 5),
    padding=st.integers(0, 2),
    window=st.integers(2, 3),
    bias=st.booleans(),
    relu=st.booleans(),
    levels=st.sampled_from((1, 2, 1000)),
    images_last=st.booleans(),
)
def test_outputs_and_gradients_are_the_same(
    filters: int,
    kernel: int,
    padding: int,
    window: int,
    bias: bool,
    relu: bool,
    levels: int,
    images_last: bool,
) -> None:
    """With few levels many neighbours are equal: the first of them gets the slope, as in torch."""
    torch.manual_seed(levels)
    doc = network(filters, kernel=kernel, padding=padding, window=window, bias=bias, relu=relu)
    plain = build(doc).module.double()
    for weight in plain.parameters():
        weight.data.mul_(8).round_().div_(8)  # products of such numbers are sums without rounding
    layout = torch.channels_last if images_last else torch.contiguous_format
    images = (torch.randn(3, 1, 18, 18) * levels).round().double().contiguous(memory_format=layout)
    for mine, other in zip(learnt(by_phases(plain), images), learnt(plain, images), strict=True):
        torch.testing.assert_close(mine, other)


@settings(max_examples=20)
@given(filters=st.integers(1, 8), relu=st.booleans(), which=st.sampled_from(("conv", "between", "pool")))
def test_a_look_changes_not_a_bit(filters: int, relu: bool, which: str) -> None:
    torch.manual_seed(filters)
    module = by_phases(build(network(filters, relu=relu)).module)
    seen, watched = [], copy.deepcopy(module)
    conv = next(layer for layer in watched.modules() if isinstance(layer, PhasedConv2d))
    layers = {"conv": conv, "between": conv.followers[0], "pool": conv.followers[-1]}
    layers[which].register_forward_hook(lambda layer, given, got: seen.append(got))
    images = torch.randn(4, 1, 18, 18)
    assert all(map(torch.equal, learnt(module, images), learnt(watched, images)))
    (maps,) = seen
    assert maps.shape[1] == filters
    assert maps.shape[2] == (8 if layers[which] is conv.followers[-1] else 16)
    plain = nn.functional.conv2d(images, conv.weight, conv.bias)
    torch.testing.assert_close(learnt_maps(plain, which, relu), maps, rtol=1e-4, atol=1e-5)


def learnt_maps(maps: torch.Tensor, which: str, relu: bool) -> torch.Tensor:
    """What a layer makes of the convolution's maps."""
    maps = maps.relu() if relu and which != "conv" else maps
    pooled = which == "pool" or (which == "between" and not relu)
    return nn.functional.max_pool2d(maps, 2) if pooled else maps


def test_only_in_training_and_where_windows_fill_the_maps() -> None:
    module = by_phases(build(network()).module)
    assert worked_by_phases(module, torch.randn(2, 1, 18, 18)) == 2
    assert worked_by_phases(module.eval(), torch.randn(2, 1, 18, 18)) == 0
    odd = by_phases(build(network(kernel=4)).module)  # maps of 15 pixels; then 7
    assert worked_by_phases(odd, torch.randn(2, 1, 18, 18)) == 0


def test_which_networks_have_phases() -> None:
    def allowed(*blocks: Any) -> bool:
        body = (*blocks, layer("Flatten"), layer("Linear", out_features=CLASSES))
        return has_phases(build(document(*body)).module)

    conv, pool = layer("Conv2d", out_channels=8), layer("MaxPool2d")
    assert allowed(conv, pool)
    assert allowed(conv, layer("ReLU"), pool)
    assert not allowed(conv, layer("BatchNorm2d"), pool)
    assert not allowed(conv, layer("MaxPool2d", kernel_size=3, stride=2))
    assert not allowed(conv, layer("MaxPool2d", kernel_size=2, padding=1))
    assert not allowed(layer("Conv2d", out_channels=12), pool)
    assert not allowed(layer("Conv2d", out_channels=8, stride=2), pool)
    assert not allowed(layer("Conv2d", out_channels=8, dilation=2), pool)
    assert has_phases(build(load_preset("cifar10-first-cnn")).module)
    assert not has_phases(build(load_preset("vgg16-cifar")).module)


def test_they_are_tried_where_they_may() -> None:
    module = build(network()).module
    assert any(one.phases for one in candidates(module, 1))
    assert not any(one.phases for one in candidates(module, 1, phases=False))
    assert not any(one.phases for one in candidates(nn.Sequential(nn.Conv2d(1, 3, 3)), 1))


def test_what_goes_on_in_half_precision_works_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a run from a processor does on a graphics card, whose autocast knows nothing of phases."""
    monkeypatch.setattr(measuring, "choose", lambda *args, **kwargs: BY_PHASES)
    job = Job(document(epochs=1), run=str(tmp_path / "run"), limit=60)
    assert isinstance(run(job, Heard(), Control()), Finished)
    half = Precision(torch.bfloat16, False, "mixed with bfloat16")
    monkeypatch.setattr(loop, "choose_precision", lambda *args: half)
    again = Heard()
    resumed = Job(None, run=job.run, resume=True, epochs=2)
    assert isinstance(run(resumed, again, Control()), Finished)
    assert "convolutions" not in dict(again.of(Started)[0].choices)


def test_a_step_that_is_compiled_is_measured_without(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(measuring, "choose", lambda *args, phases, **kwargs: asked.append(phases))
    batch = torch.zeros(2, 1, 16, 16), torch.zeros(2, dtype=torch.long)
    for compiled in (False, True):
        doc = document(compile=compiled)
        recipe = Recipe(doc.training.optimizer)
        measuring.measured_choices(doc, build(doc), torch.device("cpu"), recipe, batch)
    assert asked == [True, False]


def test_steps_lead_where_plain_ones_lead() -> None:
    """The fused optimizer goes along memory, so slopes must lie as their weights do."""
    torch.manual_seed(0)
    module = build(document(channels=3)).module.double()
    steppers = [
        Stepper(in_format(copy.deepcopy(module), choices), Recipe(document().training.optimizer))
        for choices in (BY_PHASES, Choices(1, True))
    ]
    for _ in range(3):
        batch = torch.randn(4, 3, 16, 16).double(), torch.randint(CLASSES, (4,))
        for stepper in steppers:
            torch.manual_seed(1)  # dropout
            stepper.take(*batch)
    for weight, other in zip(*(stepper.weights for stepper in steppers), strict=True):
        assert weight.grad is not None
        assert weight.grad.stride() == weight.stride()
        torch.testing.assert_close(weight, other)
