"""What a step leaves out of torch's Python changes not a bit of what it gives."""

import copy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnstudio.engine.lean import LeanSGD, backward_on_cpu

STEPS = 6


def gradients(step: int, missing: bool) -> list[torch.Tensor | None]:
    generator = torch.Generator().manual_seed(step)
    some: list[torch.Tensor | None] = [torch.randn(size, generator=generator) for size in ((5, 7), (3,))]
    if missing:
        some[step % 2] = None
    return some


@settings(max_examples=30)
@given(
    momentum=st.sampled_from([0.0, 0.9]),
    nesterov=st.booleans(),
    weight_decay=st.sampled_from([0.0, 0.01]),
    missing=st.sets(st.integers(1, STEPS - 1)),  # in the first step torch itself fails
    rates=st.lists(st.sampled_from([0.1, 0.01]), min_size=STEPS, max_size=STEPS),
    restored=st.integers(0, STEPS),
    copied=st.integers(0, STEPS),
)
def test_weights_and_state_are_torchs_bit_for_bit(
    momentum: float,
    nesterov: bool,
    weight_decay: float,
    missing: set[int],
    rates: list[float],
    restored: int,
    copied: int,
) -> None:
    options: dict[str, Any] = {
        "momentum": momentum,
        "nesterov": nesterov and momentum > 0,
        "weight_decay": weight_decay,
        "fused": True,
    }
    sides: list[tuple[list[nn.Parameter], torch.optim.Optimizer]] = []
    for kind in (LeanSGD, torch.optim.SGD):
        weights = [nn.Parameter(torch.ones(5, 7)), nn.Parameter(torch.ones(3))]
        sides.append((weights, kind(weights, lr=0.1, **options)))
    for step, rate in enumerate(rates):
        for index, (weights, optimizer) in enumerate(sides):
            if step == restored:
                optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
            if step == copied:
                sides[index] = weights, optimizer = copy.deepcopy((weights, optimizer))
            optimizer.param_groups[0]["lr"] = rate
            for weight, gradient in zip(weights, gradients(step, step in missing), strict=True):
                weight.grad = gradient
            optimizer.step()
    (ours, lean), (theirs, fused) = sides
    assert all(torch.equal(mine, their) for mine, their in zip(ours, theirs, strict=True))
    for mine, their in zip(lean.state.values(), fused.state.values(), strict=True):
        assert mine.keys() == their.keys()
        for name in mine:
            assert mine[name] is their[name] is None or torch.equal(mine[name], their[name])


def test_from_the_second_step_on_only_the_kernel_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    weight = nn.Parameter(torch.ones(2))
    optimizer = LeanSGD([weight], lr=0.1, momentum=0.9, fused=True)
    weight.grad = torch.ones(2)
    optimizer.step()
    monkeypatch.setattr("cnnstudio.engine.lean._TORCHS_STEP", None)
    optimizer.step()
    assert weight.tolist() == pytest.approx([1 - 0.1 - 0.19] * 2)


def test_gradients_are_torchs_and_add_up() -> None:
    weight = torch.arange(3.0, requires_grad=True)
    backward = backward_on_cpu()
    assert backward is not torch.autograd.backward
    for times in (1, 2):
        backward((weight**2).sum())
        assert weight.grad is not None
        assert weight.grad.tolist() == [0.0, 2.0 * times, 4.0 * times]
    backward(weight.sum())  # a gradient that is the same number everywhere
    backward(weight[1])
    assert weight.grad.tolist() == [1.0, 6.0, 9.0]


def test_another_torch_without_that_call_is_asked_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.autograd.Variable, "_execution_engine", object())
    assert backward_on_cpu() is torch.autograd.backward
