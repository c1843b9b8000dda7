"""A step is the one that people write with torch by hand."""

import copy
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnstudio.core.training import Optimizer
from cnnstudio.engine.precision import FULL, Precision, has_bfloat16
from cnnstudio.engine.step import Recipe, Stepper

WEIGHTS = (0.3, 0.7)


class Headed(nn.Module):
    """A classifier that gives the logits of two side heads too while it trains."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Linear(6, 5)
        self.heads = nn.ModuleList(nn.Linear(5, 4) for _ in range(3))

    def forward(self, images: torch.Tensor) -> Any:
        features = self.trunk(images).relu()
        main, *side = (head(features) for head in self.heads)
        return (main, *side) if self.training else main


def by_hand(
    module: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: Any,
    smoothing: float,
    clip: float,
    heads: bool,
) -> list[float]:
    """The unsmoothed losses of all heads before the step."""
    images, labels = batch
    output = module(images)
    logits = list(output) if heads else [output]
    criterion = nn.CrossEntropyLoss(label_smoothing=smoothing)
    total = criterion(logits[0], labels)
    for weight, side in zip(WEIGHTS, logits[1:]):
        total = total + weight * criterion(side, labels)
    optimizer.zero_grad()
    torch.autograd.backward(total)
    if clip:
        nn.utils.clip_grad_norm_(module.parameters(), clip)
    optimizer.step()
    return [float(F.cross_entropy(each, labels).detach()) for each in logits]


@pytest.mark.parametrize("clip", [0.0, 0.1, 100.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("heads", [False, True])
def test_clipping_smoothing_and_side_heads_are_torchs(clip: float, smoothing: float, heads: bool) -> None:
    torch.manual_seed(0)
    ours: nn.Module = Headed() if heads else nn.Linear(6, 4)
    theirs = copy.deepcopy(ours)
    recipe = Recipe(Optimizer(lr=0.5), WEIGHTS if heads else (), smoothing, clip)
    stepper = Stepper(ours, recipe)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.5)
    for seed in range(4):
        generator = torch.Generator().manual_seed(seed)
        batch = torch.randn(8, 6, generator=generator), torch.randint(4, (8,), generator=generator)
        told, logits = stepper.take(*batch)
        expected = by_hand(theirs, optimizer, batch, smoothing, clip, heads)
        assert told.reshape(-1).tolist() == pytest.approx(expected)
        assert logits.shape == (8, 4)
    for name, value in ours.state_dict().items():
        torch.testing.assert_close(value, theirs.state_dict()[name])


def test_a_plain_step_is_not_touched_by_what_it_does_not_use() -> None:
    stepper = Stepper(nn.Linear(6, 4), Recipe(Optimizer()))
    assert stepper.losses == stepper._plain_losses
    assert stepper.scaler is None
    assert stepper.scaler_state() == {}
    stepper.restore_scaler({"scale": 2.0})  # of a run that was on another device


def test_gradients_that_overflow_in_half_precision_are_left_out_and_the_scale_falls() -> None:
    half = Precision(torch.float16, scaled=True)
    stepper = Stepper(nn.Linear(6, 4), Recipe(Optimizer(lr=0.1), clip_norm=1.0, precision=half))
    assert stepper.scaler is not None
    before = copy.deepcopy(stepper.module.state_dict())
    scale = stepper.scaler.get_scale()
    images, labels = torch.full((8, 6), 6e4), torch.zeros(8, dtype=torch.int64)
    stepper.module.get_parameter("weight").data.mul_(1e-4)
    stepper.take(images, labels + 1)
    assert stepper.scaler.get_scale() == scale / 2
    torch.testing.assert_close(stepper.module.state_dict()["bias"], before["bias"])
    for _ in range(3):
        stepper.take(torch.randn(8, 6), labels)
    assert not torch.equal(stepper.module.state_dict()["bias"], before["bias"])


@pytest.mark.skipif(not has_bfloat16(), reason="needs a processor with bfloat16")
def test_bfloat16_is_near_to_float32() -> None:
    torch.manual_seed(1)
    full = Stepper(nn.Linear(6, 4), Recipe(Optimizer(lr=0.1), precision=FULL))
    mixed = Stepper(
        copy.deepcopy(full.module), Recipe(Optimizer(lr=0.1), precision=Precision(torch.bfloat16))
    )
    batch = torch.randn(8, 6), torch.arange(8) % 4
    for _ in range(5):
        losses = [stepper.take(*batch)[0].item() for stepper in (full, mixed)]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    assert next(mixed.module.parameters()).dtype == torch.float32
