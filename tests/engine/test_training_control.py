"""What a person and the settings do to a training while it goes on; none of it is lost at a break."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from cnnstudio.core.messages import (
    Adjusted,
    Epoch,
    Finished,
    Message,
    Paused,
    Probe,
    Resumed,
    Started,
    Step,
)
from cnnstudio.core.requests import Adjust, Job
from cnnstudio.core.schedule import Length, Plateau, learning_rate
from cnnstudio.engine import loop, precision
from cnnstudio.engine.control import Control
from cnnstudio.engine.evaluate_run import evaluate_run
from cnnstudio.engine.precision import Precision
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder
from tests.engine.test_train import STEPS, train, values_of
from tests.engine.tiny import LIMIT, Heard, document, layer


class Acting(Heard):
    """Does things when it hears of something."""

    def __init__(self, *actions: tuple[Callable[[Message], bool], Callable[[Control], object]]) -> None:
        super().__init__()
        self.control = Control()
        self._actions = actions

    def __call__(self, message: Message) -> None:
        super().__call__(message)
        for condition, action in self._actions:
            if condition(message):
                action(self.control)


class Killed(BaseException):
    """As abrupt as a kill, for the code that is being run."""


def at_step(step: int) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Step) and message.step == step


def at_epoch(epoch: int) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Epoch) and message.epoch == epoch


def kill(_: Control) -> None:
    raise Killed


def stop(control: Control) -> None:
    control.stop()


def adjust(**values: Any) -> Callable[[Control], None]:
    return lambda control: control.adjust(Adjust(**values))


def act(doc: Any, path: Path, *actions: Any, **job: Any) -> Acting:
    """Trains with somebody who interferes."""
    heard = Acting(*actions)
    run(Job(doc, run=str(path), limit=LIMIT, **job), heard, heard.control)
    return heard


@pytest.fixture(autouse=True)
def _each_step_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "FLUSH_SECONDS", -1.0)


def with_side_head(**settings: Any) -> Any:
    head = (layer("Flatten"), layer("Linear", out_features=3))
    stem = layer("Conv2d", out_channels=4, kernel_size=5)
    return document(
        stem, layer("BatchNorm2d"), layer("AuxClassifier", head, weight=0.3), layer("ReLU"), *head, **settings
    )


RESTLESS = {"name": "SGD", "lr": 0.15, "momentum": 0.9}
SPLIT: dict[str, Any] = {"validation": {"name": "split", "fraction": 0.25}}
COMBINATIONS: dict[str, dict[str, Any]] = {
    "step and warm-up": {"schedule": {"name": "step", "step_size": 1, "warmup": 1}},
    "cosine": {"schedule": {"name": "cosine"}, "label_smoothing": 0.1},
    "one-cycle": {"schedule": {"name": "one-cycle"}, "clip_norm": 0.5},
    "one-cycle and warm-up": {"schedule": {"name": "one-cycle", "warmup": 1}, **SPLIT},
    "plateau": {
        "schedule": {"name": "plateau", "patience": 1, "gamma": 0.5},
        "optimizer": RESTLESS,
        "epochs": 5,
    },
    "early stopping": {
        "early_stopping": {"patience": 1},
        "optimizer": RESTLESS,
        "epochs": 6,
        **SPLIT,
    },
    "keeping the last": {"early_stopping": {"patience": 2, "restore_best": False}, "clip_norm": 2.0},
    "side head": {
        "heads": True,
        "clip_norm": 1.0,
        "label_smoothing": 0.2,
        "early_stopping": {"patience": 5},
        "optimizer": {"name": "Adam", "lr": 0.01},
    },
}


def made(settings: dict[str, Any]) -> Any:
    """The document of a combination, of three epochs unless it says otherwise."""
    values = {"epochs": 3, **settings}
    return with_side_head(**values) if values.pop("heads", False) else document(**values)


@pytest.mark.parametrize("name", COMBINATIONS)
def test_every_setting_goes_on_bit_for_bit_after_any_break(tmp_path: Path, name: str) -> None:
    settings = COMBINATIONS[name]
    whole = train(made(settings), tmp_path / "whole")
    (finished,) = whole.of(Finished)
    steps = whole.of(Started)[0].steps_per_epoch
    breaks: list[tuple[Any, Any]] = [
        (at_step(3), stop),
        (at_epoch(1), Control.stop_after_epoch),
        (at_step(steps + 2), kill),
        (at_epoch(2), kill),
    ]
    for number, of_kind in enumerate(breaks):
        path = tmp_path / f"parts{number}"
        with suppress(Killed):
            act(made(settings), path, of_kind)
        (outcome,) = train(None, path, resume=True).of(Finished)
        assert values_of(path) == values_of(tmp_path / "whole"), number
        assert (outcome.test_loss, outcome.test_accuracy) == (finished.test_loss, finished.test_accuracy)
        assert (outcome.best_epoch, outcome.weights_epoch, outcome.early) == (
            finished.best_epoch,
            finished.weights_epoch,
            finished.early,
        )


def test_steps_go_by_their_schedule_and_are_told_so(tmp_path: Path) -> None:
    doc = document(epochs=3, schedule={"name": "one-cycle", "warmup": 1})
    heard = train(doc, tmp_path / "run")
    length = Length(3, STEPS)
    expected = [
        learning_rate(0.05, doc.training.schedule, length, epoch, step)
        for epoch in (1, 2, 3)
        for step in range(STEPS)
    ]
    assert [step.lr for step in heard.of(Step)] == expected
    assert [epoch.lr for epoch in heard.of(Epoch)] == expected[STEPS - 1 :: STEPS]


def test_a_plateau_cuts_the_rate_when_the_loss_gets_no_better(tmp_path: Path) -> None:
    heard = train(made(COMBINATIONS["plateau"]), tmp_path / "run")
    schedule = made(COMBINATIONS["plateau"]).training.schedule
    seen, expected = Plateau(), []
    for epoch in heard.of(Epoch):
        expected.append(0.15 * 0.5**seen.cuts)
        seen = seen.after(epoch.val_loss, schedule, 0.15)
    assert [epoch.lr for epoch in heard.of(Epoch)] == expected
    assert expected[-1] < expected[0]


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


# --- validation split --------------------------------------------------------------------------------


def test_the_test_images_are_looked_at_once_at_the_end(tmp_path: Path) -> None:
    heard = train(document(**SPLIT), tmp_path / "run")
    (started,) = heard.of(Started)
    assert (started.train_images, started.val_images, started.val_split) == (192, 64, "validation")
    assert started.steps_per_epoch == 6
    assert {epoch.val_split for epoch in heard.of(Epoch)} == {"validation"}
    counts = [
        int(torch.frombuffer(bytearray(probe.tensor.data), dtype=torch.float32).sum())
        for probe in heard.of(Probe)
        if probe.kind == "confusion"
    ]
    assert counts == [64, 64, 500]
    (finished,) = heard.of(Finished)
    tested = evaluate_run(str(tmp_path / "run"), None, "cpu", Heard()).result
    assert finished.test_accuracy == tested.test_accuracy
    assert finished.test_loss == pytest.approx(tested.test_loss, rel=1e-5)
    line = RunFolder(tmp_path / "run").read_metrics()[-1]
    assert "val_loss" in line
    assert "test_loss" not in line


def test_a_run_that_is_stopped_leaves_the_test_images_alone(tmp_path: Path) -> None:
    heard = act(document(**SPLIT), tmp_path / "run", (at_step(3), stop))
    (finished,) = heard.of(Finished)
    assert (finished.stopped, finished.test_accuracy, finished.test_loss) == (True, 0.0, 0.0)
    assert not [probe for probe in heard.of(Probe) if probe.kind == "confusion"]


# --- early stopping ----------------------------------------------------------------------------------

LONG: dict[str, Any] = {"optimizer": RESTLESS, "epochs": 12}


def test_it_ends_when_the_loss_gets_no_better_and_keeps_the_best(tmp_path: Path) -> None:
    heard = train(document(**LONG, early_stopping={"patience": 2}), tmp_path / "run")
    losses = [epoch.val_loss for epoch in heard.of(Epoch)]
    (finished,) = heard.of(Finished)
    assert finished.early
    assert not finished.stopped
    best = losses.index(min(losses)) + 1
    assert len(losses) == best + 2 < 12
    assert (finished.best_epoch, finished.weights_epoch, finished.epochs) == (best, best, len(losses))
    assert (finished.test_loss, finished.test_accuracy) == (
        heard.of(Epoch)[best - 1].val_loss,
        heard.of(Epoch)[best - 1].val_accuracy,
    )
    tested = evaluate_run(str(tmp_path / "run"), None, "cpu", Heard()).result
    assert tested.test_loss == pytest.approx(min(losses), rel=1e-5)
    assert RunFolder(tmp_path / "run").read_record().status == "finished"


def test_the_last_weights_can_be_kept(tmp_path: Path) -> None:
    stopping: dict[str, Any] = {"patience": 2, "restore_best": False}
    heard = train(document(**LONG, early_stopping=stopping), tmp_path / "run")
    (finished,) = heard.of(Finished)
    assert (finished.early, finished.weights_epoch) == (True, 0)
    assert finished.test_loss == heard.of(Epoch)[-1].val_loss


def test_a_run_that_ended_early_ends_at_once_again_unless_more_epochs_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "run"
    first = train(document(**LONG, early_stopping={"patience": 2}), path)
    before = values_of(path)
    again = train(None, path, resume=True)
    assert not again.of(Step)
    assert again.of(Finished)[0].test_loss == first.of(Finished)[0].test_loss
    assert values_of(path) == before
    done = first.of(Finished)[0].epochs
    for more in (done + 1, 13):  # fewer than were planned, and more
        heard = train(None, path, resume=True, epochs=more)
        assert heard.of(Epoch)[0].epoch == done + 1
        done = heard.of(Finished)[0].epochs


def test_a_pause_in_the_last_test_keeps_the_last_weights_to_go_on_from(tmp_path: Path) -> None:
    """By then the network has the best epoch's, which the test images judge."""
    doc = document(**LONG, **SPLIT, early_stopping={"patience": 1})
    (finished,) = train(doc, tmp_path / "whole").of(Finished)
    assert finished.best_epoch < finished.epochs
    pausing = (
        (at_epoch(finished.epochs), Control.pause),
        (lambda message: isinstance(message, Paused), Control.resume),
    )
    heard = act(doc, tmp_path / "paused", *pausing)
    assert heard.of(Resumed)
    for name in ("whole", "paused"):
        train(None, tmp_path / name, resume=True, epochs=finished.epochs + 1)
    assert values_of(tmp_path / "paused") == values_of(tmp_path / "whole")


