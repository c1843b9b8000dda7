import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import nn

from cnnstudio.core.training import Optimizer, Schedule
from cnnstudio.engine.optimizer import learning_rate, make_optimizer
from cnnstudio.engine.step import Stepper

TORCH: dict[str, Any] = {
    "SGD": torch.optim.SGD,
    "Adam": torch.optim.Adam,
    "AdamW": torch.optim.AdamW,
    "Adagrad": torch.optim.Adagrad,
    "RMSprop": torch.optim.RMSprop,
}


@pytest.mark.parametrize("name", TORCH)
def test_steps_are_those_of_torch(name: str) -> None:
    options: dict[str, Any] = {"lr": 0.01, "weight_decay": 0.1}
    if name in ("SGD", "RMSprop"):
        options["momentum"] = 0.5
    settings = Optimizer.model_validate({"name": name, **options})
    images, labels = torch.randn(5, 6), torch.tensor([0, 1, 2, 3, 0])
    torch.manual_seed(0)
    ours, theirs = nn.Linear(6, 4), nn.Linear(6, 4)
    theirs.load_state_dict(ours.state_dict())
    stepper = Stepper(ours, settings)
    optimizer = TORCH[name](theirs.parameters(), **options)
    for _ in range(4):
        expected = nn.functional.cross_entropy(theirs(images), labels)
        optimizer.zero_grad()
        expected.backward()
        optimizer.step()
        loss, logits = stepper.take(images, labels)
        torch.testing.assert_close(loss, expected)
        assert logits.shape == (5, 4)
    torch.testing.assert_close(ours.weight, theirs.weight)


def test_training_does_not_wait_for_torchs_compiler() -> None:
    code = """
import sys
from torch import nn, ones, tensor
from cnnstudio.core.training import Optimizer
from cnnstudio.engine.step import Stepper
stepper = Stepper(nn.Linear(2, 2), Optimizer())
stepper.take(ones(1, 2), tensor([0]))
stepper.optimizer.load_state_dict(stepper.optimizer.state_dict())
print("torch._dynamo" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


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
