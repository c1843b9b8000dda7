"""Learning without autograd changes not a bit of what is learnt, and is left where it could."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnstudio.core.training import Optimizer
from cnnstudio.engine import step as stepping
from cnnstudio.engine.step import Recipe, Stepper
from cnnstudio.engine.straight import straight_line

SIZE, CLASSES = (1, 4, 5), 3
RECIPE = Recipe(Optimizer(name="SGD", lr=0.3))

MIDDLE = st.sampled_from(["ReLU", "Dropout", "Linear", "Linear without bias", "Flatten"])


def network(before: list[str], middle: list[str], after: list[str]) -> nn.Sequential:
    """A stack that flattens somewhere and ends in a linear layer."""
    features, layers = 20, []
    kinds: dict[str, Callable[[], nn.Module]] = {
        "ReLU": nn.ReLU,
        "Flatten": nn.Flatten,
        "Dropout": lambda: nn.Dropout(0.3),
        "Linear": lambda: nn.Linear(features, 7),
        "Linear without bias": lambda: nn.Linear(features, 7, bias=False),
    }
    for kind in [*(kind for kind in before if "Linear" not in kind), "Flatten", *middle]:
        layers.append(kinds[kind]())
        features = 7 if "Linear" in kind else features
    layers.append(nn.Linear(features, CLASSES))
    return nn.Sequential(*layers, *(kinds[kind]() for kind in after if "Linear" not in kind))


def batches(sizes: list[int]) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    generator = torch.Generator().manual_seed(7)
    for size in sizes:
        images = torch.randn(size, *SIZE, generator=generator)
        yield images, torch.randint(CLASSES, (size,), generator=generator)


@contextmanager
def autograd_only() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stepping, "straight_line", lambda *_: None)
        yield


def taken(module: nn.Module, sizes: list[int], recipe: Recipe = RECIPE) -> list[torch.Tensor]:
    """What some steps tell, their gradients, and the weights they come to; random numbers included."""
    torch.manual_seed(3)
    stepper = Stepper(module, recipe)
    found: list[torch.Tensor] = []
    for images, labels in batches(sizes):
        found += [part.clone() for part in stepper.take(images, labels)]
        found += [weight.grad.clone() for weight in stepper.weights if weight.grad is not None]
        found += [weight.detach().clone() for weight in stepper.weights]
    return [*found, torch.rand(3)]


def same(mine: list[torch.Tensor], theirs: list[torch.Tensor]) -> bool:
    return len(mine) == len(theirs) and all(map(torch.equal, mine, theirs))


@settings(max_examples=40)
@given(
    before=st.lists(MIDDLE, max_size=2),
    middle=st.lists(MIDDLE, max_size=5),
    after=st.lists(MIDDLE, max_size=2),
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    momentum=st.sampled_from([0.0, 0.9]),
    clip_norm=st.sampled_from([0.0, 0.5]),
)
def test_what_is_learnt_is_autograds_bit_for_bit(
    before: list[str],
    middle: list[str],
    after: list[str],
    sizes: list[int],
    momentum: float,
    clip_norm: float,
) -> None:
    module = network(before, middle, after)
    recipe = Recipe(Optimizer(name="SGD", lr=0.3, momentum=momentum), clip_norm=clip_norm)
    other = copy.deepcopy(module)
    assert straight_line(module, torch.zeros(2, *SIZE)) is not None
    mine = taken(module, sizes, recipe)
    with autograd_only():
        assert same(mine, taken(other, sizes, recipe))


def test_a_network_of_linear_layers_takes_no_autograd(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = Stepper(network([], ["Linear", "ReLU"], []), RECIPE)
    monkeypatch.setattr(stepper, "_backward", None)
    (batch,) = batches([4])
    before = [weight.detach().clone() for weight in stepper.weights]
    loss, logits = stepper.take(*batch)
    assert loss.item() == pytest.approx(nn.functional.cross_entropy(logits, batch[1]).item())
    assert not any(map(torch.equal, before, stepper.weights))


def test_who_looks_into_a_step_sees_autograd_at_work_and_the_same_numbers() -> None:
    module = network([], ["Linear", "ReLU", "Dropout"], [])
    other, seen = copy.deepcopy(module), []
    mine = taken(module, [4, 4])
    other[2].register_forward_hook(lambda layer, given, got: seen.append(got.requires_grad))
    assert same(mine, taken(other, [4, 4]))
    assert seen == [True, True]


class Residual(nn.Module):
    """Something happens between its layers."""

    def __init__(self) -> None:
        super().__init__()
        self.flatten, self.fc1, self.fc2 = nn.Flatten(), nn.Linear(20, 20), nn.Linear(20, CLASSES)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        values = self.flatten(images)
        return self.fc2(values + self.fc1(values))


class Twice(Residual):
    """One layer has two places."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.fc2(self.fc1(self.fc1(self.flatten(images))))


class Skipping(Residual):
    """One layer has no place."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.fc2(self.flatten(images))


class Ending(Residual):
    """Something happens behind the last one."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.fc2(self.fc1(self.flatten(images))) * 2


def frozen() -> nn.Module:
    module = network([], ["Linear"], [])
    module[1].weight.requires_grad_(False)
    return module


@pytest.mark.parametrize(
    "module",
    [
        Residual(),
        Twice(),
        Skipping(),
        Ending(),
        frozen(),
        nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(12, CLASSES)),
        nn.Sequential(nn.Flatten(), nn.Linear(20, 20), nn.BatchNorm1d(20), nn.Linear(20, CLASSES)),
        nn.Sequential(nn.Flatten(), nn.ReLU(inplace=True), nn.Linear(20, CLASSES)),
        nn.Sequential(nn.Linear(5, 5), nn.Flatten(), nn.Linear(20, CLASSES)),
        nn.Sequential(nn.Flatten()),
    ],
    ids=lambda module: type(module).__name__,
)
def test_any_other_network_is_left_to_autograd(module: nn.Module) -> None:
    module.eval()
    state = torch.get_rng_state()
    assert straight_line(module, torch.zeros(2, *SIZE)) is None
    assert torch.equal(state, torch.get_rng_state())


def test_label_smoothing_is_autograds() -> None:
    module = network([], ["Linear", "ReLU"], [])
    other, recipe = copy.deepcopy(module), Recipe(RECIPE.optimizer, label_smoothing=0.1)
    mine = taken(module, [4], recipe)
    with autograd_only():
        assert same(mine, taken(other, [4], recipe))