def test_batch_norm_goes_back_with_the_weights(tmp_path: Path) -> None:
    doc = with_side_head(**LONG, early_stopping={"patience": 1})
    (finished,) = train(doc, tmp_path / "run").of(Finished)
    kept = load_file(tmp_path / "run" / "weights.safetensors")
    best = load_file(tmp_path / "run" / "best.safetensors")
    assert finished.early
    assert set(kept) == set(best)
    assert all(torch.equal(kept[name], best[name]) for name in kept)
    assert any(name.endswith("running_mean") for name in kept)


# --- side heads, smoothing, precision ----------------------------------------------------------------


def test_the_losses_of_side_heads_are_told(tmp_path: Path) -> None:
    heard = train(with_side_head(), tmp_path / "run")
    assert heard.of(Started)[0].heads == ("aux1",)
    steps = heard.of(Step)
    assert {len(step.heads) for step in steps} == {1}
    assert all(0 < step.heads[0] < 10 and step.heads[0] != step.loss for step in steps)
    first = heard.of(Epoch)[0]
    mean = sum(step.heads[0] * step.images for step in steps[:STEPS]) / LIMIT
    assert first.heads == (pytest.approx(mean),)
    lines = RunFolder(tmp_path / "run").read_metrics()
    assert all(len(line["heads"]) == 1 for line in lines)


