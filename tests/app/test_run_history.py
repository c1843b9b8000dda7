"""What the Train workspace knows of a run from what it heard: speed, marks, steps that are taken again."""

from collections.abc import Iterable

import pytest

from cnnstudio.app.run_history import MOST_LOOKS, MOST_MARKS, MOST_SNAPSHOTS, RunHistory
from cnnstudio.core.health import Health
from cnnstudio.core.messages import (
    Adjusted,
    Checkpointed,
    Epoch,
    Failed,
    Finished,
    Paused,
    Preparing,
    Probe,
    Resumed,
    Skipped,
    Started,
    Step,
    Tensor,
)

STEPS = 4
STARTED = Started("run", "cpu", 9, STEPS, 16, 8, ("a", "b"), heads=("side",))
NO_TENSOR = Tensor((0,), b"")


def step(number: int, seconds: float = 0.0, loss: float = 1.0) -> Step:
    epoch = (number - 1) // STEPS + 1
    return Step(epoch, number, loss, 0.5, 0.1, 4, seconds, (2 * loss,))


def epoch(number: int, seconds: float = 1.0, best: int = 1, loss: float = 1.0) -> Epoch:
    return Epoch(number, number * STEPS, loss, 0.5, 2 * loss, 0.25, 0.1, seconds, 400.0, best)


def history(*messages: object) -> RunHistory:
    found = RunHistory(base_rate=0.1)
    for message in (STARTED, *messages):
        found.hear(message)
    return found


def marks(found: RunHistory) -> list[tuple[str, int]]:
    return [(mark.kind, mark.step) for mark in found.marks]


@pytest.mark.parametrize(
    ("seconds", "rate"),
    [
        ([0.0], None),
        ([0.0, 0.1, 0.3], None),
        ([0.0, 0.1, 0.2, 0.5], 6.0),
        ([0.0, 0.2, 0.4], 5.0),
        ([0.0, 0.5], 2.0),
    ],
)
def test_the_speed_is_told_when_it_can_be_measured(seconds: list[float], rate: float | None) -> None:
    found = history(*(step(number, at) for number, at in enumerate(seconds, start=1)))
    assert found.steps_per_second() == (rate and pytest.approx(rate))


def long_epoch(rates: Iterable[tuple[int, float]]) -> RunHistory:
    """So many steps at so many a second, all in one epoch."""
    found, number, clock = history(), 0, 0.0
    for count, rate in rates:
        for _ in range(count):
            number, clock = number + 1, clock + 1 / rate
            found.hear(Step(1, number, 1.0, 0.5, 0.1, 4, clock))
    return found


def test_the_speed_is_that_of_the_last_seconds_and_takes_no_memory() -> None:
    found = long_epoch(((4_000, 1_000), (1_200, 200)))
    assert found.steps_per_second() == pytest.approx(200, rel=0.02)
    assert len(found._recent) < 60
    assert long_epoch(((1_000, 100), (6, 1))).steps_per_second() == pytest.approx(1)


def test_neither_a_test_nor_a_pause_counts_as_slow_training() -> None:
    in_first = [step(number, number / 10) for number in range(1, STEPS + 1)]
    in_second = [step(number, 1 + number / 5) for number in range(STEPS + 1, 2 * STEPS + 1)]
    assert history(*in_first).steps_per_second() is None
    assert history(*in_first, *in_second).steps_per_second() == pytest.approx(5)
    assert history(*in_second, Paused(), Resumed()).steps_per_second() is None


def test_the_time_of_an_epoch_is_the_mean_of_the_last_ones() -> None:
    assert history().seconds_per_epoch() is None
    assert history(epoch(1, 7.0)).seconds_per_epoch() == 7
    assert history(epoch(3, 70.0)).seconds_per_epoch() is None, "of a resumed run that is all its past"
    assert history(epoch(1, 7.0), epoch(2, 10.0)).seconds_per_epoch() == 3
    ends = [10.0, 20.0, 30.0, 31.0, 32.0, 33.0, 34.0, 45.0]
    told = [epoch(number, end) for number, end in enumerate(ends, start=1)]
    assert history(*told).seconds_per_epoch() == 3


def test_a_run_that_goes_on_from_its_checkpoint_takes_its_steps_again() -> None:
    first = [step(number, loss=3.0) for number in range(1, 11)]
    cut = Failed("It was cut off.")
    found = history(*first, Adjusted(2, 5, 0.2, 9), Adjusted(3, 9, 0.3, 12), cut)
    assert found.failed is cut
    found.go_on()
    assert found.failed is None
    for message in (Started("run", "cpu", 12, STEPS, 16, 8, ("a", "b"), 3, heads=("side",)), step(9)):
        found.hear(message)
    for series in (found.loss, found.accuracy, found.rate, found.heads[0]):
        assert series.points()[0] == list(range(1, 10))
    assert found.loss.points()[1] == [3.0] * 8 + [1.0]
    assert found.heads[0].points()[1] == [6.0] * 8 + [2.0]
    assert len(found.heads) == 1
    assert marks(found) == [("rate", 5), ("continued", 8)]
    found.hear(step(10))
    assert marks(found) == [("rate", 5), ("continued", 8)], "once"
    assert found.last_step == 10


