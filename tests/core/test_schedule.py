"""The learning rate is what torch's schedulers make of it."""

import math
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from cnnstudio.core.schedule import MOST, Length, Plateau, changes_within, learning_rate, preview
from cnnstudio.core.training import Schedule

BASE = 0.3
lengths = st.builds(Length, st.integers(1, 12), st.integers(1, 7))


def schedule(**values: Any) -> Schedule:
    return Schedule.model_validate(values)


def optimizer() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=BASE)


def ours(how: Schedule, length: Length) -> list[float]:
    """Of every step."""
    return [
        learning_rate(BASE, how, length, epoch, step)
        for epoch in range(1, length.epochs + 1)
        for step in range(length.steps_per_epoch)
    ]


def theirs(length: Length, make: Any, warmup: int = 0, each_step: bool = False) -> Iterator[float]:
    """Of every step, by torch's schedulers: ``make(optimizer, epochs)`` gives the one after the warm-up."""
    sgd = optimizer()
    steps = warmup * length.steps_per_epoch
    linear = lr_scheduler.LinearLR(sgd, 1 / steps, total_iters=steps - 1) if steps else None
    main = None
    for epoch in range(1, length.epochs + 1):
        if epoch == warmup + 1:
            main = make(sgd, length.epochs - warmup)
        for _ in range(length.steps_per_epoch):
            yield sgd.param_groups[0]["lr"]
            sgd.step()
            if main is None and linear is not None:
                linear.step()
            elif main is not None and each_step:
                main.step()
        if main is not None and not each_step:
            main.step()


MAKERS = {
    "constant": lambda sgd, epochs: lr_scheduler.ConstantLR(sgd, factor=1.0),
    "step": lambda sgd, epochs: lr_scheduler.StepLR(sgd, 3, 0.2),
    "cosine": lr_scheduler.CosineAnnealingLR,
}


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=40, deadline=None)
@given(length=lengths, warmup=st.integers(0, 4))
def test_schedules_by_the_epoch(name: str, length: Length, warmup: int) -> None:
    how = schedule(name=name, step_size=3, gamma=0.2, warmup=warmup)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's order of calls, where a training has one step
        assert ours(how, length) == pytest.approx(list(theirs(length, MAKERS[name], warmup)))


@settings(max_examples=100, deadline=None)
@given(lengths, st.integers(0, 4), st.floats(0.05, 0.95))
def test_one_cycle(length: Length, warmup: int, rise: float) -> None:
    steps = (length.epochs - warmup) * length.steps_per_epoch
    if rise * steps == 1:
        return  # torch divides by zero

    def make(sgd: torch.optim.Optimizer, epochs: int) -> lr_scheduler.LRScheduler:
        # One more, which is asked for after the last step of the training and not used.
        return _Endless(sgd, BASE, total_steps=steps, pct_start=rise, cycle_momentum=False)

    how = schedule(name="one-cycle", rise=rise, warmup=warmup)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = list(theirs(length, make, warmup, each_step=True))
    assert ours(how, length) == pytest.approx(expected)


class _Endless(lr_scheduler.OneCycleLR):
    def step(self, epoch: int | None = None) -> None:
        if self.last_epoch + 1 < self.total_steps:
            super().step()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(0.01, 10) | st.sampled_from([1.0, 0.9999, 0.99995, math.nan]), max_size=40),
    st.integers(1, 5),
    st.sampled_from([0.1, 0.5, 0.001]),
)
def test_a_plateau(losses: list[float], patience: int, gamma: float) -> None:
    how = schedule(name="plateau", patience=patience, gamma=gamma)
    sgd = optimizer()
    reduce = lr_scheduler.ReduceLROnPlateau(sgd, factor=gamma, patience=patience)
    seen = Plateau()
    length = Length(100, 3)
    for epoch, loss in enumerate(losses, start=1):
        assert learning_rate(BASE, how, length, epoch, 1, seen) == pytest.approx(sgd.param_groups[0]["lr"])
        reduce.step(loss)
        seen = seen.after(loss, how, BASE)
    assert learning_rate(BASE, how, length, 50, 0, seen) == pytest.approx(sgd.param_groups[0]["lr"])


def test_a_warm_up_ends_in_full() -> None:
    how = schedule(warmup=2)
    rates = ours(how, Length(3, 4))
    assert rates[:8] == pytest.approx([BASE * (step + 1) / 8 for step in range(8)])
    assert rates[7:] == [BASE] * 5


def test_a_warm_up_longer_than_the_training_goes_on_rising() -> None:
    rates = ours(schedule(name="cosine", warmup=10), Length(2, 3))
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(BASE * 6 / 30)


def test_a_factor_above_one_ends_somewhere() -> None:
    rates = ours(schedule(name="step", step_size=1, gamma=1e6), Length(1000, 1))
    assert rates[-1] == MOST
    assert rates == sorted(rates)


def test_the_default_has_one_rate_an_epoch() -> None:
    for name in ("constant", "step", "cosine", "plateau"):
        assert not changes_within(schedule(name=name), 1)
    assert changes_within(schedule(name="one-cycle"), 1)
    warm = schedule(name="step", warmup=2)
    assert [changes_within(warm, epoch) for epoch in (1, 2, 3)] == [True, True, False]


@given(lengths, st.integers(1, 50), st.sampled_from(["constant", "step", "cosine", "one-cycle", "plateau"]))
def test_the_picture_goes_from_the_first_step_to_the_last(length: Length, points: int, name: str) -> None:
    how = schedule(name=name, warmup=1)
    steps = length.epochs * length.steps_per_epoch
    drawn = list(preview(BASE, how, length, points))
    assert len(drawn) == min(points, steps)
    assert drawn[0] == (0.0, ours(how, length)[0])
    if len(drawn) > 1:
        assert drawn[-1][0] == (steps - 1) / length.steps_per_epoch
        assert drawn[-1][1] == ours(how, length)[-1]
    assert [place for place, _ in drawn] == sorted({place for place, _ in drawn})
