import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import nn

from cnnstudio.core.training import Optimizer
from cnnstudio.engine.optimizer import make_optimizer
from cnnstudio.engine.step import Recipe, Stepper

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
    stepper = Stepper(ours, Recipe(settings))
    optimizer = TORCH[name](theirs.parameters(), **options)
    for _ in range(4):
        expected = nn.functional.cross_entropy(theirs(images), labels)
        optimizer.zero_grad()
        torch.autograd.backward(expected)
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
from cnnstudio.engine.step import Recipe, Stepper
stepper = Stepper(nn.Linear(2, 2), Recipe(Optimizer()))
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
