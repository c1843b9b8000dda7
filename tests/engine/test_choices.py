import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from cnnstudio.engine import choices, threads
from cnnstudio.engine.choices import Choices, Step, candidates, choose
from cnnstudio.engine.threads import thread_counts

CPU = torch.device("cpu")


LONG = 10**10
"""Multiplications that are worth sharing."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Stands still but for the steps: on a busy machine waiting takes as long as it likes."""
    now = [0.0]
    monkeypatch.setattr(choices, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    return now


def timed(clock: list[float], seconds: dict[Choices, float]) -> Step:
    """Steps that take as long as they are told to; others take for ever."""

    def prepare(module: nn.Module, wanted: Choices) -> Callable[[], None]:
        def step() -> None:
            clock[0] += seconds.get(replace(wanted, threads=torch.get_num_threads()), 1)

        return step

    return prepare


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(threads, "_cores", lambda: 2)
    monkeypatch.setattr(choices, "is_busy", lambda: False)
    known = {"threads": 1}
    # Without real threads: they would disturb the other tests.
    monkeypatch.setattr(torch, "set_num_threads", lambda count: known.update(threads=count))
    monkeypatch.setattr(torch, "get_num_threads", lambda: known["threads"])


def table(one: float, two: float, one_last: float, two_last: float) -> dict[Choices, float]:
    """Seconds a step with one thread and two, channels first and last."""
    return {
        Choices(1, False): one,
        Choices(2, False): two,
        Choices(1, True): one_last,
        Choices(2, True): two_last,
    }


@pytest.mark.usefixtures("two_cores")
def test_the_quickest_is_chosen(clock: list[float]) -> None:
    step = timed(clock, table(0.03, 0.02, 0.025, 0.012))
    assert choose(nn.Conv2d(1, 1, 1), CPU, step, key="a", macs=LONG) == Choices(2, True)


@pytest.mark.usefixtures("two_cores")
def test_what_others_do_meanwhile_does_not_decide_over_long_steps(clock: list[float]) -> None:
    """The quickest is disturbed in its first visit, whose steps take half of the time there is."""
    steps = table(0.3, 0.25, 0.2, 0.15)
    quickest, taken = Choices(2, True), [0]

    def prepare(module: nn.Module, wanted: Choices) -> Callable[[], None]:
        def step() -> None:
            now = replace(wanted, threads=torch.get_num_threads())
            taken[0] += now == quickest
            clock[0] += steps[now] * (1.8 if now == quickest and taken[0] <= 2 else 1)

        return step

    assert choose(nn.Conv2d(1, 1, 1), CPU, prepare, key="disturbed", macs=LONG) == quickest


def test_a_second_thread_must_be_worth_it() -> None:
    assert choices._best(table(0.02, 0.0195, 0.03, 0.03)) == Choices(1, False)
    assert choices._best(table(0.02, 0.0150, 0.03, 0.03)) == Choices(2, False)


@pytest.mark.usefixtures("two_cores")
def test_short_steps_run_on_one_thread(clock: list[float]) -> None:
    step = timed(clock, table(0.002, 0.0005, 0.001, 0.0004))
    assert choose(nn.Conv2d(1, 1, 1), CPU, step, key="c", macs=LONG) == Choices(1, True)


@pytest.mark.usefixtures("two_cores")
def test_the_same_training_chooses_the_same_way_again(clock: list[float]) -> None:
    quick_on_two = timed(clock, table(0.03, 0.03, 0.03, 0.01))
    quick_on_one = timed(clock, table(0.01, 0.03, 0.03, 0.03))
    assert choose(nn.Conv2d(1, 1, 1), CPU, quick_on_two, key="same", macs=LONG) == Choices(2, True)
    assert choose(nn.Conv2d(1, 1, 1), CPU, quick_on_one, key="same", macs=LONG) == Choices(2, True)
    assert choose(nn.Conv2d(1, 1, 1), CPU, quick_on_one, key="another", macs=LONG) == Choices(1, False)


@pytest.mark.usefixtures("two_cores")
def test_short_steps_may_learn_by_matrix_products(clock: list[float]) -> None:
    by_products = Choices(1, False, products=True)
    step = timed(clock, {**table(0.02, 0.03, 0.03, 0.03), by_products: 0.01})
    assert choose(nn.Conv2d(1, 1, 1), CPU, step, key="short", macs=1) == by_products
    assert choose(nn.Conv2d(1, 1, 1), CPU, step, key="half", macs=1, products=False) == Choices(1, False)
    assert by_products not in candidates(nn.Conv2d(1, 1, 1), LONG)  # each image is unfolded in memory
    assert by_products not in candidates(nn.Conv2d(4, 4, 1, groups=4), 1)
    assert by_products not in candidates(nn.Linear(1, 1), 1)


@pytest.mark.usefixtures("two_cores")
def test_on_a_busy_machine_threads_are_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one thread the processor's time is: here others have the processor meanwhile."""
    monkeypatch.setattr(choices, "is_busy", lambda: True)

    def prepare(module: nn.Module, wanted: Choices) -> Callable[[], None]:
        def step() -> None:
            time.sleep(0.03 if wanted.channels_last else 0)
            end = time.process_time() + (0.001 if wanted.channels_last else 0.005)
            while time.process_time() < end:
                pass

        return step

    assert choose(nn.Conv2d(1, 1, 1), CPU, prepare, key="small", macs=10**6) == Choices(1, True)

    def never(module: nn.Module, wanted: Choices) -> Callable[[], None]:
        raise AssertionError("nothing is timed")

    assert choose(nn.Conv2d(1, 1, 1), CPU, never, key="large", macs=LONG) == Choices(2, True)
    assert choose(nn.Linear(1, 1), CPU, never, key="dense", macs=10**6) == Choices(1, False)


def test_measuring_changes_neither_the_network_nor_what_is_drawn_next(two_cores: None) -> None:
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Dropout(0.5))
    before = module[0].weight.detach().clone()

    def prepare(copied: nn.Module, wanted: Choices) -> Callable[[], None]:
        def step() -> None:
            copied(torch.randn(1, 1, 3, 3))
            next(copied.parameters()).data.zero_()

        return step

    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    choose(module, CPU, prepare, key="d", macs=1)
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(module[0].weight, before)


def test_the_environment_decides_over_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert thread_counts() == (3,)
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.setattr(threads, "_cores", lambda: 6)
    assert thread_counts() == (6, 4, 2, 1)
