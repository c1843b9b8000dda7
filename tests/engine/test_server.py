"""The engine process as the window sees it: a child with pipes."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnstudio.core.messages import (
    Adjusted,
    Cancelled,
    Checkpointed,
    Devices,
    Downloaded,
    Failed,
    Finished,
    Paused,
    Preparing,
    RateCurve,
    Ready,
    Resumed,
    Started,
    Step,
)
from cnnstudio.core.requests import (
    Adjust,
    Answer,
    Ask,
    CallOff,
    Download,
    FindRate,
    Job,
    ListDevices,
    Pause,
    Reply,
    Request,
    Resume,
    Stop,
    StopAfterEpoch,
    Train,
)
from cnnstudio.core.wire import read_frame, write_frame
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import document
from tests.engine.trained import values_of

LONG = {"epochs": 100_000}


class Engine:
    """Talks to a real engine process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cnnstudio.engine.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.heard: list[Answer] = []
        self._ticket = 0
        self._read = 0

    def ask(self, request: Request) -> int:
        self._ticket += 1
        assert self.process.stdin is not None
        write_frame(self.process.stdin, Ask(self._ticket, request))
        return self._ticket

    def wait_for(self, kind: type[Any], ticket: int) -> Any:
        """The next message of a kind under a ticket; what comes before is skipped."""
        return self._next(lambda answer: isinstance(answer.message, kind) and answer.ticket == ticket)

    def end(self, ticket: int) -> Reply:
        """How a request ended."""
        ends = (Finished, Failed, Downloaded)
        return self._next(lambda answer: isinstance(answer.message, ends) and answer.ticket == ticket)

    def close(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        while (batch := read_frame(self.process.stdout)) is not None:
            self.heard.extend(batch)  # type: ignore[call-overload]
        self.process.stdout.close()
        return self.process.wait(timeout=30)

    def _next(self, wanted: Callable[[Answer], bool]) -> Reply:
        assert self.process.stdout is not None
        while True:
            while self._read < len(self.heard):
                answer = self.heard[self._read]
                self._read += 1
                if wanted(answer):
                    return answer.message
            batch = read_frame(self.process.stdout)
            assert isinstance(batch, tuple), "the engine ended early"
            self.heard.extend(batch)


@pytest.fixture
def engine() -> Iterator[Engine]:
    started = Engine()
    yield started
    if started.process.poll() is None and started.process.stdin and not started.process.stdin.closed:
        started.close()


def test_a_conversation(engine: Engine, tmp_path: Path) -> None:
    ready = engine.wait_for(Ready, 0)
    assert ready.devices[-1].id == "cpu"
    if sys.platform == "linux":
        # When memory is short for all, not the window is ended.
        assert int(Path(f"/proc/{engine.process.pid}/oom_score_adj").read_text()) == 500
    devices = engine.ask(ListDevices())
    assert engine.wait_for(Devices, devices).devices == ready.devices

    # A request that fails does not end the process.
    failed = engine.end(engine.ask(Train(Job(None))))
    assert isinstance(failed, Failed)
    strange = engine.end(engine.ask(Train(Job("no document"))))  # type: ignore[arg-type]
    assert isinstance(strange, Failed)
    assert "AttributeError" in strange.detail

    # Nothing of these data needs the network.
    assert isinstance(engine.end(engine.ask(Download("shapes"))), Downloaded)
    assert isinstance(engine.end(engine.ask(Download("nonsense"))), Failed)

    # A whole run, the next one waiting behind it.
    one = engine.ask(Train(Job(document(epochs=1), run=str(tmp_path / "one"), limit=64)))
    two = engine.ask(Train(Job(document(epochs=1), run=str(tmp_path / "two"), limit=64)))
    assert engine.wait_for(Preparing, one)
    assert isinstance(engine.end(one), Finished)
    assert isinstance(engine.end(two), Finished)
    assert sum(isinstance(answer.message, Step) and answer.ticket == two for answer in engine.heard) == 2

    # Pause, resume, stop.
    long = engine.ask(Train(Job(document(**LONG), run=str(tmp_path / "long"), limit=64)))
    engine.wait_for(Started, long)
    engine.ask(Pause())
    engine.wait_for(Paused, long)
    engine.ask(Resume())
    engine.wait_for(Resumed, long)
    engine.ask(Stop())
    stopped = engine.end(long)
    assert isinstance(stopped, Finished)
    assert stopped.stopped

    assert engine.close() == 0


def test_the_end_of_the_window_leaves_a_run_that_can_be_resumed(engine: Engine, tmp_path: Path) -> None:
    ticket = engine.ask(Train(Job(document(**LONG), run=str(tmp_path / "run"), limit=64)))
    engine.wait_for(Checkpointed, ticket)
    began = time.monotonic()
    assert engine.close() == 0
    assert time.monotonic() - began < 10
    folder = RunFolder(tmp_path / "run")
    assert folder.read_record().status == "stopped"
    assert folder.weights.exists()
    assert isinstance(engine.heard[-1].message, Finished)


def test_a_window_closed_in_a_pause_and_opened_again_goes_on_bit_for_bit(
    engine: Engine, tmp_path: Path
) -> None:
    optimizer = {"name": "SGD", "lr": 0.001, "momentum": 0.9}
    slow = document(epochs=2, batch_size=2, augment={"flip": True}, optimizer=optimizer)
    whole, paused = tmp_path / "whole", tmp_path / "paused"
    ticket = engine.ask(Train(Job(slow, run=str(paused), limit=600)))
    engine.wait_for(Step, ticket)
    engine.ask(Pause())
    engine.wait_for(Paused, ticket)
    assert RunFolder(paused).read_record().status == "paused"
    assert engine.close() == 0
    assert RunFolder(paused).read_record().status == "stopped"

    again = Engine()
    assert isinstance(again.end(again.ask(Train(Job(None, run=str(paused), resume=True)))), Finished)
    assert again.close() == 0
    run(Job(slow, run=str(whole), limit=600), lambda message: None, Control())
    assert values_of(paused) == values_of(whole)


def test_a_run_is_adjusted_and_ends_after_its_epoch(engine: Engine, tmp_path: Path) -> None:
    run_ticket = engine.ask(Train(Job(document(**LONG), run=str(tmp_path / "run"), limit=256)))
    engine.wait_for(Step, run_ticket)
    engine.ask(Adjust(lr=0.01))
    adjusted = engine.wait_for(Adjusted, run_ticket)
    assert (adjusted.lr, adjusted.epochs) == (0.01, LONG["epochs"])
    assert engine.wait_for(Step, run_ticket).lr == 0.01
    engine.ask(StopAfterEpoch())
    finished = engine.end(run_ticket)
    assert isinstance(finished, Finished)
    assert finished.stopped
    assert RunFolder(tmp_path / "run").read_metrics()[-1]["kind"] == "epoch"


def test_a_rate_is_looked_for_and_that_can_be_called_off(engine: Engine) -> None:
    ticket = engine.ask(FindRate(Job(document(), limit=128)))
    while not engine.wait_for(RateCurve, ticket).done:
        pass
    # Large batches take long enough to be called off.
    slow = document(size=64, channels=3, batch_size=512)
    ticket = engine.ask(FindRate(Job(slow, limit=2000)))
    engine.wait_for(Preparing, ticket)
    engine.ask(CallOff(ticket))
    assert isinstance(engine.wait_for(Cancelled, ticket), Cancelled)
