"""Convolutions as matrix products compute what others do, in training alone, and runs with them go on."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from cnnstudio.core.messages import Finished, Started, Step
from cnnstudio.core.requests import Job
from cnnstudio.engine import measuring
from cnnstudio.engine.choices import Choices
from cnnstudio.engine.control import Control
from cnnstudio.engine.convolutions import ProductConv2d, has_products, use_products
from cnnstudio.engine.train import run
from tests.engine.tiny import Heard, document, layer


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


def test_a_run_says_so_and_goes_on_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "choose", lambda *args, **kwargs: Choices(1, False, products=True))
    head = (layer("Flatten"), layer("Linear", out_features=3))
    wanted = document(layer("Conv2d", out_channels=3, kernel_size=3), *head, epochs=2)
    heard, control = Heard(), Control()

    class Stopping(Heard):
        def __call__(self, message: Any) -> None:
            super().__call__(message)
            if isinstance(message, Step):
                control.stop()

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert isinstance(run(Job(wanted, run=str(whole), limit=60), heard, Control()), Finished)
    assert dict(heard.of(Started)[0].choices)["convolutions"] == "matrix products"
    run(Job(wanted, run=str(parts), limit=60), Stopping(), control)
    monkeypatch.setattr(measuring, "choose", lambda *args, **kwargs: pytest.fail("it is known"))
    again = Heard()
    run(Job(None, run=str(parts), resume=True), again, Control())
    assert dict(again.of(Started)[0].choices)["convolutions"] == "matrix products"
    assert (whole / "weights.safetensors").read_bytes() == (parts / "weights.safetensors").read_bytes()
    assert json.loads((parts / "run.json").read_text())["options"]["convolutions"] == "matrix products"
