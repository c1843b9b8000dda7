import pytest
import torch

from cnnstudio.core.messages import Step
from cnnstudio.engine.divergence import Diverged
from cnnstudio.engine.meter import Clock, Meter, Sums

RIGHT, WRONG = torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0])


def meter(told: list[Step], **values: object) -> Meter:
    return Meter(2, 10, 0.1, Sums(), clock=Clock(), tell=told.append)


def test_steps_are_told_together_and_add_up() -> None:
    told: list[Step] = []
    collected = meter(told)
    ones = torch.ones(2, dtype=torch.int64)
    collected.add(torch.tensor(0.5), torch.stack([RIGHT, RIGHT]), ones)
    collected.add(torch.tensor(1.5), torch.stack([RIGHT, WRONG]), ones)
    assert told == []
    collected.add(torch.tensor(4.0), WRONG[None], ones[:1])  # a shorter batch
    assert [(step.step, step.loss, step.accuracy, step.images) for step in told] == [
        (11, 0.5, 1.0, 2),
        (12, 1.5, 0.5, 2),
    ]
    collected.flush()
    assert told[-1].step == 13
    assert collected.sums == Sums(loss=8.0, correct=3, images=5)
    assert collected.sums.mean_loss == pytest.approx(1.6)
    assert collected.sums.accuracy == pytest.approx(0.6)


@pytest.mark.parametrize(("loss", "word"), [(float("nan"), "undefined"), (float("inf"), "infinite")])
def test_a_loss_that_is_no_number_ends_the_run_with_advice(loss: float, word: str) -> None:
    collected = meter([])
    collected.add(torch.tensor(loss), RIGHT[None], torch.tensor([1]))
    with pytest.raises(Diverged, match=f"became {word} in epoch 2, step 11: try a learning rate below 0.1"):
        collected.flush()


def test_the_clock_stands_still_in_a_pause() -> None:
    clock = Clock(before=100.0)
    clock.pause()
    paused = clock.seconds()
    assert clock.seconds() == paused >= 100.0
    clock.resume()
    assert clock.seconds() - paused < 1.0
