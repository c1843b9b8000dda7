"""A run that was stopped, paused, killed or finished goes on as if nothing had happened."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cnnstudio.core.messages import Epoch, Failed, Finished, Message, Paused, Resumed, Started, Step
from cnnstudio.core.requests import Job
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine import loop
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import LIMIT, Heard, document
from tests.engine.trained import STEPS, Stopping, train, values_of

AUGMENTED = {"augment": {"flip": True, "crop_padding": 2}}


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "RMSprop", "Adagrad", "AdamW"])
def test_epochs_after_a_break_equal_uninterrupted_ones_bit_for_bit(tmp_path: Path, optimizer: str) -> None:
    settings = {**AUGMENTED, "epochs": 3, "optimizer": {"name": optimizer, "lr": 0.002, "momentum": 0.5}}
    train(document(**settings), tmp_path / "whole")
    train(document(**{**settings, "epochs": 1}), tmp_path / "parts")
    train(None, tmp_path / "parts", resume=True, epochs=3)
    assert values_of(tmp_path / "parts") == values_of(tmp_path / "whole")


@pytest.mark.parametrize("step", [3, STEPS, STEPS + 5])
def test_a_run_stopped_in_the_midst_of_an_epoch_goes_on_bit_for_bit(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "FLUSH_SECONDS", -1.0)  # every step is told at once
    train(document(**AUGMENTED), tmp_path / "whole")
    heard = Stopping(step)
    job = Job(document(**AUGMENTED), run=str(tmp_path / "parts"), limit=LIMIT)
    outcome = run(job, heard, heard.control)
    assert isinstance(outcome, Finished)
    assert outcome.stopped
    assert heard.of(Step)[-1].step == step
    assert RunFolder(tmp_path / "parts").read_record().status == "stopped"
    resumed = train(None, tmp_path / "parts", resume=True)
    assert resumed.of(Step)[0].step == step + 1
    assert values_of(tmp_path / "parts") == values_of(tmp_path / "whole")


def test_a_run_killed_before_its_first_checkpoint_begins_again(tmp_path: Path) -> None:
    train(document(epochs=1), tmp_path / "whole")
    train(document(epochs=1), tmp_path / "killed")
    (tmp_path / "killed" / "checkpoints" / "last.pt").unlink()
    train(None, tmp_path / "killed", resume=True)
    assert values_of(tmp_path / "killed") == values_of(tmp_path / "whole")


def test_a_damaged_checkpoint_costs_an_epoch_and_nothing_else(tmp_path: Path) -> None:
    train(document(epochs=3, **AUGMENTED), tmp_path / "whole")
    train(document(epochs=2, **AUGMENTED), tmp_path / "damaged")
    last = tmp_path / "damaged" / "checkpoints" / "last.pt"
    data = last.read_bytes()
    last.write_bytes(data[: len(data) // 2])
    resumed = train(None, tmp_path / "damaged", resume=True, epochs=3)
    assert [epoch.epoch for epoch in resumed.of(Epoch)] == [2, 3]
    assert values_of(tmp_path / "damaged") == values_of(tmp_path / "whole")


def test_a_pause_waits_and_is_told(tmp_path: Path) -> None:
    control = Control()

    class Pausing(Heard):
        def __call__(self, message: Message) -> None:
            super().__call__(message)
            if isinstance(message, Started):
                control.pause()
            if isinstance(message, Paused):
                control.resume()

    heard = Pausing()
    outcome = run(Job(document(), run=str(tmp_path / "run"), limit=LIMIT), heard, control)
    assert isinstance(outcome, Finished)
    assert not outcome.stopped
    kinds = [type(message) for message in heard]
    assert kinds[kinds.index(Paused) + 1] is Resumed
    assert len(heard.of(Step)) == 2 * STEPS


class PausingAt(Heard):
    """Pauses at a step, and then does something."""

    def __init__(self, step: int, path: Path, then: Callable[[Control], None]) -> None:
        super().__init__()
        self.control = Control()
        self.status = ""
        self.kept = checkpoints.Progress()
        self._step, self._folder, self._then = step, RunFolder(path), then

    def __call__(self, message: Message) -> None:
        super().__call__(message)
        if isinstance(message, Step) and message.step == self._step:
            self.control.pause()
        if isinstance(message, Paused):
            self.status = self._folder.read_record().status
            self.kept = checkpoints.load(self._folder).progress
            self._then(self.control)


@pytest.mark.parametrize("step", [3, STEPS, STEPS + 5])
def test_a_paused_run_is_kept_as_it_stands(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "FLUSH_SECONDS", -1.0)
    train(document(**AUGMENTED), tmp_path / "whole")
    path = tmp_path / "run"
    heard = PausingAt(step, path, Control.resume)
    outcome = run(Job(document(**AUGMENTED), run=str(path), limit=LIMIT), heard, heard.control)
    assert isinstance(outcome, Finished)
    assert heard.status == "paused"
    assert heard.kept.step == step
    assert values_of(path) == values_of(tmp_path / "whole")


def test_a_window_closed_in_a_pause_leaves_a_run_that_goes_on_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "FLUSH_SECONDS", -1.0)
    train(document(**AUGMENTED), tmp_path / "whole")
    path = tmp_path / "run"
    heard = PausingAt(3, path, Control.stop)
    outcome = run(Job(document(**AUGMENTED), run=str(path), limit=LIMIT), heard, heard.control)
    assert isinstance(outcome, Finished)
    assert outcome.stopped
    assert RunFolder(path).read_record().status == "stopped"
    train(None, path, resume=True)
    assert values_of(path) == values_of(tmp_path / "whole")


def test_a_stop_before_the_first_step_leaves_no_folder(tmp_path: Path) -> None:
    control = Control()
    control.stop()
    (outcome,) = train(document(), tmp_path / "run", control).of(Finished)
    assert outcome.stopped
    assert not (tmp_path / "run").exists()


def test_a_stop_before_there_is_a_run_names_none_to_go_on_with(tmp_path: Path) -> None:
    control = Control()
    control.stop()
    never = run(Job(document(), run=str(tmp_path / "never")), Heard(), control)
    assert isinstance(never, Finished)
    assert (never.stopped, never.run) == (True, "")
    begun = tmp_path / "begun"
    run(Job(document(epochs=1), run=str(begun), limit=LIMIT), Heard(), Control())
    again = run(Job(document(epochs=2), run=str(begun), resume=True), Heard(), control)
    assert isinstance(again, Finished)
    assert again.run == str(begun)


def test_resuming_something_that_is_no_run_is_told(tmp_path: Path) -> None:
    heard = train(None, tmp_path, resume=True)
    assert "is no run folder" in heard.of(Failed)[0].sentence


def test_a_finished_run_can_be_resumed_without_harm(tmp_path: Path) -> None:
    train(document(), tmp_path / "run")
    before = values_of(tmp_path / "run")
    outcome = train(None, tmp_path / "run", resume=True)[-1]
    assert isinstance(outcome, Finished)
    assert outcome.epochs == 2
    assert values_of(tmp_path / "run") == before
