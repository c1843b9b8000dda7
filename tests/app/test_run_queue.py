"""Repeats wait for their turn."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from cnnstudio.app.run_queue import RunQueue, other_seeds, repeat_job
from cnnstudio.core.requests import Job
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.waiting import WaitingRepeat, unbegun

RUN = str(Path(__file__).parent)
"""A folder that is there."""


class Session(QObject):
    """As far as the queue looks at it."""

    stateChanged = Signal(str)  # noqa: N815  # Qt's way

    def __init__(self) -> None:
        super().__init__()
        self.active = False

    def become(self, state: str) -> None:
        self.active = state in ("preparing", "running", "paused")
        self.stateChanged.emit(state)


def jobs(count: int) -> tuple[Job, ...]:
    document = load_preset("fashion-dnn")
    return tuple(
        repeat_job(document, WaitingRepeat(RUN, "g", seed, "cpu", None, 10)) for seed in range(count)
    )


def test_each_begins_when_the_one_before_has_ended_well(qtbot: QtBot) -> None:
    session = Session()
    queue = RunQueue(session)
    begun: list[Job] = []
    queue.wanted.connect(lambda job: (begun.append(job), session.become("preparing")))
    session.become("running")
    queue.add(jobs(3))
    assert not begun
    for number in range(3):
        session.become("finished")
        qtbot.waitUntil(lambda: len(begun) == number + 1)  # noqa: B023
        assert (queue.number, queue.total) == (number + 1, 3)
        assert queue.owns(begun[-1])
        session.become("running")
    session.become("finished")
    qtbot.wait(20)
    assert [job.seed for job in begun] == [0, 1, 2]
    assert (queue.number, queue.total) == (0, 0)
    assert {(job.group, job.parent, job.limit) for job in begun} == {("g", RUN, 10)}


@pytest.mark.parametrize("end", ["stopped", "failed"])
def test_stopping_or_failing_calls_the_rest_off(qtbot: QtBot, end: str) -> None:
    session = Session()
    queue = RunQueue(session)
    told: list[tuple[int, str]] = []
    queue.calledOff.connect(lambda count, state: told.append((count, state)))
    queue.wanted.connect(lambda job: session.become("running"))
    queue.add(jobs(4))
    session.become(end)
    qtbot.wait(20)
    assert told == [(3, end)]
    assert queue.waiting == 0
    assert not session.active
    queue.add(jobs(1))
    session.become(end)
    qtbot.wait(20)
    assert told == [(3, end)], "nothing waited this time"


@pytest.mark.parametrize("end", ["finished", "stopped", "failed"])
def test_how_a_training_of_somebody_else_ends_is_no_matter(qtbot: QtBot, end: str) -> None:
    session = Session()
    queue = RunQueue(session)
    begun: list[Job] = []
    queue.wanted.connect(begun.append)
    session.become("running")
    queue.add(jobs(2))
    queue.add(jobs(1))
    assert (queue.number, queue.total, queue.waiting) == (0, 3, 3)
    session.become(end)
    qtbot.waitUntil(lambda: len(begun) == 1)
    assert (queue.number, queue.total, queue.waiting) == (1, 3, 2)
    queue.add(jobs(1))  # before it has been started
    assert (len(begun), queue.total, queue.waiting) == (1, 4, 3)


def test_a_disk_that_refuses_does_not_keep_them_from_training(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNSTUDIO_CONFIG", str(tmp_path / "file"))
    session = Session()
    queue = RunQueue(session)
    begun: list[Job] = []
    queue.wanted.connect(begun.append)
    queue.add(jobs(2))
    assert len(begun) == 1
    queue.close()


def test_those_that_have_not_begun_can_be_called_off(qtbot: QtBot) -> None:
    session = Session()
    queue = RunQueue(session)
    queue.wanted.connect(lambda job: session.become("running"))
    queue.add(jobs(4))
    assert queue.call_off() == 3
    assert session.active
    assert (queue.number, queue.total) == (1, 1)


def left() -> list[tuple[int, ...]]:
    """The seeds that the next start would offer."""
    return [tuple(repeat.seed for repeat in one.repeats) for one in unbegun()]


@pytest.mark.parametrize("end", ["stopped", "finished"])
def test_a_window_that_closes_leaves_what_waits_to_the_next(qtbot: QtBot, end: str) -> None:
    session = Session()
    queue = RunQueue(session)
    begun: list[Job] = []
    queue.wanted.connect(lambda job: (begun.append(job), session.become("running")))
    queue.add(jobs(3))
    assert left() == []  # this window lives
    queue.close()
    session.become(end)
    qtbot.wait(20)
    assert len(begun) == 1
    assert left() == [(1, 2)]  # the first one has begun
    queue.close()


@pytest.mark.parametrize("how", ["called off", "stopped"])
def test_what_nobody_wants_any_more_is_not_left(qtbot: QtBot, how: str) -> None:
    session = Session()
    queue = RunQueue(session)
    queue.wanted.connect(lambda job: session.become("running"))
    queue.add(jobs(3))
    if how == "stopped":
        session.become("stopped")
    else:
        queue.call_off()
    queue.close()
    assert left() == []


def test_seeds_follow_each_other() -> None:
    assert other_seeds(5, 3, {7}) == (6, 8, 9)
    assert other_seeds(2**31 - 2, 2, ()) == (2**31 - 1, 0)


@example(2**31 - 1, 3, set())
@given(st.integers(0, 2**31 - 1), st.integers(1, 20), st.sets(st.integers(0, 40)))
def test_seeds_are_new_and_fit_the_settings(first: int, count: int, taken: set[int]) -> None:
    found = other_seeds(first, count, taken | {first})
    assert len(set(found)) == count
    assert not set(found) & (taken | {first})
    assert all(0 <= seed < 2**31 for seed in found)
