"""Looking into a training that goes on: at once, right, and without changing it."""

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from cnnstudio.core.looks import KernelHistory, KernelsThroughTime, Predict, Prediction, Subject, TestImage
from cnnstudio.core.messages import Epoch, Finished, Message, Paused, Started, Step
from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import live as lives
from cnnstudio.engine.looks.live import LiveCopy
from cnnstudio.engine.train import run
from cnnstudio.workspace.errors import Cancelled
from tests.engine.looks.asking import one
from tests.engine.tiny import LIMIT, Heard, document


class Looking(Heard):
    """Lets another thread look when it hears of something, and waits until it has asked."""

    def __init__(self, when: Callable[[Message], bool], look: Callable[[Control], object]) -> None:
        super().__init__()
        self.control = Control()
        self.found: list[object] = []
        self._when, self._look = when, look
        self._thread: threading.Thread | None = None

    def __call__(self, message: Message) -> None:
        super().__call__(message)
        if self._thread is None and self._when(message):
            self._thread = threading.Thread(target=self._work)
            self._thread.start()
            while self._thread.is_alive() and not getattr(self.control.live, "asked", False):
                self._thread.join(0.001)

    def _work(self) -> None:
        self.found.append(self._look(self.control))

    def done(self) -> object:
        assert self._thread is not None
        self._thread.join(20)
        (found,) = self.found
        return found


def copied(control: Control) -> LiveCopy:
    assert control.live is not None
    return control.live.copy(control.stopped)


def test_a_copy_is_made_before_the_next_step_and_the_training_goes_on_as_ever(tmp_path: Path) -> None:
    looking = Looking(lambda m: isinstance(m, Step), copied)
    outcome = run(Job(document(), run=str(tmp_path / "a"), limit=LIMIT), looking, looking.control)
    alone = run(Job(document(), run=str(tmp_path / "b"), limit=LIMIT), Heard(), Control())
    assert isinstance(outcome, Finished)
    assert isinstance(alone, Finished)
    copy = looking.done()
    assert isinstance(copy, LiveCopy)
    told = [step.step for step in looking.of(Step)]
    assert 0 < copy.step <= max(told)
    first, second = (load_file(tmp_path / name / "weights.safetensors") for name in "ab")
    assert all(torch.equal(first[name], value) for name, value in second.items()), "bit for bit"
    assert any(not torch.equal(copy.state[name], value) for name, value in first.items())


def test_at_most_one_step_is_taken_while_somebody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted where it matters: between the asking and the copy."""
    from cnnstudio.engine.step import Stepper

    steps = [0]
    real = Stepper.take

    def counted(
        self: Stepper, images: torch.Tensor, labels: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        steps[0] += 1
        return real(self, images, labels)

    monkeypatch.setattr(Stepper, "take", counted)
    late: list[int] = []

    def look(control: Control) -> None:
        for _ in range(20):
            before = steps[0]
            control.live.copy(control.stopped)  # type: ignore[union-attr]
            late.append(steps[0] - before)

    monkeypatch.setattr(lives, "_SHARE", 0)  # each time anew
    looking = Looking(lambda m: isinstance(m, Step), look)
    run(Job(document(epochs=8), run=str(tmp_path / "a"), limit=LIMIT), looking, looking.control)
    looking.done()
    # The step that was being taken, and those that came before this thread had its turn again.
    assert sorted(late)[len(late) // 2] <= 1


def test_a_paused_training_is_copied_by_who_asks(tmp_path: Path) -> None:
    control = Control()

    class Pausing(Heard):
        def __call__(self, message: Message) -> None:
            super().__call__(message)
            if isinstance(message, Step) and message.step == 9:
                control.pause()
            if isinstance(message, Paused):
                self.thread = threading.Thread(target=self.look)
                self.thread.start()

        def look(self) -> None:
            self.copy = copied(control)
            control.resume()

    heard = Pausing()
    run(Job(document(), run=str(tmp_path / "a"), limit=LIMIT), heard, control)
    heard.thread.join(20)
    paused_at = next(i for i, m in enumerate(heard) if isinstance(m, Paused))
    steps = [m.step for m in heard[:paused_at] if isinstance(m, Step)]
    assert heard.copy.step == steps[-1]


def live_of(module: torch.nn.Module) -> lives.Live:
    folder = SimpleNamespace(path="somewhere")
    prepared = SimpleNamespace(
        checkpoint=None, device=torch.device("cpu"), dataset=None, document=document(), folder=folder
    )
    return lives.Live(prepared, module)  # type: ignore[arg-type]


def test_a_look_that_is_called_off_waits_no_longer() -> None:
    live = live_of(torch.nn.Linear(1, 1))
    with live.stepping(1), pytest.raises(Cancelled):
        live.copy(lambda: True)
    assert live.copy(lambda: True).step == 0, "between two epochs it is there at once"


def test_somebody_who_asks_again_and_again_does_not_stop_the_training() -> None:
    live = live_of(torch.nn.Linear(500, 500))
    first = live.copy(lambda: False)
    assert live.copy(lambda: False) is first


def test_weights_that_are_put_back_are_those_of_the_next_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Early stopping goes back to the best epoch's without a step."""
    monkeypatch.setattr(lives, "_SHARE", 0)
    module = torch.nn.Linear(2, 2)
    live = live_of(module)
    before = live.copy(lambda: False)
    assert live.copy(lambda: False) is before, "nothing has changed"
    with live.stepping(3), torch.no_grad():
        module.weight.zero_()
    after = live.copy(lambda: False)
    assert after.epoch == 3
    assert not after.state["weight"].any()
    assert before.state["weight"].any(), "a copy of its own"


def test_predictions_and_filters_of_what_trains_now(tmp_path: Path) -> None:
    def look(control: Control) -> tuple[Prediction, KernelsThroughTime]:
        told = one(Predict(Subject(), TestImage(0)), Prediction, control)
        return told, one(KernelHistory(None), KernelsThroughTime, control)

    looking = Looking(lambda m: isinstance(m, Epoch) and m.epoch == 1, look)
    run(Job(document(epochs=3), run=str(tmp_path / "a"), limit=LIMIT), looking, looking.control)
    told, filters = looking.done()  # type: ignore[misc]
    assert told.source.kind == "live"
    assert told.source.run == str(tmp_path / "a")
    assert told.source.epoch >= 1
    assert filters.live
    assert filters.epochs[0] == 0
    assert looking.of(Started)


def test_the_network_of_a_document_is_looked_at_where_nothing_trains() -> None:
    told = one(Predict(Subject(document=document()), TestImage(0)), Prediction, Control())
    assert (told.source.kind, told.source.epoch) == ("initial", 0)
