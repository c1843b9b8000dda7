"""What a person does to a training while it goes on; none of it is lost at a break."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cnnstudio.core.messages import Adjusted, Epoch, Finished, Paused, Resumed, Started, Step
from cnnstudio.core.schedule import Length, learning_rate
from cnnstudio.engine.control import Control
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import document
from tests.engine.trained import STEPS, Killed, act, adjust, at_epoch, at_step, kill, stop, train, values_of

pytestmark = pytest.mark.usefixtures("each_step_is_told_at_once")


# --- stop after this epoch ---------------------------------------------------------------------------


def test_it_can_be_stopped_after_the_epoch(tmp_path: Path) -> None:
    heard = act(document(epochs=3), tmp_path / "run", (at_step(2), Control.stop_after_epoch))
    (finished,) = heard.of(Finished)
    assert (finished.stopped, finished.epochs, len(heard.of(Step))) == (True, 1, STEPS)
    assert finished.test_accuracy == heard.of(Epoch)[0].val_accuracy


def test_that_can_be_taken_back(tmp_path: Path) -> None:
    heard = act(
        document(),
        tmp_path / "run",
        (at_step(2), Control.stop_after_epoch),
        (at_step(4), lambda control: control.stop_after_epoch(False)),
    )
    assert heard.of(Finished)[0].epochs == 2
    assert not heard.of(Finished)[0].stopped


def test_after_the_last_epoch_a_run_is_finished_and_not_stopped(tmp_path: Path) -> None:
    heard = act(document(epochs=1), tmp_path / "run", (at_step(2), Control.stop_after_epoch))
    assert not heard.of(Finished)[0].stopped


# --- adjustments -------------------------------------------------------------------------------------


def test_the_learning_rate_and_the_epochs_change_from_the_next_step_on(tmp_path: Path) -> None:
    heard = act(document(), tmp_path / "run", (at_step(3), adjust(lr=0.2, epochs=3)))
    assert heard.of(Adjusted) == [Adjusted(1, 3, 0.2, 3)]
    rates = [step.lr for step in heard.of(Step)]
    assert rates == [0.05] * 3 + [0.2] * (3 * STEPS - 3)
    (line,) = [line for line in RunFolder(tmp_path / "run").read_metrics() if line.get("kind") == "event"]
    assert line == {"kind": "event", "event": "adjusted", "epoch": 1, "step": 3, "lr": 0.2, "epochs": 3}
    assert RunFolder(tmp_path / "run").read_record().epochs == 3
    assert RunFolder(tmp_path / "run").read_document().training.epochs == 2


def test_an_adjusted_rate_is_scheduled_like_the_first(tmp_path: Path) -> None:
    doc = document(schedule={"name": "cosine"}, epochs=2)
    heard = act(doc, tmp_path / "run", (at_step(3), adjust(lr=0.4, epochs=4)))
    expected = [
        learning_rate(0.4, doc.training.schedule, Length(4, STEPS), epoch, 0)
        for epoch in (1, 2, 3, 4)
        for _ in range(STEPS)
    ]
    expected[:3] = [0.05] * 3
    assert [step.lr for step in heard.of(Step)] == expected


def test_fewer_epochs_than_have_begun_end_after_the_present_one(tmp_path: Path) -> None:
    heard = act(document(epochs=4), tmp_path / "run", (at_step(STEPS + 1), adjust(epochs=1)))
    assert heard.of(Adjusted)[0].epochs == 2
    (finished,) = heard.of(Finished)
    assert (finished.epochs, finished.stopped) == (2, False)


def test_the_last_epoch_can_be_followed_by_more(tmp_path: Path) -> None:
    heard = act(document(epochs=1), tmp_path / "run", (at_epoch(1), adjust(epochs=2)))
    assert heard.of(Adjusted) == [Adjusted(2, STEPS, 0.05, 2)]
    assert heard.of(Finished)[0].epochs == 2


@pytest.mark.parametrize("lr", [0.0, -1.0, float("nan"), float("inf"), 1e7])
def test_a_rate_that_is_none_is_not_taken(tmp_path: Path, lr: float) -> None:
    heard = act(
        document(epochs=1),
        tmp_path / "run",
        (at_step(3), adjust(lr=lr, epochs=10**9)),
        (at_step(4), adjust(epochs=1)),
    )
    assert heard.of(Adjusted) == [Adjusted(1, 3, 0.05, 100_000), Adjusted(1, 4, 0.05, 1)]


def test_a_paused_run_answers_at_once(tmp_path: Path) -> None:
    heard = act(
        document(epochs=1),
        tmp_path / "run",
        (at_step(3), Control.pause),
        (lambda message: isinstance(message, Paused), adjust(lr=0.3)),
        (lambda message: isinstance(message, Adjusted), Control.resume),
    )
    kinds = [type(message) for message in heard if isinstance(message, Paused | Adjusted | Resumed)]
    assert kinds == [Paused, Adjusted, Resumed]
    assert [step.lr for step in heard.of(Step)] == [0.05] * 3 + [0.3] * (STEPS - 3)


BREAKS: list[tuple[Any, Any]] = [
    (at_step(6), stop),
    (at_step(6), kill),
    (at_step(STEPS + 3), kill),
    (at_epoch(1), kill),
    (at_step(2 * STEPS + 1), stop),
]


@pytest.mark.parametrize("number", range(len(BREAKS)))
def test_adjustments_survive_any_break(tmp_path: Path, number: int) -> None:
    doc = document(schedule={"name": "one-cycle"})
    changes = [
        (at_step(4), adjust(lr=0.2, epochs=3)),
        (at_epoch(1), adjust(lr=0.01)),
        (at_step(STEPS + 2), adjust(epochs=4)),
    ]
    act(doc, tmp_path / "whole", *changes)
    path = tmp_path / "parts"
    with suppress(Killed):
        act(doc, path, *changes, BREAKS[number])
    # Those that had not been made yet come at their steps.
    made_before = [line["step"] for line in RunFolder(path).read_metrics() if line["kind"] == "event"]
    left = [
        change for change, step in zip(changes, (4, STEPS, STEPS + 2), strict=True) if step not in made_before
    ]
    act(None, path, *left, resume=True)
    assert values_of(path) == values_of(tmp_path / "whole")


@pytest.mark.parametrize("end", [kill, stop])
@pytest.mark.parametrize("step", [2, 5, 6])
def test_adjustments_survive_a_second_break_before_they_are_made_again(
    tmp_path: Path, step: int, end: Any
) -> None:
    changes = [(at_step(4), adjust(lr=0.2)), (at_step(6), adjust(lr=0.01, epochs=3))]
    act(document(), tmp_path / "whole", *changes)
    path = tmp_path / "parts"
    with pytest.raises(Killed):
        act(document(), path, *changes, (at_step(7), kill))
    with suppress(Killed):
        act(None, path, (at_step(step), end), resume=True)
    act(None, path, resume=True)
    assert values_of(path) == values_of(tmp_path / "whole")


def test_a_new_wish_takes_the_place_of_what_was_to_come_again(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with pytest.raises(Killed):
        act(document(), path, (at_step(4), adjust(lr=0.2)), (at_step(6), kill))
    heard = act(None, path, (at_step(2), adjust(lr=0.3)), resume=True)
    assert [(told.step, told.lr) for told in heard.of(Adjusted)] == [(2, 0.3)]
    assert heard.of(Step)[-1].lr == 0.3


def test_epochs_that_are_asked_for_count_more_than_adjusted_ones(tmp_path: Path) -> None:
    path = tmp_path / "run"
    act(document(), path, (at_step(4), adjust(epochs=5)), (at_step(6), stop))
    assert act(None, path, (at_step(7), stop), resume=True).of(Started)[0].epochs == 5
    assert train(None, path, resume=True, epochs=2).of(Finished)[0].epochs == 2


def test_more_epochs_that_were_asked_for_outlive_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "run"
    train(document(epochs=1), path)
    with pytest.raises(Killed):
        act(None, path, (at_step(STEPS + 2), kill), resume=True, epochs=3)
    assert train(None, path, resume=True).of(Finished)[0].epochs == 3
