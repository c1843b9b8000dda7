"""What the settings do to a training; all of it goes on bit for bit after a break."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch

from cnnstudio.core.messages import Epoch, Finished, Started, Step
from cnnstudio.core.schedule import Length, Plateau, learning_rate
from cnnstudio.engine import loop, precision
from cnnstudio.engine.control import Control
from cnnstudio.engine.precision import Precision
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import LIMIT, document
from tests.engine.trained import (
    RESTLESS,
    SPLIT,
    STEPS,
    Killed,
    act,
    at_epoch,
    at_step,
    kill,
    stop,
    train,
    values_of,
    with_side_head,
)

pytestmark = pytest.mark.usefixtures("each_step_is_told_at_once")


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
