"""Repeats wait for their turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from cnnstudio.app.run_queue import RunQueue, other_seeds, repeats
from cnnstudio.core.requests import Job
from cnnstudio.workspace.presets import load_preset


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
    return repeats(load_preset("fashion-dnn"), range(count), "g", "p", None, 10, "cpu")


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
    assert {(job.group, job.parent, job.limit) for job in begun} == {("g", "p", 10)}


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


def test_those_that_have_not_begun_can_be_called_off(qtbot: QtBot) -> None:
    session = Session()
    queue = RunQueue(session)
    queue.wanted.connect(lambda job: session.become("running"))
    queue.add(jobs(4))
    assert queue.call_off() == 3
    assert session.active
    assert (queue.number, queue.total) == (1, 1)


@given(st.integers(0, 2**31 - 1), st.integers(1, 20), st.sets(st.integers(0, 40)))
def test_seeds_are_new_and_fit_the_settings(first: int, count: int, taken: set[int]) -> None:
    found = other_seeds(first, count, taken | {first})
    assert len(set(found)) == count
    assert not set(found) & (taken | {first})
    assert all(0 <= seed < 2**31 for seed in found)