def test_what_is_told_is_the_loss_without_smoothing(tmp_path: Path) -> None:
    plain = train(document(epochs=1), tmp_path / "plain")
    smooth = train(document(epochs=1, label_smoothing=0.3), tmp_path / "smooth")
    assert smooth.of(Step)[0].loss == plain.of(Step)[0].loss
    assert smooth.of(Step)[-1].loss != plain.of(Step)[-1].loss


def test_half_precision_learns_and_its_scale_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = Precision(torch.float16, scaled=True, told="mixed with float16")
    monkeypatch.setattr(loop, "choose_precision", lambda wanted, device: half)
    settings: dict[str, Any] = {"epochs": 3, "clip_norm": 1.0}
    whole = train(document(**settings), tmp_path / "whole")
    assert ("precision", "mixed with float16") in whole.of(Started)[0].choices
    assert whole.of(Epoch)[-1].train_loss < whole.of(Epoch)[0].train_loss
    act(document(**settings), tmp_path / "parts", (at_step(STEPS + 3), stop))
    saved = torch.load(tmp_path / "parts" / "checkpoints" / "last.pt", weights_only=True)
    assert saved["scaler"]["_growth_tracker"] == STEPS + 3
    train(None, tmp_path / "parts", resume=True)
    assert values_of(tmp_path / "parts") == values_of(tmp_path / "whole")


def test_mixed_on_a_processor_without_the_instructions_is_answered_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda: False)
    heard = train(document(epochs=1, precision="mixed"), tmp_path / "mixed")
    told = dict(heard.of(Started)[0].choices)["precision"]
    assert told == "float32 instead of mixed: this processor would be slower by it"
    train(document(epochs=1), tmp_path / "plain")
    assert values_of(tmp_path / "mixed") == values_of(tmp_path / "plain")
    assert json.loads((tmp_path / "mixed" / "run.json").read_text())["options"]["precision"] == told
