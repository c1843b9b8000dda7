import time
from collections.abc import Callable

import pytest
import torch
from torch import nn

from cnnstudio.engine import choices, threads
from cnnstudio.engine.choices import Choices, choose
from cnnstudio.engine.threads import thread_counts

CPU = torch.device("cpu")


def timed(seconds: dict[Choices, float]) -> Callable[[nn.Module, bool], Callable[[], None]]:
    """Steps that take as long as they are told to."""

    def prepare(module: nn.Module, channels_last: bool) -> Callable[[], None]:
        return lambda: time.sleep(seconds[Choices(torch.get_num_threads(), channels_last)])

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
def test_the_quickest_is_chosen() -> None:
    step = timed(table(0.03, 0.02, 0.025, 0.012))
    assert choose(nn.Conv2d(1, 1, 1), CPU, step, key="a", macs=1) == Choices(2, True)


def test_a_second_thread_must_be_worth_it() -> None:
    assert choices._best(table(0.02, 0.0195, 0.03, 0.03)) == Choices(1, False)
    assert choices._best(table(0.02, 0.0150, 0.03, 0.03)) == Choices(2, False)


@pytest.mark.usefixtures("two_cores")
def test_short_steps_run_on_one_thread() -> None:
    step = timed(table(0.002, 0.0005, 0.001, 0.0004))
    assert choose(nn.Conv2d(1, 1, 1), CPU, step, key="c", macs=1) == Choices(1, True)


@pytest.mark.usefixtures("two_cores")
def test_the_same_training_chooses_the_same_way_again() -> None:
    quick_on_two = timed(table(0.03, 0.03, 0.03, 0.01))
    quick_on_one = timed(table(0.01, 0.03, 0.03, 0.03))
    assert choose(nn.Conv2d(1, 1, 1), CPU, quick_on_two, key="same", macs=1) == Choices(2, True)
    assert choose(nn.Conv2d(1, 1, 1), CPU, quick_on_one, key="same", macs=1) == Choices(2, True)
    assert choose(nn.Conv2d(1, 1, 1), CPU, quick_on_one, key="another", macs=1) == Choices(1, False)


@pytest.mark.usefixtures("two_cores")
def test_a_busy_machine_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "is_busy", lambda: True)

    def never(module: nn.Module, channels_last: bool) -> Callable[[], None]:
        raise AssertionError("nothing is timed")

    assert choose(nn.Conv2d(1, 1, 1), CPU, never, key="large", macs=10**10) == Choices(2, True)
    assert choose(nn.Conv2d(1, 1, 1), CPU, never, key="small", macs=10**6) == Choices(1, True)
    assert choose(nn.Linear(1, 1), CPU, never, key="dense", macs=10**6) == Choices(1, False)


def test_measuring_changes_neither_the_network_nor_what_is_drawn_next(two_cores: None) -> None:
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Dropout(0.5))
    before = module[0].weight.detach().clone()

    def prepare(copied: nn.Module, channels_last: bool) -> Callable[[], None]:
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
