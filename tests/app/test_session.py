"""The session with the engine's process, against a fake engine that needs no torch."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from cnnstudio.app.engine_process import EngineDied
from cnnstudio.app.inbox import Inbox
from cnnstudio.app.session import EngineSession, obituary
from cnnstudio.core.messages import Adjusted, Downloaded, Epoch, Finished, Preparing, Ready, Started, Step
from cnnstudio.core.requests import Answer, Download, Job

FAKE = (sys.executable, str(Path(__file__).parents[1] / "fake_engine.py"))


class Heard:
    """Everything the session emitted."""

    def __init__(self, session: EngineSession) -> None:
        self.run: list[object] = []
        self.states: list[str] = []
        self.answers: list[tuple[int, object]] = []
        self.deaths: list[tuple[str, str]] = []
        session.messages.connect(self.run.extend)
        session.stateChanged.connect(self.states.append)
        session.answered.connect(lambda ticket, message: self.answers.append((ticket, message)))
        session.engineDied.connect(lambda sentence, detail: self.deaths.append((sentence, detail)))

    def kinds(self) -> list[type]:
        return [type(message) for message in self.run]


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[EngineSession]:
    session = EngineSession(command=FAKE)
    yield session
    session.shutdown()


def test_a_run_is_told_in_order(session: EngineSession, qtbot: QtBot) -> None:
    heard = Heard(session)
    session.train(Job(None))
    assert session.state == "preparing"
    qtbot.waitUntil(lambda: session.state == "finished", timeout=30_000)
    assert heard.states == ["preparing", "running", "finished"]
    assert heard.kinds()[:2] == [Preparing, Started]
    assert heard.kinds()[-1] is Finished
    steps = [m.step for m in heard.run if isinstance(m, Step)]
    assert steps == list(range(1, 9))
    assert [m.epoch for m in heard.run if isinstance(m, Epoch)] == [1, 2]


def test_hundreds_of_answers_are_told_in_order_and_not_in_one_go(
    session: EngineSession, qtbot: QtBot
) -> None:
    """A window that takes a while for each is asked to paint in between."""
    heard: list[tuple[int, int]] = []
    turns = [0]

    def take(ticket: int, message: object) -> None:
        until = time.perf_counter() + 0.001
        while time.perf_counter() < until:
            pass
        heard.append((ticket, turns[0]))

    session.answered.connect(take)
    beat = QTimer(session, interval=0)
    beat.timeout.connect(lambda: turns.__setitem__(0, turns[0] + 1))
    beat.start()
    session._inbox.put([Answer(number, Downloaded("")) for number in range(60)])
    session._wake()
    qtbot.waitUntil(lambda: len(heard) == 60)
    beat.stop()
    assert [ticket for ticket, _ in heard] == list(range(60))
    assert max(Counter(turn for _, turn in heard).values()) <= 12, "a hundredth of a second at most"


def test_a_run_is_adjusted_and_ends_after_its_epoch(session: EngineSession, qtbot: QtBot) -> None:
    heard = Heard(session)
    session.adjust(lr=0.5)  # nothing runs yet
    assert not session.warm
    session.train(Job(None, device="hang"))
    qtbot.waitUntil(lambda: Step in heard.kinds(), timeout=30_000)
    session.adjust(lr=0.25, epochs=9)
    qtbot.waitUntil(lambda: Adjusted in heard.kinds(), timeout=30_000)
    (told,) = (message for message in heard.run if isinstance(message, Adjusted))
    assert (told.lr, told.epochs) == (0.25, 9)
    session.stop_after_epoch()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=30_000)
    assert heard.kinds()[-1] is Finished


def test_warming_up_brings_the_devices(session: EngineSession, qtbot: QtBot) -> None:
    heard = Heard(session)
    session.warm_up()
    qtbot.waitUntil(lambda: bool(heard.answers), timeout=30_000)
    ticket, ready = heard.answers[0]
    assert ticket == 0
    assert isinstance(ready, Ready)
    assert ready.devices[0].id == "cpu"


def test_a_download_is_answered_by_its_ticket(session: EngineSession, qtbot: QtBot) -> None:
    heard = Heard(session)
    ticket = session.ask(Download("mnist"))
    qtbot.waitUntil(lambda: (ticket, Downloaded("mnist")) in heard.answers, timeout=30_000)
    assert session.state == "idle"


def test_pause_resume_and_stop(session: EngineSession, qtbot: QtBot) -> None:
    heard = Heard(session)
    session.train(Job(None, device="hang"))
    qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
    session.pause()
    qtbot.waitUntil(lambda: session.state == "paused")
    session.resume()
    qtbot.waitUntil(lambda: session.state == "running")
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped")
    assert heard.states == ["preparing", "running", "paused", "running", "stopped"]


@pytest.mark.parametrize(("how", "word"), [("die", "memory"), ("crash", "code 3"), ("garble", "understood")])
def test_a_dead_engine_is_told_in_a_sentence_and_the_next_run_starts_another(
    session: EngineSession, qtbot: QtBot, how: str, word: str
) -> None:
    heard = Heard(session)
    session.train(Job(None, device=how))
    qtbot.waitUntil(lambda: session.state == "failed", timeout=30_000)
    sentence, detail = heard.deaths[0]
    assert word in sentence
    assert ("unreadable message" if how == "garble" else "last words") in detail
    session.train(Job(None))
    qtbot.waitUntil(lambda: session.state == "finished", timeout=30_000)


@pytest.mark.parametrize(
    ("died", "words"),
    [
        (EngineDied(0, 9, ""), "try a smaller batch size."),
        (EngineDied(0, getattr(signal, "SIGBUS", 7), ""), "lost a file that it was reading"),
        (EngineDied(0, 11, ""), "crashed (signal 11)"),
        (EngineDied(3, 0, ""), "ended unexpectedly (code 3)"),
    ],
)
def test_what_a_dead_engine_died_of_is_told(died: EngineDied, words: str) -> None:
    if os.name != "nt" or "lost" not in words:
        assert words in obituary(died, training=True)
    assert "starts again when needed" in obituary(died, training=False)


def test_a_failed_run_is_not_a_dead_engine(session: EngineSession, qtbot: QtBot) -> None:
    heard = Heard(session)
    session.train(Job(None, device="fail"))
    qtbot.waitUntil(lambda: session.state == "failed", timeout=30_000)
    assert not heard.deaths


def test_an_engine_that_cannot_be_started_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    session = EngineSession(command=(str(tmp_path / "nothing"),))
    heard = Heard(session)
    session.train(Job(None))
    qtbot.waitUntil(lambda: session.state == "failed", timeout=30_000)
    assert "could not be started" in heard.deaths[0][0]
    session.shutdown()


def test_shutting_down_in_a_run_stops_it_and_may_be_repeated(session: EngineSession, qtbot: QtBot) -> None:
    heard = Heard(session)
    session.train(Job(None, device="hang"))
    qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
    session.shutdown()
    assert session.state == "stopped"
    assert isinstance(heard.run[-1], Finished)
    session.shutdown()
    session.warm_up()
    session.ask(Download("mnist"))
    session.pause()
    assert not session.warm, "what has ended does not start again"


def test_an_engine_that_hangs_does_not_keep_the_window_open(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnstudio.app.session._STOP_GRACE_MS", 50)
    session = EngineSession(command=(sys.executable, "-c", "import time; time.sleep(60)"))
    session.train(Job(None))
    began = time.monotonic()
    session.shutdown()
    assert session.state == "stopped"
    assert time.monotonic() - began < 30


def test_the_last_words_of_a_run_are_told_before_its_death(
    session: EngineSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnstudio.app.session._SLICE_SECONDS", 60.0)  # all in one go
    heard = Heard(session)
    order: list[str] = []
    session.messages.connect(lambda _: order.append("words"))
    session.engineDied.connect(lambda *_: order.append("death"))
    session._run_ticket = 7
    steps = [Step(1, number, 1.0, 0.5, 0.1, 4, 0.1) for number in (1, 2)]
    session._inbox.put(
        [Answer(7, Started("run", "cpu", 1, 4, 16, 8, ("a",))), *(Answer(7, s) for s in steps)]
    )
    session._inbox.put([EngineDied(3, 0, "detail"), Answer(7, steps[0])])
    session._wake()
    assert heard.run[1:] == steps, "and of the dead one nothing more"
    assert order == ["words", "death"]
    assert heard.states == ["running", "failed"]
    assert heard.answers == [(7, steps[0])]


def test_the_timer_rests_when_nothing_is_said(session: EngineSession, qtbot: QtBot) -> None:
    session.train(Job(None))
    qtbot.waitUntil(lambda: session.state == "finished", timeout=30_000)
    assert session._timer.isActive()
    qtbot.waitUntil(lambda: not session._timer.isActive(), timeout=30_000)
    session.train(Job(None))
    qtbot.waitUntil(lambda: session.state == "finished", timeout=30_000)


def test_who_puts_into_an_empty_inbox_wakes_its_reader_once() -> None:
    inbox = Inbox()
    assert not inbox.put([])
    assert [inbox.put([1, 2]), inbox.put([3])] == [True, False]
    assert [inbox.take(), inbox.take()] == [[1, 2, 3], []]
    assert inbox.put([4])


def test_two_runs_at_once_are_refused(session: EngineSession) -> None:
    session.train(Job(None))
    with pytest.raises(RuntimeError):
        session.train(Job(None))
