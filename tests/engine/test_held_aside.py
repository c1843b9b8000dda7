"""Validation on images kept aside, and early stopping that keeps the best weights."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from cnnstudio.core.messages import Epoch, Finished, Paused, Probe, Resumed, Started, Step
from cnnstudio.engine.control import Control
from cnnstudio.engine.evaluate_run import evaluate_run
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import Heard, document
from tests.engine.trained import (
    RESTLESS,
    SPLIT,
    act,
    at_epoch,
    at_step,
    stop,
    train,
    values_of,
    with_side_head,
)

pytestmark = pytest.mark.usefixtures("each_step_is_told_at_once")


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


def test_stopped_in_its_last_look_it_goes_on_with_that_alone(tmp_path: Path) -> None:
    whole = train(document(**SPLIT), tmp_path / "whole")
    last = whole.of(Epoch)[-1].epoch
    (finished,) = act(document(**SPLIT), tmp_path / "run", (at_epoch(last), stop)).of(Finished)
    assert (finished.stopped, finished.epochs, finished.test_accuracy) == (True, last, 0.0)
    assert not finished.early
    again = train(None, tmp_path / "run", resume=True)
    assert not again.of(Step) + again.of(Epoch)
    (at_last,) = again.of(Finished)
    assert at_last.test_accuracy == whole.of(Finished)[0].test_accuracy > 0
    assert not at_last.stopped
    assert values_of(tmp_path / "run") == values_of(tmp_path / "whole")


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


def test_stopped_in_its_last_look_after_it_ended_early_it_says_both(tmp_path: Path) -> None:
    doc = document(**LONG, **SPLIT, early_stopping={"patience": 1})
    (whole,) = train(doc, tmp_path / "whole").of(Finished)
    (halted,) = act(doc, tmp_path / "run", (at_epoch(whole.epochs), stop)).of(Finished)
    assert (halted.stopped, halted.early, halted.test_loss) == (True, True, 0.0)
    again = train(None, tmp_path / "run", resume=True)
    assert not again.of(Step)
    (finished,) = again.of(Finished)
    assert (finished.early, finished.weights_epoch) == (True, whole.weights_epoch)
    assert finished.test_loss == whole.test_loss
    assert values_of(tmp_path / "run") == values_of(tmp_path / "whole")


def test_batch_norm_goes_back_with_the_weights(tmp_path: Path) -> None:
    doc = with_side_head(**LONG, early_stopping={"patience": 1})
    (finished,) = train(doc, tmp_path / "run").of(Finished)
    kept = load_file(tmp_path / "run" / "weights.safetensors")
    best = load_file(tmp_path / "run" / "best.safetensors")
    assert finished.early
    assert set(kept) == set(best)
    assert all(torch.equal(kept[name], best[name]) for name in kept)
    assert any(name.endswith("running_mean") for name in kept)