def test_a_new_run_is_marked_with_nothing_and_one_that_was_read_with_where_it_goes_on() -> None:
    assert marks(history(step(1), step(2))) == []
    later = RunHistory()
    later.hear(Started("run", "cpu", 9, STEPS, 16, 8, ("a", "b"), first_epoch=3))
    later.hear(step(9))
    assert marks(later) == [("continued", 8)]


def test_an_epoch_that_is_taken_again_replaces_what_came_of_it() -> None:
    found = history(*(epoch(number, best=1) for number in range(1, 6)), epoch(3, loss=0.5, best=3))
    assert [one.epoch for one in found.epochs] == [1, 2, 3]
    assert found.by_epoch["train_loss"].points() == ([1, 2, 3], [1.0, 1.0, 0.5])
    assert found.by_epoch["val_loss"].points() == ([1, 2, 3], [2.0, 2.0, 1.0])
    assert found.best is found.epoch(3) is found.epochs[-1]
    assert found.epoch(4) is None
    assert found.epoch(0) is None
    assert history().best is None


def test_what_is_done_meanwhile_is_told_until_training_goes_on() -> None:
    testing = Preparing("test", "MNIST", 1, 2)
    for message in (STARTED, step(1), epoch(1)):
        found = history(testing)
        assert found.preparing == testing
        found.hear(message)
        assert found.preparing is None


def test_pauses_changes_and_an_early_end_are_marked() -> None:
    found = history(step(1), step(2), Paused(), Resumed(), Adjusted(1, 3, 0.1, 9), Adjusted(1, 3, 0.2, 9))
    assert (found.total_epochs, found.base_rate) == (9, 0.2)
    found.hear(Adjusted(1, 3, 0.2, 20))
    assert marks(found) == [("paused", 2), ("rate", 3), ("epochs", 3)]
    assert [mark.value for mark in found.marks] == [0.0, 0.2, 20.0]
    assert found.total_epochs == 20
    end = Finished("run", 1, 0.5, 0.5, 1, 400.0, early=True)
    found.hear(end)
    assert found.finished is end
    assert marks(found)[-1] == ("early", 2)
    plain = history(step(1), Finished("run", 1, 0.5, 0.5, 1, 400.0))
    assert not plain.marks


def test_a_run_that_goes_on_forgets_its_end_and_not_its_past() -> None:
    saved = Checkpointed(2, 4)
    left_out = Skipped(1, ("a.png",))
    end = Finished("run", 1, 0.5, 0.5, 1, 400.0, stopped=True)
    found = history(left_out, step(1), step(2, 0.5), saved, end, Preparing("read"))
    assert found.steps_per_second() == 2
    found.go_on()
    assert (found.finished, found.preparing, found.checkpoint) == (None, None, saved)
    assert (found.last_step, found.started, found.skipped) == (2, STARTED, left_out)
    assert found.steps_per_second() is None, "its clock is another one's"


def test_what_it_is_validated_on_is_known_from_the_start() -> None:
    split = Started("run", "cpu", 9, STEPS, 16, 8, ("a", "b"), val_images=4, val_split="validation")
    assert (RunHistory().held, history().held, history(split).held) == ("test", "test", "validation")
    read = history(Epoch(1, 4, 1.0, 0.5, 2.0, 0.25, 0.1, 1.0, 400.0, 1, "validation"))
    assert read.held == "validation"
    assert (RunHistory().steps_per_epoch, history().steps_per_epoch) == (1, STEPS)


def test_of_many_snapshots_the_first_and_the_latest_stay() -> None:
    found = history(*(Probe("filters", "conv1", n, n * STEPS, NO_TENSOR) for n in range(5 * MOST_SNAPSHOTS)))
    numbers = [probe.epoch for probe in found.filters]
    assert MOST_SNAPSHOTS / 2 < len(numbers) <= MOST_SNAPSHOTS
    assert (numbers[0], numbers[-1]) == (0, 5 * MOST_SNAPSHOTS - 1)
    assert numbers == sorted(set(numbers))
    again = Probe("filters", "conv1", numbers[-1], found.filters[-1].step, NO_TENSOR)
    found.hear(again)
    assert len(found.filters) == len(numbers)
    assert found.filters[-1] is again
    matrix = Probe("confusion", "", 1, 4, NO_TENSOR)
    found.hear(matrix)
    assert found.confusion is matrix
    assert found.filters[-1] is again


def test_looks_at_the_health_are_in_order_and_not_too_many() -> None:
    def look(number: int) -> Health:
        return Health(1, number, 4, 1.0, 0.1, ())

    looks = [look(number) for number in range(MOST_LOOKS + 50)]
    found = history(*looks)
    assert found.health == looks[50:]
    found.hear(again := look(MOST_LOOKS))
    assert found.health == [*looks[50:MOST_LOOKS], again]


def test_somebody_who_turns_the_rate_all_day_does_not_fill_the_memory() -> None:
    found = history(*(Adjusted(1, 1, 0.1 + number, 9) for number in range(MOST_MARKS + 50)))
    assert len(found.marks) == MOST_MARKS
