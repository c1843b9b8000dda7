"""Convolutions as matrix products compute what others do, in training alone; runs with other ways go on."""

import copy
import json
from pathlib import Path

import pytest
import torch
from torch import nn

from cnnstudio.core.messages import Finished, Started
from cnnstudio.core.requests import Job
from cnnstudio.engine import measuring
from cnnstudio.engine.choices import Choices
from cnnstudio.engine.control import Control
from cnnstudio.engine.convolutions import ProductConv2d, has_products, use_products
from cnnstudio.engine.train import run
from tests.engine.tiny import Heard, document
from tests.engine.trained import Stopping


def network() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(2, 4, (3, 5), stride=(2, 1), padding=(1, 2)),
        nn.ReLU(),
        nn.Conv2d(4, 4, 3, groups=2),
        nn.Conv2d(4, 3, 3, dilation=2),
        nn.Conv2d(3, 3, 3, padding=1, padding_mode="reflect"),
        nn.Conv2d(3, 3, 3, padding="same"),
        nn.Conv2d(3, 2, 1, bias=False),
    )


def test_outputs_and_gradients_are_the_same() -> None:
    torch.manual_seed(0)
    plain = network()
    products = copy.deepcopy(plain)
    use_products(products)
    assert [type(layer) is ProductConv2d for layer in products] == [True] + [False] * 5 + [True]
    images = torch.randn(3, 2, 24, 20)
    outputs = [module(images) for module in (plain, products)]
    torch.testing.assert_close(*outputs)
    for output in outputs:
        output.square().sum().backward()
    for weight, other in zip(plain.parameters(), products.parameters(), strict=True):
        torch.testing.assert_close(weight.grad, other.grad)


def test_in_evaluation_they_are_as_any_other() -> None:
    """A test takes a thousand images at once, which would be unfolded in memory all together."""
    module = nn.Sequential(nn.Conv2d(1, 2, 3))
    images = torch.randn(2, 1, 8, 8)
    expected = module.eval()(images)
    assert has_products(module)
    use_products(module)
    with torch.profiler.profile() as seen:
        assert torch.equal(module(images), expected)
    assert not any("slow_conv2d" in event.key for event in seen.key_averages())


@pytest.mark.parametrize(
    ("choices", "text"),
    [
        (Choices(1, False, products=True), "matrix products"),
        (Choices(1, True, phases=True), "together with their pooling"),
    ],
)
def test_a_run_says_so_and_goes_on_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choices: Choices, text: str
) -> None:
    """Health looks into some of its steps."""
    monkeypatch.setattr(measuring, "choose", lambda *args, **kwargs: choices)
    heard, stopping, again = Heard(), Stopping(1), Heard()
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert isinstance(run(Job(document(), run=str(whole), limit=60), heard, Control()), Finished)
    run(Job(document(), run=str(parts), limit=60), stopping, stopping.control)
    monkeypatch.setattr(measuring, "choose", lambda *args, **kwargs: pytest.fail("it is known"))
    run(Job(None, run=str(parts), resume=True), again, Control())
    for one in (heard, again):
        assert dict(one.of(Started)[0].choices)["convolutions"] == text
    assert (whole / "weights.safetensors").read_bytes() == (parts / "weights.safetensors").read_bytes()
    assert json.loads((parts / "run.json").read_text())["options"]["convolutions"] == text
