from typing import Any

import pytest
import torch
from torch import nn

from cnnstudio.core.training import Optimizer, Schedule
from cnnstudio.engine.optimizer import learning_rate, make_optimizer

TORCH: dict[str, Any] = {
    "SGD": torch.optim.SGD,
    "Adam": torch.optim.Adam,
    "AdamW": torch.optim.AdamW,
    "Adagrad": torch.optim.Adagrad,
    "RMSprop": torch.optim.RMSprop,
}


def trained(make: Any) -> torch.Tensor:
    torch.manual_seed(0)
    layer = nn.Linear(6, 4)
    optimizer = make(layer.parameters())
    for _ in range(3):
        optimizer.zero_grad()
        layer(torch.ones(2, 6)).square().sum().backward()
        optimizer.step()
    return layer.weight.detach()


@pytest.mark.parametrize("name", TORCH)
def test_steps_are_those_of_torch(name: str) -> None:
    options: dict[str, Any] = {"lr": 0.01, "weight_decay": 0.1}
    if name in ("SGD", "RMSprop"):
        options["momentum"] = 0.5
    settings = Optimizer.model_validate({"name": name, **options})
    ours = trained(lambda weights: make_optimizer(weights, settings))
    theirs = trained(lambda weights: TORCH[name](weights, **options))
    torch.testing.assert_close(ours, theirs)


def test_nesterov_without_momentum_is_no_error() -> None:
    settings = Optimizer(name="SGD", nesterov=True)
    assert make_optimizer(nn.Linear(1, 1).parameters(), settings).defaults["nesterov"] is False
    settings = Optimizer(name="SGD", nesterov=True, momentum=0.9)
    assert make_optimizer(nn.Linear(1, 1).parameters(), settings).defaults["nesterov"] is True


@pytest.mark.parametrize(
    ("schedule", "make"),
    [
        (Schedule(name="constant"), lambda o: torch.optim.lr_scheduler.ConstantLR(o, 1.0)),
        (
            Schedule(name="step", step_size=3, gamma=0.5),
            lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5),
        ),
        (Schedule(name="cosine"), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10)),
    ],
)
def test_learning_rates_are_those_of_torch(schedule: Schedule, make: Any) -> None:
    settings = Optimizer(name="SGD", lr=0.1)
    optimizer = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)
    scheduler = make(optimizer)
    for epoch in range(1, 11):
        expected = optimizer.param_groups[0]["lr"]
        assert learning_rate(settings, schedule, epoch, 10) == pytest.approx(expected)
        optimizer.step()
        scheduler.step()
