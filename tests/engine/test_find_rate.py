"""Looking for a learning rate."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.core.messages import Cancelled, Failed, Preparing, RateCurve
from cnnstudio.core.requests import FindRate, Job, Reply
from cnnstudio.engine import find_rate, side_work
from cnnstudio.engine.control import Control
from cnnstudio.engine.side_work import guarded
from cnnstudio.engine.step import Stepper
from tests.engine.tiny import document, layer


def answers(doc: Any, control: Control | None = None, **job: Any) -> list[Reply]:
    told: list[Reply] = []
    request = FindRate(Job(doc, limit=256, **job))
    guarded(told.append, lambda: side_work.do(request, told.append, control or Control()))
    return told


def curve(doc: Any, **job: Any) -> RateCurve:
    last = answers(doc, **job)[-1]
    assert isinstance(last, RateCurve), last
    return last


def test_it_suggests_a_rate_that_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNSTUDIO_RUNS", str(tmp_path))
    found = curve(document())
    assert found.done
    assert found.suggestion is not None
    assert 1e-3 < found.suggestion < 0.3
    assert len(found.rates) == len(found.losses) > 30
    assert list(found.rates) == sorted(found.rates)
    assert found.rates[0] == find_rate.LOWEST
    assert found.losses[-1] > 2 * min(found.losses), "it goes on until the loss runs away"
    assert not list(tmp_path.iterdir()), "no run is left behind"


def test_the_same_question_has_the_same_answer_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_rate, "SECONDS", 1e9)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    doc = document(optimizer={"name": "Adam", "lr": 1.0})
    assert curve(doc) == curve(doc)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert curve(doc, seed=3) != curve(doc)


def test_the_curve_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_rate, "_TELL_SECONDS", -1.0)
    told = answers(document(batch_size=4))
    curves = [reply for reply in told if isinstance(reply, RateCurve)]
    assert [len(each.rates) for each in curves[:-1]] == list(range(1, len(curves)))
    assert all(curves[-1].losses[: len(each.losses)] == each.losses for each in curves)
    assert [each.done for each in curves] == [False] * (len(curves) - 1) + [True]
    assert all(
        each.stage in ("read", "draw", "choose", "rate") for each in told if isinstance(each, Preparing)
    )


def test_side_heads_and_batch_norm_are_no_hindrance() -> None:
    head = (layer("Flatten"), layer("Linear", out_features=3))
    stem = layer("Conv2d", out_channels=4, kernel_size=5)
    doc = document(
        stem, layer("BatchNorm2d"), layer("AuxClassifier", head), layer("ReLU"), *head, batch_size=51
    )
    assert curve(doc).done


def test_it_can_be_called_off() -> None:
    control = Control()
    told: list[Reply] = []

    def post(reply: Reply) -> None:
        told.append(reply)
        if isinstance(reply, Preparing) and reply.stage == "rate":
            control.stop()

    guarded(post, lambda: side_work.do(FindRate(Job(document(), limit=64)), post, control))
    assert isinstance(told[-1], Cancelled)


def test_a_network_that_cannot_train_is_one_sentence() -> None:
    last = answers(document(layer("Flatten")))[-1]
    assert isinstance(last, Failed)
    assert "cannot be trained" in last.sentence


def test_memory_that_runs_out_is_told_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(self: Stepper, images: torch.Tensor, labels: torch.Tensor) -> Any:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(Stepper, "take", take)
    last = answers(document())[-1]
    assert isinstance(last, Failed)
    assert last.sentence.startswith("Memory ran out")


def test_slow_steps_get_fewer_rates() -> None:
    assert find_rate._within_time(0.001, 1) == (find_rate.RATES, 1)
    assert find_rate._within_time(0.1, 1) == (60, 1)
    assert find_rate._within_time(60.0, 1) == (find_rate.FEWEST_RATES, 1)
    assert find_rate._within_time(1.6, 16) == (60, 1)
    assert find_rate._within_time(0.16, 16) == (100, 6)


def rising_rates(count: int = 100) -> list[float]:
    return [1e-6 * 10 ** (7 * place / 99) for place in range(count)]


def test_the_suggestion_is_a_tenth_of_the_rate_with_the_lowest_loss() -> None:
    losses = [2 - 1 / (1 + math.exp(-(place - 50) / 4)) + math.exp(place - 90) for place in range(100)]
    lowest = losses.index(min(losses))
    suggested = find_rate.suggestion(rising_rates(), losses)
    assert suggested == pytest.approx(rising_rates()[lowest] / 10, rel=0.1)


def test_noise_is_no_fall() -> None:
    losses = [2.3 + 0.01 * math.sin(3.7 * place) for place in range(80)]
    losses += [2.3 + math.exp(place - 15) for place in range(20)]
    assert find_rate.suggestion(rising_rates(), losses) is None
    losses[60] = 2.2
    assert find_rate.suggestion(rising_rates(), losses) == pytest.approx(rising_rates()[60] / 10, rel=0.1)


@given(st.lists(st.floats(0, 1e30), max_size=100))
def test_a_suggestion_is_a_rate_or_none(losses: list[float]) -> None:
    rates = [10.0**-place for place in range(len(losses))]
    assert find_rate.suggestion(rates, losses) in [None, *rates]
    assert find_rate.suggestion(rates, sorted(losses)) is None
